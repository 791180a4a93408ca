DROP FUNCTION staff_of, key_of;
DROP TABLE api_keys;
