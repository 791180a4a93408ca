-- Sites are dated: what a newer file says differently ends, and goes on under its code as it is now.

ALTER TABLE sites ADD COLUMN source text CHECK (source <> '');   -- which list it came from; null: the sample, or by hand
ALTER TABLE sites DROP CONSTRAINT sites_code_key;
-- Also serves the import of sites: what stands under a code.
ALTER TABLE sites ADD CONSTRAINT one_site_of_a_code_at_a_time EXCLUDE USING gist (code WITH =, during WITH &&);
