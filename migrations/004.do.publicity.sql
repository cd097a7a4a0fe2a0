-- Publicity rounds, their entries, and objections (N3.2, N3.4a).

CREATE TABLE round (
  round_id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  -- 填报人, 负责人 and their telephone, as Annex 2 shows them.
  report json,
  org text NOT NULL GENERATED ALWAYS AS (state ->> 'org') STORED REFERENCES org_unit,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  published_at text GENERATED ALWAYS AS (state ->> 'publishedAt') STORED
);
CREATE INDEX round_published ON round (published_at DESC, round_id) WHERE published_at IS NOT NULL;
CREATE INDEX round_by_org ON round (org, round_id);

CREATE TABLE round_entry (
  round_id text NOT NULL REFERENCES round,
  entry_no integer NOT NULL CHECK (entry_no > 0),
  case_no text NOT NULL REFERENCES cases,
  status text NOT NULL CHECK (status IN ('listed', 'published', 'passed', 'struck')),
  PRIMARY KEY (round_id, entry_no)
);
-- Nothing is in two rounds: an entry that was struck lets its case be listed again.
CREATE UNIQUE INDEX round_entry_once ON round_entry (case_no) WHERE status <> 'struck';

-- Objections and reports with what was written, sealed with the key of the case that they are about.
CREATE TABLE objection (
  objection_id uuid PRIMARY KEY,
  case_no text NOT NULL REFERENCES cases,
  kind text NOT NULL CHECK (kind IN ('objection', 'report')),
  received_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'dismissed', 'upheld')),
  -- SHA-256 of the receipt number; the number itself is only with the objector.
  receipt_hash bytea NOT NULL UNIQUE,
  sealed bytea NOT NULL
);
CREATE INDEX objection_by_case ON objection (case_no);

GRANT SELECT, INSERT, UPDATE ON round, round_entry, objection TO subsidy_app;
