-- Payment batches and orders, the bank's word, and the fund's ledger (N3.3, N5).

CREATE TABLE payment_batch (
  batch_id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  org text NOT NULL GENERATED ALWAYS AS (state ->> 'org') STORED REFERENCES org_unit,
  fund text NOT NULL GENERATED ALWAYS AS (state ->> 'fund') STORED REFERENCES org_unit,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  prepared_by text NOT NULL GENERATED ALWAYS AS (state ->> 'preparedBy') STORED,
  released_by text GENERATED ALWAYS AS (state ->> 'releasedBy') STORED,
  -- Two people for every batch, said once more.
  CONSTRAINT four_eyes CHECK (released_by IS NULL OR released_by <> prepared_by),
  CONSTRAINT released_has_releaser CHECK (stage NOT IN ('released', 'settled') OR released_by IS NOT NULL)
);
CREATE INDEX payment_batch_by_org ON payment_batch (org, batch_id);

-- A prepared batch's list; a case that is withdrawn or held leaves it in that transaction.
CREATE TABLE batch_item (
  case_no text PRIMARY KEY REFERENCES cases,
  batch_id text NOT NULL REFERENCES payment_batch,
  amount_fen bigint NOT NULL CHECK (amount_fen > 0)
);
CREATE INDEX batch_item_by_batch ON batch_item (batch_id, case_no);

CREATE TABLE payment_order (
  order_no text PRIMARY KEY,
  case_no text NOT NULL REFERENCES cases,
  batch_id text NOT NULL REFERENCES payment_batch,
  amount_fen bigint NOT NULL CHECK (amount_fen > 0),
  -- Account and holder as they were at release, sealed with the case's key.
  payee bytea NOT NULL,
  status text NOT NULL CHECK (status IN ('released', 'accepted', 'unknown', 'failed', 'paid', 'returned')),
  -- Real time of the last word with the bank; null: never sent.
  asked_at timestamptz,
  credited_at timestamptz,
  code text
);
CREATE INDEX payment_order_by_case ON payment_order (case_no);
-- One live order per case: live until it failed or came back.
CREATE UNIQUE INDEX payment_order_live ON payment_order (case_no) WHERE status NOT IN ('failed', 'returned');
CREATE INDEX payment_order_by_batch ON payment_order (batch_id, order_no);
CREATE INDEX payment_order_unsettled ON payment_order (batch_id) WHERE status IN ('released', 'accepted', 'unknown');
CREATE INDEX payment_order_credited ON payment_order (credited_at) WHERE status = 'paid';

-- Every word of the bank on an order, from whichever side it came; append-only.
CREATE TABLE bank_report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_no text NOT NULL,
  source text NOT NULL CHECK (source IN ('submission', 'query', 'callback')),
  at timestamptz NOT NULL,
  outcome text NOT NULL,
  code text,
  amount_fen bigint,
  effect text NOT NULL CHECK (effect IN ('moved', 'agreed', 'difference'))
);
CREATE INDEX bank_report_by_order ON bank_report (order_no);
CREATE TRIGGER bank_report_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_report
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A nonce is taken once; its digest tells a repeat of the same bytes from a forgery.
CREATE TABLE bank_nonce (
  nonce text PRIMARY KEY,
  digest bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Double entry in fen, per fund and budget year. `budget` is the source: everything else is what became of it.
CREATE TABLE ledger_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fund text NOT NULL REFERENCES org_unit,
  budget_year integer NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  -- The event that moved the money; a budget has none but a person who entered it.
  stream text,
  seq integer,
  booked_by text
);
CREATE INDEX ledger_entry_by_stream ON ledger_entry (stream);

CREATE TABLE ledger_posting (
  entry_id bigint NOT NULL REFERENCES ledger_entry,
  account text NOT NULL CHECK (account IN ('budget', 'available', 'reserved', 'obligated', 'spent')),
  amount_fen bigint NOT NULL CHECK (amount_fen <> 0),
  PRIMARY KEY (entry_id, account)
);

-- An entry sums to zero, whoever wrote it.
CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total bigint;
BEGIN
  SELECT sum(amount_fen) INTO total FROM ledger_posting WHERE entry_id = NEW.entry_id;
  IF total <> 0 THEN
    RAISE EXCEPTION 'ledger entry % does not balance: %', NEW.entry_id, total USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances();

-- Kept with every posting; no account of the fund's own goes below zero (no overdraft, N5.2).
CREATE TABLE fund_balance (
  fund text NOT NULL REFERENCES org_unit,
  budget_year integer NOT NULL,
  account text NOT NULL,
  amount_fen bigint NOT NULL,
  PRIMARY KEY (fund, budget_year, account),
  CONSTRAINT no_overdraft CHECK (account = 'budget' OR amount_fen >= 0)
);
CREATE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE entry ledger_entry;
BEGIN
  SELECT * INTO entry FROM ledger_entry WHERE id = NEW.entry_id;
  -- Not ON CONFLICT: its proposed row would have to pass no_overdraft by itself.
  UPDATE fund_balance SET amount_fen = amount_fen + NEW.amount_fen
    WHERE fund = entry.fund AND budget_year = entry.budget_year AND account = NEW.account;
  IF NOT FOUND THEN
    INSERT INTO fund_balance VALUES (entry.fund, entry.budget_year, NEW.account, NEW.amount_fen);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_keeps_balance AFTER INSERT ON ledger_posting FOR EACH ROW EXECUTE FUNCTION keep_balance();

CREATE TRIGGER ledger_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A day of the agency's life, opened once.
CREATE TABLE business_day (
  day date PRIMARY KEY,
  opened_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON payment_batch, payment_order TO subsidy_app;
GRANT SELECT, INSERT, DELETE ON batch_item TO subsidy_app;
GRANT SELECT, INSERT ON bank_report, bank_nonce, ledger_entry, ledger_posting, business_day TO subsidy_app;
GRANT SELECT, INSERT, UPDATE ON fund_balance TO subsidy_app;
