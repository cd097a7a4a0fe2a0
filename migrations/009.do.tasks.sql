-- Who works on what. Tasks themselves follow from the cases; an assignment is a row beside, and without one a task is
-- the unit's.

CREATE TABLE task_assignment (
  kind text NOT NULL,
  -- Empty where the task is about no case.
  case_no text NOT NULL,
  ref text NOT NULL,
  -- The unit and role whose task it is.
  org text NOT NULL REFERENCES org_unit,
  role text NOT NULL,
  assignee text NOT NULL,
  assigned_at timestamptz NOT NULL,
  assigned_by text NOT NULL,
  PRIMARY KEY (kind, case_no, ref)
);
CREATE INDEX task_assignment_by_assignee ON task_assignment (assignee);

-- Every taking, giving back and handing over, with the reason where one was asked for; sealed like an answer.
CREATE TABLE task_move (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  case_no text NOT NULL,
  ref text NOT NULL,
  at timestamptz NOT NULL,
  by text NOT NULL,
  move text NOT NULL CHECK (move IN ('claimed', 'released', 'assigned', 'reassigned', 'shared-out', 'fell-back')),
  assignee_before text,
  assignee_after text,
  reason bytea
);
CREATE INDEX task_move_by_task ON task_move (kind, case_no, ref);
CREATE TRIGGER task_move_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON task_move
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who does somebody's tasks while they are away; the last day included.
CREATE TABLE stand_in (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  absent text NOT NULL,
  stand_in text NOT NULL CHECK (stand_in <> absent),
  org text NOT NULL REFERENCES org_unit,
  from_on date NOT NULL,
  until_on date NOT NULL CHECK (until_on >= from_on),
  arranged_by text NOT NULL,
  arranged_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX stand_in_by_absent ON stand_in (absent, from_on) WHERE ended_at IS NULL;

CREATE FUNCTION business_today() RETURNS date LANGUAGE sql VOLATILE AS
  'SELECT (business_now() AT TIME ZONE ''Asia/Shanghai'')::date';

-- Who has a task today: an assignee who left has nothing, and it is the unit's again; one who is away has a stand-in.
CREATE VIEW task_holder AS
  WITH today AS MATERIALIZED (SELECT business_today() AS day)
  SELECT a.kind, a.case_no, a.ref, a.org, a.assignee, a.assigned_at, away.stand_in
  FROM task_assignment a CROSS JOIN today
  LEFT JOIN LATERAL (
    SELECT s.stand_in FROM stand_in s
    WHERE s.absent = a.assignee AND s.ended_at IS NULL AND today.day BETWEEN s.from_on AND s.until_on
    ORDER BY s.id DESC LIMIT 1
  ) AS away ON true
  WHERE NOT EXISTS (SELECT FROM appointment p WHERE p.sub = a.assignee AND p.role = a.role)
     OR EXISTS (SELECT FROM appointment p WHERE p.sub = a.assignee AND p.role = a.role AND p.ended_at IS NULL
                  AND today.day BETWEEN p.from_on AND coalesce(p.until_on, 'infinity'));

GRANT SELECT, INSERT, UPDATE, DELETE ON task_assignment TO subsidy_app;
GRANT SELECT, INSERT ON task_move TO subsidy_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON stand_in TO subsidy_app;
GRANT SELECT ON task_holder TO subsidy_app;
