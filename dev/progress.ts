import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Says every two seconds how large the largest file in a folder has grown, where the one who downloads tells nothing. */
export function watchFolder(folder: string, say: (line: string) => void): () => void {
  const timer = setInterval(() => {
    const bytes = largestIn(folder);
    if (bytes > 0) say(`${Math.round(bytes / 1e6)} MB so far`);
  }, 2_000);
  return () => {
    clearInterval(timer);
  };
}

function largestIn(folder: string): number {
  try {
    // Not their sum: a finished download is copied out of its scratch folder.
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((most, entry) => Math.max(most, statSync(join(entry.parentPath, entry.name)).size), 0);
  } catch {
    return 0;
  }
}
