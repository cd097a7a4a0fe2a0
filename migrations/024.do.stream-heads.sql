-- Bank days and requests for adjustment money have chains of their own too: their heads are verified and covered by the
-- daily root like all others (N6.3).
DO $$ BEGIN
  EXECUTE 'CREATE OR REPLACE VIEW stream_head AS ' || rtrim(pg_get_viewdef('stream_head'::regclass), '; ') ||
    ' UNION ALL SELECT ''reconciliation-'' || reconciliation_id, seq, last_hash FROM reconciliation' ||
    ' UNION ALL SELECT ''adjustment-'' || request_id, seq, last_hash FROM adjustment_request';
END $$;
