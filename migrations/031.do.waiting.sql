-- What waits is little, what was ever done grows. Found on 50,000 cases: these lists read whole tables.

-- Inbox of HRSS (`objection`, `report` in task-kinds.ts): open ones among all that were ever decided.
CREATE INDEX objection_open ON objection (kind, case_no) WHERE state = 'open';

-- Inbox (`succession`, `fund-wait`, `correct-account`) and the daily reminder of accounts (deadline-sweep.ts).
CREATE INDEX cases_held ON cases (org, case_no) WHERE held;

-- Inbox of supervisors (`late`): deadlines that were escalated, among all that run.
CREATE INDEX open_deadline_escalated ON open_deadline (case_no) WHERE cardinality(escalated_to) > 0;

-- Inbox (`sign-list`, `countersign-list`, `publish-list`) and a changed calendar (deadline-sweep.ts).
CREATE INDEX round_standing ON round (org, round_id) WHERE stage IN ('freezing', 'reported', 'publishing', 'public');

-- Inbox (`release-batch`), expiry each business day (batch.ts) and a changed calendar.
CREATE INDEX payment_batch_prepared ON payment_batch (org, batch_id) WHERE stage = 'prepared';

-- Lists of rounds and of batches over many units, the latest first (`listRounds`, `listBatches`).
CREATE INDEX round_latest ON round (((state ->> 'cutOffAt') || ' ' || round_id));
CREATE INDEX payment_batch_latest ON payment_batch (((state ->> 'preparedAt') || ' ' || batch_id));
