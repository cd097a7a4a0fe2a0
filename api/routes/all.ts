import type { App, Services } from '../app.ts';
import { pageAssets } from '../pages.ts';
import { applicationBatchRoutes } from './application-batches.ts';
import { accountRoutes } from './account.ts';
import { adjustmentRoutes } from './adjustments.ts';
import { applicationRoutes } from './applications.ts';
import { appointmentRoutes } from './appointments.ts';
import { assignmentRoutes } from './assignments.ts';
import { bankDifferenceRoutes } from './bank-differences.ts';
import { bankRoutes } from './bank.ts';
import { budgetCorrectionRoutes } from './budget-corrections.ts';
import { bulkRoutes } from './bulk.ts';
import { calendarRoutes } from './calendar.ts';
import { caseRoutes } from './cases.ts';
import { decisionRoutes } from './decisions.ts';
import { documentRoutes } from './documents.ts';
import { eligibilityRoutes } from './eligibility.ts';
import { fundRoutes } from './funds.ts';
import { guidePageRoutes } from './guide-page.ts';
import { healthRoutes } from './health.ts';
import { lifeRoutes } from './life.ts';
import { noticePageRoutes } from './notice-pages.ts';
import { noticeRoutes } from './notices.ts';
import { objectionRoutes } from './objections.ts';
import { officeRoutes } from './offices.ts';
import { paperRoutes } from './papers.ts';
import { paymentBatchRoutes } from './payment-batches.ts';
import { policyRoutes } from './policies.ts';
import { publicityRoundRoutes } from './publicity-rounds.ts';
import { recoveryRoutes } from './recoveries.ts';
import { recoveryEndingRoutes } from './recovery-endings.ts';
import { recoveryListRoutes } from './recovery-lists.ts';
import { recoveryOrderRoutes } from './recovery-order.ts';
import { reportPageRoutes } from './report-pages.ts';
import { reportRoutes } from './reports.ts';
import { roundPaperRoutes } from './round-papers.ts';
import { refusalReasonRoutes } from './refusal-reasons.ts';
import { sampleRoutes } from './samples.ts';
import { standInRoutes } from './stand-ins.ts';
import { reconsiderationRoutes } from './reconsideration.ts';
import { retentionRoutes } from './retention.ts';
import { reconciliationRoutes } from './reconciliations.ts';
import { statisticsRoutes } from './statistics.ts';
import { taskRoutes } from './tasks.ts';
import { tellingRoutes } from './tellings.ts';
import { waitingRoutes } from './waiting.ts';
import { transferRoutes } from './transfers.ts';

const resources = [
  healthRoutes,
  documentRoutes,
  applicationRoutes,
  applicationBatchRoutes,
  caseRoutes,
  decisionRoutes,
  paperRoutes,
  waitingRoutes,
  reconsiderationRoutes,
  lifeRoutes,
  transferRoutes,
  bulkRoutes,
  refusalReasonRoutes,
  accountRoutes,
  taskRoutes,
  assignmentRoutes,
  standInRoutes,
  calendarRoutes,
  tellingRoutes,
  publicityRoundRoutes,
  roundPaperRoutes,
  noticeRoutes,
  objectionRoutes,
  reportRoutes,
  recoveryRoutes,
  recoveryEndingRoutes,
  recoveryListRoutes,
  recoveryOrderRoutes,
  sampleRoutes,
  paymentBatchRoutes,
  fundRoutes,
  budgetCorrectionRoutes,
  adjustmentRoutes,
  reconciliationRoutes,
  bankRoutes,
  bankDifferenceRoutes,
  statisticsRoutes,
  eligibilityRoutes,
  appointmentRoutes,
  officeRoutes,
  retentionRoutes,
  policyRoutes,
  pageAssets,
  noticePageRoutes,
  reportPageRoutes,
  guidePageRoutes,
];

/** Every route of the API, one file per resource. */
export const routes =
  (services: Services) =>
  (app: App, _options: object, done: () => void): void => {
    for (const resource of resources) resource(app, services);
    done();
  };
