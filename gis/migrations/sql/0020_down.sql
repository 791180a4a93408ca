DROP FUNCTION load_edition_as, load_edition;
ALTER TABLE editions DROP COLUMN digest;
