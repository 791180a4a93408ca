-- Staff sessions.  Tokens are kept as digests; the web role cannot read this table.

CREATE FUNCTION log_in_secret(p_login text)
RETURNS TABLE (person_id integer, password_hash text, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, p.password_hash, p.locked_until FROM people p WHERE p.login = lower(p_login)
$$;

-- After five wrong passwords in a row the account waits, each time twice as long, at most an hour.
CREATE FUNCTION log_in_failed(p_person integer, p_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    UPDATE people SET failures = failures + 1,
        locked_until = CASE WHEN failures + 1 >= 5
                            THEN p_at + least(interval '1 hour', interval '1 minute' * 2 ^ least(failures - 4, 6)) END
    WHERE id = p_person
$$;

CREATE FUNCTION session_open(p_person integer, p_token_digest bytea, p_at timestamptz, p_expires_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    UPDATE people SET failures = 0, locked_until = NULL WHERE id = p_person;
    DELETE FROM sessions WHERE person_id = p_person AND expires_at <= p_at;
    INSERT INTO sessions VALUES (p_token_digest, p_person, p_at, p_expires_at);
$$;

CREATE FUNCTION session_close(p_token_digest bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    DELETE FROM sessions WHERE token_digest = p_token_digest
$$;
