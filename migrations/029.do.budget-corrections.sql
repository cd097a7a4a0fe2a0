-- Budget that was entered too high is taken back by two people (N5.2).
CREATE TABLE budget_correction (
  correction_id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  fund text NOT NULL GENERATED ALWAYS AS (state ->> 'fund') STORED REFERENCES org_unit,
  budget_year integer NOT NULL GENERATED ALWAYS AS ((state ->> 'budgetYear')::integer) STORED,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  -- Why, sealed; written with the proposal.
  reason bytea,
  -- Two people for every correction, said once more.
  CONSTRAINT four_eyes CHECK (stage <> 'made' OR state ->> 'decidedBy' <> state ->> 'proposedBy')
);
CREATE INDEX budget_correction_by_fund ON budget_correction (fund);
GRANT SELECT, INSERT, UPDATE ON budget_correction TO subsidy_app;

-- Its chain is verified and covered by the daily root like all others (N6.3).
DO $$ BEGIN
  EXECUTE 'CREATE OR REPLACE VIEW stream_head AS ' || rtrim(pg_get_viewdef('stream_head'::regclass), '; ') ||
    ' UNION ALL SELECT ''budget-correction-'' || correction_id, seq, last_hash FROM budget_correction';
END $$;
