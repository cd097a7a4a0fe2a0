-- Commands, events and the promise to tell Temporal: one transaction writes all three.

-- A caller's key on a route, with what was decided; a repeat gets the same answer (contract.md, Idempotency-Key).
CREATE TABLE command (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  caller text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- What was decided, sealed; null only inside the transaction that decides.
  answer bytea,
  UNIQUE (caller, route, key)
);

-- One stream per durable process, named like its workflow: case-…, round-…, batch-….
-- Bodies are json, not jsonb: the stored bytes are what the hash chain covers.
CREATE TABLE event (
  stream text NOT NULL,
  seq integer NOT NULL CHECK (seq > 0),
  at timestamptz NOT NULL,
  type text NOT NULL,
  actor json NOT NULL,
  body json NOT NULL,
  -- What people wrote, sealed with the case's key.
  sealed bytea,
  command_id bigint REFERENCES command,
  previous_hash bytea,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (stream, seq),
  CHECK ((seq = 1) = (previous_hash IS NULL))
);

-- What was decided on which facts, so that an auditor can decide again. Codes and versions, no words of people.
CREATE TABLE decision (
  stream text NOT NULL,
  -- The state before: events up to and including this seq (0: none yet).
  after_seq integer NOT NULL,
  command json NOT NULL,
  facts json NOT NULL,
  events integer NOT NULL CHECK (events > 0),
  PRIMARY KEY (stream, after_seq)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Events that a workflow has not been told of. `wakes` false: may wait for the next one that matters to it.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream text NOT NULL,
  seq integer NOT NULL,
  wakes boolean NOT NULL
);
CREATE INDEX outbox_waking ON outbox (id) WHERE wakes;
CREATE INDEX outbox_stream ON outbox (stream);

GRANT SELECT, INSERT, UPDATE ON command TO subsidy_app;
GRANT SELECT, INSERT ON event, decision TO subsidy_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO subsidy_app;
