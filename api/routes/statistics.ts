import { z } from 'zod';
import { annex4Pdf, annex4Workbook } from '../../console/annex-4.ts';
import { annex4 } from '../../domain/policy/annex-4.ts';
import { orgUnit, unitsWithin } from '../../domain/reference/org-units.ts';
import { businessNow } from '../../store/clock.ts';
import { paidFigures } from '../../store/statistics.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { civilDate, line, orgCode } from '../input.ts';
import { jsonOr, sendFile, wanted } from '../representation.ts';
import { annexHead, readProblems } from '../view.ts';

const figure = { persons: z.int(), amountFen: z.int(), amountWanYuan: z.string() };
const annex4View = z
  .object({
    ...annexHead,
    rows: z
      .array(
        z.object({
          kind: z.enum(['qualification', 'skill-level', 'total']),
          total: z.object(figure),
          levels: z.array(z.object({ level: z.int(), ...figure })).readonly(),
        }),
      )
      .readonly(),
    distinctPersons: z.int(),
  })
  .meta({ id: 'Annex4' });

/** Annex 4 from the ledger: 人 counts paid cases by credit date (N6.4). */
export function statisticsRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/statistics/annex-4',
    {
      config: { may: 'see-statistics' },
      schema: {
        summary: '附件4 统计表 · Figures of a unit and those below it',
        querystring: z
          .strictObject({
            org: orgCode,
            from: civilDate,
            to: civilDate,
            preparedBy: line(50).optional(),
            head: line(50).optional(),
            phone: line(30).optional(),
          })
          .refine(({ from, to }) => from <= to, { path: ['to'], message: '截止日期早于开始日期。' }),
        response: { 200: jsonOr(annex4View, 'pdf', 'xlsx'), ...readProblems },
      },
    },
    async (request, reply) => {
      const { org, from, to, preparedBy = null, head = null, phone = null } = request.query;
      accessUnit(callerOf(request), 'see-statistics', org);
      const { figures, persons } = await paidFigures(store, unitsWithin(org), { from, to });
      const form = {
        ...{ org, unit: orgUnit(org).name, periodFrom: from, periodTo: to, preparedBy, head, phone },
        preparedAt: await businessNow(store.db),
        rows: annex4(figures),
        distinctPersons: persons,
      };
      const kind = wanted(request, 'pdf', 'xlsx');
      if (kind === 'json') return form;
      const bytes = kind === 'pdf' ? (await annex4Pdf(form)).bytes : await annex4Workbook(form);
      return sendFile(reply, kind, `annex-4-${org}-${from}-${to}`, bytes);
    },
  );
}
