// In front of `npm run migrate`, for the fault suite alone: in each copy of the filled folder business time begins anew,
// and a day passes in a minute, so that bank days end, a batch expires and a year turns during a run.
import pg from 'pg';
import { days } from './days.ts';

const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await owner.connect();
await owner.query(
  `UPDATE clock SET business_anchor = $1, speed = 1440, real_anchor = date_trunc('milliseconds', clock_timestamp())`,
  [days.begins],
);
await owner.end();
await import('../../store/migrate-main.ts');
