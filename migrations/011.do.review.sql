-- What applicants brought after filing (N3.1a), sealed like the application, which stays as it was filed.
CREATE TABLE application_addition (
  case_no text NOT NULL REFERENCES cases,
  -- The case's seq before the event that brought it: what an auditor reads up to.
  after_seq integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (case_no, after_seq)
);
CREATE TRIGGER application_addition_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON application_addition
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON application_addition TO subsidy_app;

-- N3.1f, N6.1: who decides on a reconsideration had no part in the refusal, said once more.
ALTER TABLE cases
  ADD COLUMN reconsidered_by text GENERATED ALWAYS AS (state #>> '{reconsidered,by}') STORED,
  ADD CONSTRAINT nobody_reconsiders_own_refusal CHECK (
    state #>> '{reconsidered,by}' IS NULL OR (
      state #>> '{reconsidered,by}' IS DISTINCT FROM state #>> '{reconsidered,refusedBy,handler}' AND
      state #>> '{reconsidered,by}' IS DISTINCT FROM state #>> '{reconsidered,refusedBy,reviewer}'));
