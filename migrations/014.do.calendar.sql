-- The calendar as people change it, and what deadlines do by themselves: reminders and escalation (N3.1).

-- A notice of the State Council that was entered here: drafted by one, put in force by another. In force it is a row of
-- calendar_notice too, known from that moment on.
CREATE TABLE calendar_change (
  id text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  last_actor json NOT NULL,
  state jsonb NOT NULL,
  stage text NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED,
  drafted_by text NOT NULL GENERATED ALWAYS AS (state ->> 'draftedBy') STORED,
  put_in_force_by text GENERATED ALWAYS AS (state ->> 'putInForceBy') STORED,
  CONSTRAINT four_eyes CHECK (put_in_force_by IS NULL OR put_in_force_by <> drafted_by),
  CONSTRAINT in_force_by_somebody CHECK (stage NOT IN ('in-force', 'applied') OR put_in_force_by IS NOT NULL)
);
GRANT SELECT, INSERT, UPDATE ON calendar_change TO subsidy_app;
GRANT INSERT ON calendar_notice TO subsidy_app;
DO $$ BEGIN
  EXECUTE 'CREATE OR REPLACE VIEW stream_head AS ' || rtrim(pg_get_viewdef('stream_head'::regclass), '; ') ||
    ' UNION ALL SELECT ''calendar-'' || id, seq, last_hash FROM calendar_change';
END $$;

-- Calendars whose deadlines were all looked at. A calendar also changes by itself on the day when a notice that came
-- with the software is published.
CREATE TABLE calendar_applied (
  version text PRIMARY KEY,
  applied_at timestamptz NOT NULL,
  cases integer NOT NULL,
  rounds integer NOT NULL,
  batches integer NOT NULL
);
GRANT SELECT, INSERT ON calendar_applied TO subsidy_app;

ALTER TABLE open_deadline
  ADD COLUMN reminded boolean NOT NULL DEFAULT false,
  ADD COLUMN escalated_to text[] NOT NULL DEFAULT '{}';
