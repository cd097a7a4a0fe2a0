// The thread of a list printer. Threads know no TypeScript on their own (Node 20): tsx brings it.
import { tsImport } from 'tsx/esm/api';

await tsImport('./list-thread.ts', import.meta.url);
