-- What applicants were told, by whom it was carried and with what proof (N3.1e).

-- A message or letter on its way, with a copy of what was sent and to where, and the carrier's last answer, all sealed
-- with the case's key. The copy is made once, before anything is sent.
CREATE TABLE telling_attempt (
  message_id text PRIMARY KEY,
  case_no text NOT NULL REFERENCES cases,
  -- The case's how manieth telling.
  n integer NOT NULL CHECK (n > 0),
  about text NOT NULL,
  carrier text NOT NULL CHECK (carrier IN ('sms', 'letter')),
  made_at timestamptz NOT NULL,
  sealed bytea NOT NULL,
  status text NOT NULL DEFAULT 'under-way' CHECK (status IN ('under-way', 'delivered', 'failed')),
  settled_at timestamptz,
  proof bytea,
  UNIQUE (case_no, n, carrier),
  CHECK ((status = 'under-way') = (settled_at IS NULL)),
  CHECK ((settled_at IS NULL) = (proof IS NULL))
);

-- Told by nobody yet, and no carrier reached the applicant: a person has to.
ALTER TABLE cases ADD COLUMN untold boolean NOT NULL GENERATED ALWAYS AS
  (state @? '$.tellings.open[*] ? (@.failed == true)') STORED;
CREATE INDEX cases_untold ON cases (org, case_no) WHERE untold;

GRANT SELECT, INSERT, UPDATE (status, settled_at, proof) ON telling_attempt TO subsidy_app;
