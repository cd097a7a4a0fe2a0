-- Who saw or was refused what, in hash chains; and the daily roots that sign every chain.

-- One chain per process and day, so that writers never wait for each other (design.md, Privacy and audit).
CREATE TABLE access_chain (
  chain text PRIMARY KEY,
  seq integer NOT NULL,
  last_hash bytea NOT NULL
);
-- Reads of personal data, refusals, sign-ins. Ids and codes; never what was read.
CREATE TABLE access_log (
  chain text NOT NULL REFERENCES access_chain DEFERRABLE INITIALLY DEFERRED,
  seq integer NOT NULL CHECK (seq > 0),
  at timestamptz NOT NULL,
  body json NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (chain, seq)
);
CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where every chain of the system stands.
CREATE VIEW stream_head AS
  SELECT 'case-' || case_no AS stream, seq, last_hash AS hash FROM cases
  UNION ALL SELECT 'round-' || round_id, seq, last_hash FROM round
  UNION ALL SELECT 'batch-' || batch_id, seq, last_hash FROM payment_batch
  UNION ALL SELECT 'access-' || chain, seq, last_hash FROM access_chain;

-- A root of each business day: `body` names the root before it and the digest of the heads that moved since; signed.
CREATE TABLE audit_root (
  n integer PRIMARY KEY CHECK (n > 0),
  day date NOT NULL UNIQUE,
  body json NOT NULL,
  signature bytea NOT NULL
);
CREATE TABLE audit_root_head (
  root integer NOT NULL REFERENCES audit_root DEFERRABLE INITIALLY DEFERRED,
  stream text NOT NULL,
  seq integer NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (root, stream)
);
CREATE TRIGGER audit_root_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_root
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_root_head_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_root_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- The last seq of each stream that a root covers: says quickly what moved, proves nothing.
CREATE TABLE audit_cover (
  stream text PRIMARY KEY,
  seq integer NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON access_chain, audit_cover TO subsidy_app;
GRANT SELECT, INSERT ON access_log, audit_root, audit_root_head TO subsidy_app;
GRANT SELECT ON stream_head TO subsidy_app;

-- Who of the staff is what, where and from when to when; ending one works at the next request. Rows are kept.
CREATE TABLE appointment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sub text NOT NULL,
  role text NOT NULL CHECK (role NOT IN ('applicant', 'employer')),
  org text NOT NULL REFERENCES org_unit,
  from_on date NOT NULL,
  -- The last day; null: until it is ended.
  until_on date CHECK (until_on >= from_on),
  appointed_by text NOT NULL CHECK (appointed_by <> sub),
  ended_at timestamptz,
  ended_by text,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX appointment_by_sub ON appointment (sub);
CREATE INDEX appointment_by_org ON appointment (org, id);
CREATE UNIQUE INDEX appointment_once ON appointment (sub, role) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON appointment TO subsidy_app;
