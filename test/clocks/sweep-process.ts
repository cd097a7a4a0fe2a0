import { moveAllDeadlines } from '../../store/deadline-sweep.ts';
import { openStore } from '../../store/store.ts';

/** A worker's sweep in a process of its own, in small pages, so that it can be killed in the middle. */
const [url = '', key = '', perPage = ''] = process.argv.slice(2);
const ring = { active: 't', keys: new Map([['t', Buffer.from(key, 'hex')]]) };
const store = await openStore({ url, max: 2 }, ring);
await moveAllDeadlines(store, { kind: 'process', name: 'killed-sweep' }, () => undefined, Number(perPage));
await store.db.end();
