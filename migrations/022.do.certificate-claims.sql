-- Whose claims rest on a certificate, by a keyed hash of its number: a revocation reaches them (N6.3).
CREATE TABLE certificate_claim (
  case_no text PRIMARY KEY REFERENCES cases,
  number_key bytea NOT NULL
);
CREATE INDEX certificate_claim_by_number ON certificate_claim (number_key);
GRANT SELECT, INSERT ON certificate_claim TO subsidy_app;
