-- A case, what was applied for, the evidence, and the one-time entitlement (N4.3).

CREATE SEQUENCE case_number AS bigint;

-- The row is the fold of the case's events. What queries and constraints need is generated from `state`,
-- so that it can't say anything else.
CREATE TABLE cases (
  case_no text PRIMARY KEY CHECK (case_no ~ '^[0-9]{6}-[0-9]{4}-[0-9]{7}$'),
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  -- Keyed hash of the ID number: finds a person's cases, tells nothing without the key.
  person_key bytea NOT NULL,
  -- The employer's sign-in that filed collectively (N2.5): whose list the case is in.
  employer text,
  org text NOT NULL GENERATED ALWAYS AS (state ->> 'org') STORED REFERENCES org_unit,
  fund text NOT NULL GENERATED ALWAYS AS (state ->> 'fund') STORED REFERENCES org_unit,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  filed_at text NOT NULL GENERATED ALWAYS AS (state ->> 'filedAt') STORED,
  round_id text GENERATED ALWAYS AS (state #>> '{entry,roundId}') STORED,
  amount_fen bigint GENERATED ALWAYS AS ((state #>> '{award,amountFen}')::bigint) STORED,
  handled_by text GENERATED ALWAYS AS (state #>> '{signatures,handler}') STORED,
  reviewed_by text GENERATED ALWAYS AS (state #>> '{signatures,reviewer}') STORED,
  held boolean NOT NULL GENERATED ALWAYS AS (jsonb_array_length(state -> 'holds') > 0) STORED,
  -- Four eyes on every review decision (N3.1g), said once more.
  CONSTRAINT four_eyes CHECK (reviewed_by IS NULL OR (handled_by IS NOT NULL AND reviewed_by <> handled_by)),
  -- Nothing held is ever on its way to the bank (N3.4a).
  CONSTRAINT held_is_not_paid CHECK (NOT (held AND stage = 'paying'))
);
CREATE INDEX cases_by_org_and_stage ON cases (org, stage, case_no);
CREATE INDEX cases_by_round ON cases (round_id, case_no) WHERE round_id IS NOT NULL;
CREATE INDEX cases_by_person ON cases (person_key, case_no);
CREATE INDEX cases_by_employer ON cases (employer, case_no) WHERE employer IS NOT NULL;

-- Running deadlines of all cases, for lists of what is due and what is late. Rewritten with the row.
CREATE TABLE open_deadline (
  case_no text NOT NULL REFERENCES cases,
  kind text NOT NULL,
  due_at timestamptz NOT NULL,
  overdue boolean NOT NULL,
  PRIMARY KEY (case_no, kind)
);
CREATE INDEX open_deadline_by_due ON open_deadline (due_at);

-- One data key per case, wrapped by PAYLOAD_KEYS. Without its row the case's personal data is gone.
CREATE TABLE case_key (
  case_no text PRIMARY KEY REFERENCES cases,
  wrapped bytea NOT NULL
);

-- Annex 1 as filed, sealed.
CREATE TABLE application (
  case_no text PRIMARY KEY REFERENCES cases,
  sealed bytea NOT NULL
);

-- What a partner answered, sealed, with when and who (N6.3).
CREATE TABLE evidence (
  id uuid PRIMARY KEY,
  case_no text NOT NULL REFERENCES cases,
  source text NOT NULL,
  answered_at timestamptz NOT NULL,
  answer text NOT NULL,
  sealed bytea NOT NULL
);
CREATE INDEX evidence_by_case ON evidence (case_no);

-- N4.3: person + occupation + level, the whole province, all time. One row that is not `released` at most.
CREATE TABLE entitlement (
  case_no text PRIMARY KEY REFERENCES cases DEFERRABLE INITIALLY DEFERRED,
  person_key bytea NOT NULL,
  occupation text NOT NULL,
  level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
  status text NOT NULL CHECK (status IN ('held', 'released', 'used', 'barred'))
);
CREATE UNIQUE INDEX entitlement_once ON entitlement (person_key, occupation, level) WHERE status <> 'released';

GRANT USAGE ON SEQUENCE case_number TO subsidy_app;
GRANT SELECT, INSERT, UPDATE ON cases, entitlement TO subsidy_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON open_deadline TO subsidy_app;
GRANT SELECT, INSERT ON case_key, application, evidence TO subsidy_app;
