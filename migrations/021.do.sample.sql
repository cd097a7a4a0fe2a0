-- The monthly sample of paid cases (N3.4c), and what finds one account, phone, proxy or row of numbers in several cases.

-- Keyed hashes of what an application says; made when a sample is drawn, anew where the application changed.
CREATE TABLE case_mark (
  case_no text NOT NULL REFERENCES cases,
  kind text NOT NULL CHECK (kind IN ('account', 'phone', 'proxy', 'certificate')),
  mark bytea NOT NULL,
  PRIMARY KEY (case_no, kind)
);
CREATE INDEX case_mark_by_mark ON case_mark (kind, mark);

-- One per HRSS and month. The seed says again which cases the lot fell on.
CREATE TABLE sample (
  sample_id text PRIMARY KEY,
  org text NOT NULL REFERENCES org_unit,
  -- First day of the month whose payments are looked at.
  month date NOT NULL,
  drawn_at timestamptz NOT NULL,
  seed text NOT NULL,
  policy_version text NOT NULL REFERENCES policy_version (version),
  -- Paid cases of the month that it was drawn from.
  paid integer NOT NULL CHECK (paid > 0),
  UNIQUE (org, month)
);
CREATE TABLE sample_item (
  sample_id text NOT NULL REFERENCES sample,
  case_no text NOT NULL REFERENCES cases,
  by_lot boolean NOT NULL,
  -- Risk signs with the other cases that they were seen in: shown to people, deciding nothing.
  signs json NOT NULL,
  PRIMARY KEY (sample_id, case_no)
);
-- What a person who had no part in the case found; once, and never changed.
CREATE TABLE sample_result (
  sample_id text NOT NULL,
  case_no text NOT NULL,
  result text NOT NULL CHECK (result IN ('in-order', 'doubtful')),
  examined_by text NOT NULL,
  examined_at timestamptz NOT NULL,
  -- Why, sealed with the case's key.
  sealed bytea NOT NULL,
  -- The report that a doubtful one goes on as.
  report_id uuid REFERENCES objection (objection_id),
  PRIMARY KEY (sample_id, case_no),
  FOREIGN KEY (sample_id, case_no) REFERENCES sample_item,
  CHECK ((result = 'doubtful') = (report_id IS NOT NULL))
);
CREATE TRIGGER sample_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sample_item_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample_item
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sample_result_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample_result
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE, DELETE ON case_mark TO subsidy_app;
GRANT SELECT, INSERT ON sample, sample_item, sample_result TO subsidy_app;
