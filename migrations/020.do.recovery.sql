-- Reports that name no case, and the recovery of what should not have been paid (N3.4b).

-- A report whose case is not known yet, sealed by a key of its own. Matched to a case it goes on as an `objection` of
-- the same id, and its own key is gone; else it is closed with a reason.
CREATE TABLE unmatched_report (
  report_id uuid PRIMARY KEY,
  -- Whose HRSS looks at it: the notice's unit where it names one, else the province.
  org text NOT NULL REFERENCES org_unit,
  received_at timestamptz NOT NULL,
  receipt_hash bytea NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('open', 'matched', 'closed')),
  -- Its data key, wrapped by PAYLOAD_KEYS; null once it was matched.
  wrapped bytea,
  sealed bytea,
  decided_at timestamptz,
  decided_by text,
  -- Why it was closed, sealed by the same key.
  reason bytea,
  CHECK ((state = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
  CHECK ((state = 'matched') = (wrapped IS NULL) AND (wrapped IS NULL) = (sealed IS NULL)),
  CHECK ((state = 'closed') = (reason IS NOT NULL))
);
CREATE INDEX unmatched_report_open ON unmatched_report (org, received_at) WHERE state = 'open';

-- One recovery per case; the row is the fold of its stream `recovery-…`, as for cases.
CREATE TABLE recovery (
  case_no text PRIMARY KEY REFERENCES cases,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  org text NOT NULL GENERATED ALWAYS AS (state ->> 'org') STORED REFERENCES org_unit,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  amount_fen bigint NOT NULL GENERATED ALWAYS AS ((state ->> 'amountFen')::bigint) STORED,
  received_fen bigint NOT NULL GENERATED ALWAYS AS ((state ->> 'receivedFen')::bigint) STORED,
  given_back_fen bigint NOT NULL GENERATED ALWAYS AS ((state ->> 'givenBackFen')::bigint) STORED,
  write_off_by text GENERATED ALWAYS AS (state #>> '{writeOff,proposedBy}') STORED,
  write_off_confirmed_by text GENERATED ALWAYS AS (state #>> '{writeOff,confirmedBy}') STORED,
  -- Two people give money up, said once more.
  CONSTRAINT four_eyes CHECK (write_off_confirmed_by IS NULL OR write_off_confirmed_by <> write_off_by),
  CONSTRAINT written_off_by_two CHECK (stage <> 'written-off' OR write_off_confirmed_by IS NOT NULL),
  -- Closed means even: everything came in, and what was too much went back.
  CONSTRAINT closed_is_even CHECK (stage NOT IN ('closed', 'enforced') OR received_fen - given_back_fen = amount_fen),
  CONSTRAINT only_too_much_goes_back CHECK (given_back_fen <= greatest(received_fen - amount_fen, 0))
);
CREATE INDEX recovery_by_org ON recovery (org, stage, case_no);

-- Whatever kinds there are, and recoveries.
DO $$ BEGIN
  EXECUTE 'CREATE OR REPLACE VIEW stream_head AS ' || rtrim(pg_get_viewdef('stream_head'::regclass), '; ') ||
    ' UNION ALL SELECT ''recovery-'' || case_no, seq, last_hash FROM recovery';
END $$;

GRANT SELECT, INSERT, UPDATE ON unmatched_report, recovery TO subsidy_app;
