-- Takes back 0041.
DROP FUNCTION rush_at;
