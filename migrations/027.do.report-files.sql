-- Files of a report whose case is not known yet, sealed with the report's own key. Matched to a case they go on as its
-- `objection_file`, sealed with the case's key, and are gone here.
CREATE TABLE report_file (
  report_id uuid NOT NULL REFERENCES unmatched_report,
  n integer NOT NULL CHECK (n > 0),
  media_type text NOT NULL,
  bytes integer NOT NULL,
  sha256 bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (report_id, n)
);

GRANT SELECT, INSERT, DELETE ON report_file TO subsidy_app;
