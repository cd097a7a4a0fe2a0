-- Requests for adjustment money from the province (调剂金, N5.2).
CREATE TABLE adjustment_request (
  request_id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  fund text NOT NULL GENERATED ALWAYS AS (state ->> 'fund') STORED REFERENCES org_unit,
  budget_year integer NOT NULL GENERATED ALWAYS AS ((state ->> 'budgetYear')::integer) STORED,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  -- Why it was declined, sealed.
  note bytea
);
-- One open request per fund and year; more that wait are stated in it.
CREATE UNIQUE INDEX adjustment_request_open ON adjustment_request (fund, budget_year) WHERE stage = 'requested';

-- Cases that wait for money are looked for at every approval that found the fund short.
CREATE INDEX cases_waiting_for_money ON cases (fund, case_no)
  WHERE state -> 'reservation' = 'null' AND stage IN ('approved', 'listed', 'publicity', 'payable');

GRANT SELECT, INSERT, UPDATE ON adjustment_request TO subsidy_app;
