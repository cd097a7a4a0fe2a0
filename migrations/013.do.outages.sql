-- Partners that a case is waiting for: since when and how often it has asked. Gone with the answer.
CREATE TABLE outage (
  case_no text NOT NULL REFERENCES cases,
  source text NOT NULL,
  since timestamptz NOT NULL,
  tries integer NOT NULL CHECK (tries > 0),
  PRIMARY KEY (case_no, source)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON outage TO subsidy_app;
