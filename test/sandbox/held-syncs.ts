import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { devNull } from 'node:os';

/** Stands between the journals and the disk: while held, no fsync of this process returns. */
export interface HeldSyncs {
  /** How many syncs were asked for since the start. */
  readonly asked: () => number;
  readonly hold: () => void;
  readonly release: () => void;
  /** Takes the stand-in away. */
  readonly restore: () => void;
}

export async function standBetweenSyncs(): Promise<HeldSyncs> {
  const handle = await open(devNull, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const original = Object.getOwnPropertyDescriptor(prototype, 'datasync');
  const datasync = original?.value as FileHandle['datasync'] | undefined;
  if (!original || !datasync) throw new Error('FileHandle.datasync is not where this stand-in expects it');

  let asked = 0;
  let gate = Promise.resolve();
  let letThrough: () => void = () => undefined;
  const release = () => {
    letThrough();
  };
  Object.defineProperty(prototype, 'datasync', {
    ...original,
    value: async function (this: FileHandle): Promise<void> {
      asked += 1;
      await gate;
      await datasync.call(this);
    },
  });
  return {
    asked: () => asked,
    hold: () => {
      gate = new Promise((resolve) => (letThrough = resolve));
    },
    release,
    restore: () => {
      release();
      Object.defineProperty(prototype, 'datasync', original);
    },
  };
}
