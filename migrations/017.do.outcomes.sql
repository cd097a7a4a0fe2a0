-- Money that comes back, corrected accounts, refused callbacks and differences with the bank (N3.3, N5.1).

ALTER TABLE payment_order
  ADD COLUMN returned_at timestamptz,
  -- The bank adapter that has it; an order stays with the bank that it was sent to.
  ADD COLUMN bank text NOT NULL DEFAULT 'api';

ALTER TABLE bank_report
  DROP CONSTRAINT bank_report_source_check,
  ADD CONSTRAINT bank_report_source_check CHECK (source IN ('submission', 'query', 'callback', 'statement'));

-- What a callback was answered with: a byte-identical repeat gets it again. Null only inside its own transaction.
ALTER TABLE bank_nonce ADD COLUMN effect text;
GRANT UPDATE (effect) ON bank_nonce TO subsidy_app;

-- Accounts that took the place of the one in the application, sealed with the case's key; the last one counts.
CREATE TABLE corrected_account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_no text NOT NULL REFERENCES cases,
  ended_order text NOT NULL UNIQUE REFERENCES payment_order (order_no),
  at timestamptz NOT NULL,
  sealed bytea NOT NULL
);
CREATE INDEX corrected_account_by_case ON corrected_account (case_no, id);
CREATE TRIGGER corrected_account_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON corrected_account
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What does not agree with the bank, or came in the bank's name and was refused: finance looks at each and closes it.
CREATE TABLE bank_difference (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org text NOT NULL REFERENCES org_unit,
  kind text NOT NULL,
  -- The order, nonce, statement line or day that it is about; no personal data.
  ref text NOT NULL,
  case_no text REFERENCES cases,
  -- Codes, amounts and instants on both sides.
  detail jsonb NOT NULL,
  times integer NOT NULL DEFAULT 1 CHECK (times > 0),
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  closed_at timestamptz,
  -- A person, or the process that found it gone.
  closed_by json,
  -- What the person found, sealed.
  note bytea,
  CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX bank_difference_open ON bank_difference (kind, ref) WHERE closed_at IS NULL;
CREATE INDEX bank_difference_by_org ON bank_difference (org, id);

-- Money that is recovered, or moves between years and funds.
ALTER TABLE ledger_posting
  DROP CONSTRAINT ledger_posting_account_check,
  ADD CONSTRAINT ledger_posting_account_check CHECK (account IN
    ('budget', 'available', 'reserved', 'obligated', 'spent', 'returned', 'recovered', 'transferred'));
ALTER TABLE fund_balance
  DROP CONSTRAINT no_overdraft,
  -- Budget and transfers are where money comes from and goes to; nothing of the fund's own goes below zero (N5.2).
  ADD CONSTRAINT no_overdraft CHECK (account IN ('budget', 'transferred') OR amount_fen >= 0);

-- Which bank adapter a fund pays through; the last row counts.
CREATE TABLE fund_bank (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fund text NOT NULL REFERENCES org_unit,
  bank text NOT NULL,
  set_at timestamptz NOT NULL,
  set_by json NOT NULL
);
CREATE TRIGGER fund_bank_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_bank
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON corrected_account, fund_bank TO subsidy_app;
GRANT SELECT, INSERT, UPDATE ON bank_difference TO subsidy_app;
