import { z } from 'zod';
import type { App, Services } from '../app.ts';
import { problems } from '../view.ts';

export function healthRoutes(app: App, { store }: Services): void {
  app.get(
    '/healthz',
    {
      config: { may: 'anyone' },
      schema: {
        summary: '是否可用 · Usable: answers and reaches PostgreSQL',
        response: { 200: z.object({ status: z.literal('ok') }), ...problems(503) },
      },
    },
    async () => {
      await store.db.query('SELECT 1');
      return { status: 'ok' as const };
    },
  );
}
