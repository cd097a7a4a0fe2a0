-- What a statement posts is held and kept as a whole: the release of a large batch posts twenty thousand lines on two
-- balances, and a balance that is written anew for each of them grows slower with every line.

DROP TRIGGER ledger_posting_balances ON ledger_posting;
DROP TRIGGER ledger_posting_keeps_balance ON ledger_posting;
DROP FUNCTION entry_balances();
DROP FUNCTION keep_balance();

-- An entry sums to zero at the end of the statement that posts it, whoever wrote it.
CREATE FUNCTION entries_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT p.entry_id, sum(p.amount_fen) AS total INTO wrong FROM ledger_posting p
    WHERE p.entry_id IN (SELECT entry_id FROM posted) GROUP BY p.entry_id HAVING sum(p.amount_fen) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger entry % does not balance: %', wrong.entry_id, wrong.total USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
  REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION entries_balance();

-- In one order for everybody, so that no two of them wait for each other.
CREATE FUNCTION keep_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  moved record;
BEGIN
  FOR moved IN
    SELECT e.fund, e.budget_year, p.account, sum(p.amount_fen)::bigint AS fen
    FROM posted p JOIN ledger_entry e ON e.id = p.entry_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  LOOP
    -- Not ON CONFLICT: its proposed row would have to pass no_overdraft by itself.
    UPDATE fund_balance SET amount_fen = amount_fen + moved.fen
      WHERE fund = moved.fund AND budget_year = moved.budget_year AND account = moved.account;
    IF NOT FOUND THEN
      INSERT INTO fund_balance VALUES (moved.fund, moved.budget_year, moved.account, moved.fen);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_keeps_balance AFTER INSERT ON ledger_posting
  REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION keep_balances();
