-- Whether the public could see a notice (N3.2), what the agency was told (N3.3), and what came with an objection (N3.4a).

-- Every look at the official site while a notice stands, and every page that was sent there. `shown`: SHA-256 of what the
-- site showed, null where it showed nothing; `sent`: of the page as it should be.
CREATE TABLE notice_probe (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id text NOT NULL REFERENCES round,
  at timestamptz NOT NULL,
  result text NOT NULL CHECK (result IN ('sent', 'seen', 'away', 'changed')),
  sent bytea NOT NULL CHECK (length(sent) = 32),
  shown bytea CHECK (length(shown) = 32),
  CHECK (result <> 'seen' OR shown IS NOT NULL)
);
CREATE INDEX notice_probe_by_round ON notice_probe (round_id, id);
CREATE TRIGGER notice_probe_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_probe
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the entry was listed with, which the case itself may lose.
ALTER TABLE round_entry ADD COLUMN amount_fen bigint;
UPDATE round_entry SET amount_fen = cases.amount_fen FROM cases WHERE cases.case_no = round_entry.case_no;

-- On the passed list as the agency was told it; stays, whatever becomes of the case.
ALTER TABLE round_entry ADD COLUMN told boolean NOT NULL DEFAULT false;

-- Who signed Annex 2: 填报人 prepares, 负责人 is answerable, never the same person.
ALTER TABLE round ADD COLUMN prepared_sub text, ADD COLUMN head_sub text,
  ADD CONSTRAINT two_signatures CHECK (prepared_sub IS NULL OR head_sub IS NULL OR prepared_sub <> head_sub);

-- Files of an objection or report, sealed with the case's key; only HRSS sees them, so they are no papers of the case.
CREATE TABLE objection_file (
  objection_id uuid NOT NULL REFERENCES objection,
  n integer NOT NULL CHECK (n > 0),
  media_type text NOT NULL,
  bytes integer NOT NULL,
  sha256 bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (objection_id, n)
);

GRANT SELECT, INSERT ON notice_probe, objection_file TO subsidy_app;
