-- Rounds, batches and collective filings are told before single cases, however many of those wait.
CREATE INDEX outbox_by_turn ON outbox ((stream LIKE 'case-%'), id) WHERE wakes;
DROP INDEX outbox_waking;
