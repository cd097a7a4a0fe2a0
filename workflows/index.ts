/** Everything that the worker's bundle offers under its own name. */
export { applicationCase } from './application-case.ts';
export { businessDay } from './business-day.ts';
export { collectiveIntake } from './collective-intake.ts';
export { calendarChange } from './calendar-change.ts';
export { paymentBatch } from './payment-batch.ts';
export { publicityRound } from './publicity-round.ts';
export { reconciliation } from './reconciliation.ts';
export { recoveryCase } from './recovery-case.ts';
