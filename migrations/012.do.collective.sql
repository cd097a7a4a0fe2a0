-- Collective filings (N2.5): one upload, many applications, each its own case.

CREATE TABLE intake_batch (
  batch_id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  org text NOT NULL GENERATED ALWAYS AS (state ->> 'org') STORED REFERENCES org_unit,
  -- Something of it is or will be a case, and HRSS has not accepted it.
  awaits_receipt boolean NOT NULL GENERATED ALWAYS AS (
    state -> 'acceptance' = 'null' AND state ->> 'rows' <> state ->> 'wrong'
    AND coalesce((state #>> '{outcome,filed}')::integer, 1) > 0
  ) STORED,
  -- Who uploaded: the sign-in as in `command.caller`, and the one in whose name cases are filed.
  filer text,
  filed_by json,
  -- Keyed hash of the file: the same file of the same filer is the same batch.
  content_hash bytea,
  -- The batch's data key, wrapped by PAYLOAD_KEYS; null as soon as nothing of it is kept here.
  wrapped bytea,
  -- Place and appraisal body of the appointment, sealed.
  appointment bytea
);
CREATE UNIQUE INDEX intake_batch_once ON intake_batch (filer, content_hash);
CREATE INDEX intake_batch_by_org ON intake_batch (org, batch_id);
CREATE INDEX intake_batch_awaiting ON intake_batch (org) WHERE awaits_receipt;

-- A row's content is here until it is filed; then it is in the case, under the case's key, and nowhere else.
CREATE TABLE intake_row (
  batch_id text NOT NULL REFERENCES intake_batch,
  -- As the spreadsheet program numbers it.
  line integer NOT NULL CHECK (line > 0),
  status text NOT NULL CHECK (status IN ('wrong', 'example', 'waiting', 'filed', 'refused')),
  -- Why it was refused, as a code.
  refusal text,
  case_no text REFERENCES cases,
  -- Form or cells with what is wrong in them, sealed with the batch's key.
  sealed bytea,
  PRIMARY KEY (batch_id, line),
  CONSTRAINT filed_has_case CHECK ((status = 'filed') = (case_no IS NOT NULL)),
  CONSTRAINT filed_is_in_the_case CHECK (status <> 'filed' OR sealed IS NULL),
  CONSTRAINT refused_has_reason CHECK ((status = 'refused') = (refusal IS NOT NULL))
);
CREATE INDEX intake_row_waiting ON intake_row (batch_id, line) WHERE status = 'waiting';
-- A case comes from one row at most.
CREATE UNIQUE INDEX intake_row_case ON intake_row (case_no) WHERE case_no IS NOT NULL;

CREATE OR REPLACE VIEW stream_head AS
  SELECT 'case-' || case_no AS stream, seq, last_hash AS hash FROM cases
  UNION ALL SELECT 'round-' || round_id, seq, last_hash FROM round
  UNION ALL SELECT 'batch-' || batch_id, seq, last_hash FROM payment_batch
  UNION ALL SELECT 'intake-' || batch_id, seq, last_hash FROM intake_batch
  UNION ALL SELECT 'access-' || chain, seq, last_hash FROM access_chain;

GRANT SELECT, INSERT, UPDATE ON intake_batch, intake_row TO subsidy_app;
