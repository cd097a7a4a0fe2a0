import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Says every two seconds how much has come into a folder, where the one who downloads tells nothing. */
export function watchFolder(folder: string, say: (line: string) => void): () => void {
  const timer = setInterval(() => {
    const bytes = bytesIn(folder);
    if (bytes > 0) say(`${Math.round(bytes / 1e6)} MB so far`);
  }, 2_000);
  return () => {
    clearInterval(timer);
  };
}

function bytesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    return 0;
  }
}
