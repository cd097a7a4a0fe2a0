-- Where a unit's agency is found and its telephone, as the public reads them (N6.5). Null: not told yet; people are sent to
-- the hotline then.
ALTER TABLE org_unit
  ADD COLUMN address text CHECK (address <> ''),
  ADD COLUMN phone text CHECK (phone <> '');
GRANT UPDATE (address, phone) ON org_unit TO subsidy_app;
