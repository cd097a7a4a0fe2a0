-- What colleagues call somebody: shown beside the sign-in name wherever the staff read who did something. Null for whom
-- nobody named.
ALTER TABLE appointment ADD COLUMN name text CHECK (name <> '');
