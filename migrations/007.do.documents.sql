-- Scans of papers (N2.1). A document is its uploader's until a case takes it; then the case's key opens it.

CREATE TABLE document (
  document_id uuid PRIMARY KEY,
  -- The sign-in that uploaded it, as in `command.caller`.
  uploader text NOT NULL,
  -- What the uploader says it is; null: not said.
  kind text,
  media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'application/pdf')),
  bytes integer NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  uploaded_at timestamptz NOT NULL,
  -- Its own data key, wrapped by PAYLOAD_KEYS; null as soon as a case has it (then see case_document).
  wrapped bytea,
  sealed bytea NOT NULL
);
-- Ciphertext does not compress.
ALTER TABLE document ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX document_untaken ON document (uploaded_at) WHERE wrapped IS NOT NULL;

-- The document's key wrapped by the case's key: destroying that one shreds the case's papers too.
CREATE TABLE case_document (
  case_no text NOT NULL REFERENCES cases,
  document_id uuid NOT NULL REFERENCES document,
  taken_at timestamptz NOT NULL,
  wrapped bytea NOT NULL,
  PRIMARY KEY (case_no, document_id)
);
CREATE INDEX case_document_by_document ON case_document (document_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON document TO subsidy_app;
GRANT SELECT, INSERT ON case_document TO subsidy_app;
