import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** What goes on beside the procedure until it is stopped. */
export interface Beside {
  readonly stop: () => void;
}

/** Begins `keep`, which never ends by itself; stopped, whatever it waits for or has under way is cancelled. */
export function beside(keep: () => Promise<void>): Beside {
  const scope = new CancellationScope();
  scope.run(keep).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return {
    stop: () => {
      scope.cancel();
    },
  };
}
