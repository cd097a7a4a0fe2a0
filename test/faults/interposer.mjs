// Loaded in front of worker and API by the fault suite alone (NODE_OPTIONS=--import): kills the process with -9 at a
// named point of its talk with PostgreSQL or the bank, whether that is over HTTP or by files. A point is armed by a file
// of its name, and is hit once. The project's own code knows nothing of it.
import { appendFileSync, readFileSync, unlinkSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';

const folder = process.env.CRASH_POINTS;
const own = /\b(api|worker)\/main\.ts$/.exec(process.argv[1] ?? '')?.[1];
if (folder !== undefined && own !== undefined && process.env.NODE_ENV !== 'production') {
  const points = JSON.parse(readFileSync(new URL('./points.json', import.meta.url), 'utf8')).filter(
    (point) => point.process === own,
  );

  const reach = (at, holds) => {
    for (const point of points) {
      if (point.at !== at || !holds(point)) continue;
      try {
        unlinkSync(join(folder, point.name));
      } catch {
        continue; // not armed
      }
      appendFileSync(join(folder, 'hits.log'), `${point.name}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
  };

  const inTransaction = Symbol('statements of the transaction');
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function (...args) {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first?.text ?? '');
    const values = (Array.isArray(args[1]) ? args[1] : (first?.values ?? [])).flat();
    if (text === 'BEGIN') this[inTransaction] = [];
    const statements = this[inTransaction] ?? [];
    statements.push({ text, values });
    // `with`: values that the statement has to carry, such as the bank's outcome.
    const wrote = ({ commitOf, with: carried = [] }) =>
      statements.some((one) => one.text.includes(commitOf) && carried.every((value) => one.values.includes(value)));
    const holds = (point) => {
      if (point.statement !== undefined) return text.includes(point.statement);
      return point.commitOf !== undefined && text === 'COMMIT' && wrote(point);
    };
    reach('before', holds);
    const last = args.at(-1);
    if (typeof last === 'function') {
      args[args.length - 1] = (...given) => {
        if (!given[0]) reach('after', holds);
        last(...given);
      };
      return query.apply(this, args);
    }
    const answer = query.apply(this, args);
    if (typeof answer?.then === 'function')
      answer.then(
        () => reach('after', holds),
        () => undefined,
      );
    return answer;
  };

  const plainFetch = globalThis.fetch;
  globalThis.fetch = async (target, options) => {
    const { pathname } = new URL(target);
    const holds = ({ call }) => call !== undefined && `${options?.method ?? 'GET'} ${pathname}`.startsWith(call);
    reach('before', holds);
    const answer = await plainFetch(target, options);
    reach('after', holds);
    return answer;
  };

  // A list is handed over when it gets its name; answers and statements are read.
  const atFile = (step, of) => {
    const plain = files[step];
    files[step] = async (...args) => {
      const path = String(args[step === 'rename' ? 1 : 0]);
      const holds = (point) => point[of] !== undefined && path.includes(point[of]);
      reach('before', holds);
      const answer = await plain(...args);
      reach('after', holds);
      return answer;
    };
  };
  atFile('rename', 'list');
  atFile('readFile', 'read');
  syncBuiltinESMExports();
}
