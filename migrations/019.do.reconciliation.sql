-- A bank day of a fund: the bank's statement against our books (对账).
CREATE TABLE reconciliation (
  reconciliation_id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  fund text NOT NULL GENERATED ALWAYS AS (state ->> 'fund') STORED REFERENCES org_unit,
  day text NOT NULL GENERATED ALWAYS AS (state ->> 'date') STORED,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  -- The statement that was read last, as evidence: order numbers and amounts, nobody's name or account.
  statement jsonb
);
CREATE INDEX reconciliation_by_fund ON reconciliation (fund, day);
CREATE INDEX payment_order_returned ON payment_order (returned_at) WHERE status = 'returned';

GRANT SELECT, INSERT, UPDATE ON reconciliation TO subsidy_app;
