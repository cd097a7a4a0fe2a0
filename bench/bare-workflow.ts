import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';

/** The least that a case in a round is: something that waits for a signal, then for a timer. */
export async function bare(): Promise<void> {
  let isTold = false;
  setHandler(defineSignal('go'), () => {
    isTold = true;
  });
  await condition(() => isTold);
  await sleep('1 second');
}
