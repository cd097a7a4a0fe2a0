-- How long personal data is kept, what keeps it longer, and Temporal's histories after their end.

-- Somebody said that a case's data is kept beyond its term (a court case, an audit), or that it need not be any more.
CREATE TABLE retention_hold (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_no text NOT NULL REFERENCES cases,
  held boolean NOT NULL,
  at timestamptz NOT NULL,
  decided_by text NOT NULL,
  -- Why, sealed with the case's key.
  sealed bytea NOT NULL
);
CREATE INDEX retention_hold_by_case ON retention_hold (case_no, id);
CREATE TRIGGER retention_hold_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON retention_hold
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What keeps a case's data whatever its own state says: a hold, an objection or report that is open, money that is
-- still to come back. (The recoveries' table is younger or older than this one, as the two were built side by side.)
CREATE FUNCTION is_kept(asked text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE recovering boolean := false;
BEGIN
  IF to_regclass('public.recovery') IS NOT NULL THEN
    EXECUTE 'SELECT EXISTS (SELECT FROM public.recovery WHERE case_no = $1
      AND stage NOT IN (''closed'', ''written-off'', ''enforced''))' INTO recovering USING asked;
  END IF;
  RETURN recovering
    OR coalesce((SELECT held FROM retention_hold WHERE case_no = asked ORDER BY id DESC LIMIT 1), false)
    OR EXISTS (SELECT FROM objection WHERE case_no = asked AND state = 'open');
END $$;

-- A key goes only with the decision that it may go, in the same transaction: a bug that deletes one deletes nothing.
CREATE FUNCTION key_goes_by_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_kept(OLD.case_no)
    OR NOT EXISTS (SELECT FROM event WHERE stream = 'case-' || OLD.case_no AND type = 'shredded') THEN
    RAISE EXCEPTION '% is not shredded by a decision', OLD.case_no USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_key_goes_by_decision AFTER DELETE ON case_key
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION key_goes_by_decision();
CREATE INDEX cases_by_last_at ON cases (last_at);

-- A run's full history as Temporal had it at its end (protobuf, gzip; payloads sealed as Temporal kept them).
CREATE TABLE history_archive (
  workflow_id text NOT NULL,
  run_id text NOT NULL,
  -- Real time.
  closed_at timestamptz NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  events integer NOT NULL CHECK (events > 0),
  content bytea NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (workflow_id, run_id)
);
ALTER TABLE history_archive ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX history_archive_by_close ON history_archive (closed_at);
CREATE TRIGGER history_archive_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_archive
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Signed by the daily root like every chain: a stream of one link.
CREATE VIEW history_head AS
  SELECT 'history-' || workflow_id || '/' || run_id AS stream, 1 AS seq, hash FROM history_archive;

GRANT SELECT, INSERT ON retention_hold, history_archive TO subsidy_app;
GRANT SELECT ON history_head TO subsidy_app;
GRANT DELETE ON case_key TO subsidy_app;
