ALTER TABLE sites DROP CONSTRAINT one_site_of_a_code_at_a_time;
-- Before this revision a code had one row: the last stretch stays.
DELETE FROM sites s USING sites later WHERE later.code = s.code AND lower(later.during) > lower(s.during);
ALTER TABLE sites ADD CONSTRAINT sites_code_key UNIQUE (code), DROP COLUMN source;
