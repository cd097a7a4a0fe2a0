-- The system's own clock, its rules and its places: small tables that every decision reads.

-- Owner of nothing: the role that API and worker take. What it may not do, no bug of theirs can do.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'subsidy_app') THEN
    CREATE ROLE subsidy_app NOLOGIN;
  END IF;
END $$;

-- Business time = business_anchor + (now - real_anchor) * speed; written once, by the first migration.
CREATE TABLE clock (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  business_anchor timestamptz NOT NULL,
  real_anchor timestamptz NOT NULL,
  speed double precision NOT NULL CHECK (speed > 0)
);

CREATE FUNCTION business_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  'SELECT date_trunc(''milliseconds'', business_anchor + (clock_timestamp() - real_anchor) * speed) FROM clock';

CREATE TABLE org_unit (
  code text PRIMARY KEY CHECK (code ~ '^[0-9]{6}$'),
  name text NOT NULL,
  kind text NOT NULL,
  parent text REFERENCES org_unit,
  fund text NOT NULL
);

-- A policy version is a whole: a change is a new row with a later date (N4, N7).
CREATE TABLE policy_version (
  version text PRIMARY KEY,
  in_force_from date NOT NULL UNIQUE,
  body jsonb NOT NULL
);

-- The State Council's notices; an amendment is a later notice for the same year, known from its own date.
CREATE TABLE calendar_notice (
  id text PRIMARY KEY,
  published_on date NOT NULL,
  body jsonb NOT NULL
);

-- Keys of the system as a whole (blind index), wrapped by PAYLOAD_KEYS like every case's key.
CREATE TABLE system_key (
  name text PRIMARY KEY,
  wrapped bytea NOT NULL
);

GRANT SELECT ON clock, org_unit, policy_version, calendar_notice TO subsidy_app;
GRANT SELECT, INSERT ON system_key TO subsidy_app;
