import { z } from 'zod';
import { receiptLookUpPage, receiptPage } from '../../console/objection.ts';
import { reportPage, reportPath } from '../../console/report-page.ts';
import { dateOf } from '../../domain/time.ts';
import { NotFound } from '../../store/case.ts';
import { readReceipt } from '../../store/objection.ts';
import type { App, Services } from '../app.ts';
import { formAgain, keyOf, readComplaint, reportBody } from '../complaint-form.ts';
import { claimOf } from '../idempotency.ts';
import { answerWithPage, pageRoute, sendPage } from '../pages.ts';
import type { FieldError } from '../problems.ts';
import { rateLimited, rates } from '../rates.ts';
import { receiveReport, reportedIn } from '../received-report.ts';
import { readParts, uploadWithinMs, withUploads } from '../upload.ts';
import { done } from '../view.ts';

/** Numbers of a notice in the address, as a link brings them; anything else is left out. */
const place = z.string().max(40).optional().catch(undefined);
const reportQuery = z.object({ noticeId: place, entryId: place });

const unknownPlace: FieldError = {
  path: 'noticeId',
  code: 'unknown-entry',
  message: '没有这个公示编号，或该公示中没有这个序号，请核对。不清楚的，两项都可以不填。',
};

/** Reports at any time, and what became of an objection or report: pages that work without script (N3.4). */
export function reportPageRoutes(app: App, { store }: Services): void {
  withUploads(app, (scope) => {
    scope.setErrorHandler(async (error, request, reply) => answerWithPage(error, request, reply));

    scope.get(
      reportPath,
      { ...pageRoute, schema: { ...pageRoute.schema, querystring: reportQuery } },
      async (request, reply) => {
        const { noticeId = '', entryId = '' } = request.query;
        return sendPage(reply, reportPage({ ...formAgain({}, []), about: { noticeId, entryId } }));
      },
    );

    scope.post(
      reportPath,
      { ...pageRoute, config: { ...pageRoute.config, ...rateLimited(rates.write) }, handlerTimeout: uploadWithinMs },
      async (request, reply) => {
        const { read, errors, fields } = await readComplaint(request, reportBody);
        const again = (wrong: readonly FieldError[]) =>
          sendPage(reply, reportPage({ ...formAgain(fields, wrong), about: fields }), 422);
        if (!read) return again(errors);
        const { value, files, claimed } = read;
        const about = await reportedIn(store, value).catch(absent);
        if (!about) return again([unknownPlace]);
        const claim = { ...claimOf(request, claimed), key: keyOf(fields, request) };
        const { receiptNo } = done(await receiveReport(store, claim, about, value, files));
        request.log.info({ noticeId: about.noticeId }, 'a report was received');
        return sendPage(reply, receiptPage('report', receiptNo));
      },
    );

    scope.get('/public/receipts', pageRoute, (_request, reply) => sendPage(reply, receiptLookUpPage(undefined)));

    scope.post(
      '/public/receipts',
      { ...pageRoute, config: { ...pageRoute.config, ...rateLimited(rates.look) } },
      async (request, reply) => {
        const { fields } = await readParts(request, { files: 0, largest: 1 });
        const found = await readReceipt(store.db, (fields['receiptNo'] ?? '').trim().toLowerCase()).catch(absent);
        const shown = found && { ...found, receivedOn: dateOf(found.receivedAt) };
        return sendPage(reply, receiptLookUpPage(shown), found ? 200 : 404);
      },
    );
  });
}

function absent(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}
