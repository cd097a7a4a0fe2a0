-- Policy versions are drafted by one person and put in force by another, over the API (N7); the database holds them to it.

CREATE TABLE policy_draft (
  draft_id uuid PRIMARY KEY,
  version text NOT NULL CHECK (version ~ '^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$'),
  based_on text NOT NULL REFERENCES policy_version,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'in-force', 'discarded')),
  closed_at timestamptz,
  closed_by text,
  CHECK ((state = 'draft') = (closed_at IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX policy_draft_version ON policy_draft (version) WHERE state <> 'discarded';

-- Every state that a draft was in, with who wrote it; append-only.
CREATE TABLE policy_draft_revision (
  draft_id uuid NOT NULL REFERENCES policy_draft,
  revision integer NOT NULL CHECK (revision > 0),
  at timestamptz NOT NULL,
  author text NOT NULL,
  body jsonb NOT NULL,
  -- SHA-256 of the body as written: what whoever puts it in force has read.
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (draft_id, revision)
);
CREATE TRIGGER policy_draft_revision_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_draft_revision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Null for versions that came with the program (npm run migrate).
ALTER TABLE policy_version
  ADD COLUMN draft_id uuid UNIQUE REFERENCES policy_draft,
  ADD COLUMN adopted_by text,
  ADD COLUMN adopted_at timestamptz,
  ADD CONSTRAINT adopted_as_a_whole CHECK ((draft_id IS NULL) = (adopted_by IS NULL) AND (draft_id IS NULL) = (adopted_at IS NULL)),
  -- What was decided stays decided: a version begins on the day it is put in force, or later.
  ADD CONSTRAINT never_in_the_past CHECK (in_force_from >= (adopted_at AT TIME ZONE 'Asia/Shanghai')::date);

-- What is put in force is the draft's last revision, by somebody who wrote none of them.
CREATE FUNCTION policy_version_is_drafted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.draft_id IS NULL THEN
    IF current_user = 'subsidy_app' THEN
      RAISE EXCEPTION 'a policy version needs a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT FROM policy_draft_revision WHERE draft_id = NEW.draft_id AND author = NEW.adopted_by) THEN
    RAISE EXCEPTION 'policy draft %: four eyes', NEW.draft_id USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
  END IF;
  IF NEW.body IS DISTINCT FROM
     (SELECT body FROM policy_draft_revision WHERE draft_id = NEW.draft_id ORDER BY revision DESC LIMIT 1) THEN
    RAISE EXCEPTION 'policy draft %: another body', NEW.draft_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policy_version_is_drafted BEFORE INSERT ON policy_version
  FOR EACH ROW EXECUTE FUNCTION policy_version_is_drafted();
-- Decisions rest on versions: none is ever changed.
CREATE TRIGGER policy_version_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON policy_version, policy_draft_revision TO subsidy_app;
GRANT SELECT, INSERT, UPDATE ON policy_draft TO subsidy_app;
