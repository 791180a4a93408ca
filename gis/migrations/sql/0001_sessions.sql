-- Staff sessions.  Tokens are kept as digests; the web role cannot read this table.

-- Counts a try to log in before the password is looked at, so that tries at once cannot outrun the lock, and answers what
-- to check it against.  After five wrong ones in a row a login waits, each time twice as long, at most an hour.
CREATE FUNCTION log_in_try(p_login text, p_at timestamptz)
RETURNS TABLE (person_id integer, password_hash text, locked_until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_digest bytea := sha256(convert_to(lower(p_login), 'UTF8'));
    v_try log_in_tries;
BEGIN
    DELETE FROM log_in_tries t WHERE t.at < p_at - interval '1 day';
    INSERT INTO log_in_tries AS t VALUES (v_digest, 0, p_at) ON CONFLICT (login_digest) DO UPDATE SET at = t.at
    RETURNING t.* INTO v_try;
    IF v_try.locked_until > p_at THEN
        RETURN QUERY SELECT NULL::integer, NULL::text, v_try.locked_until;
        RETURN;
    END IF;
    UPDATE log_in_tries t SET failures = t.failures + 1, at = p_at,
        locked_until = CASE WHEN t.failures + 1 >= 5
                            THEN p_at + least(interval '1 hour', interval '1 minute' * 2 ^ least(t.failures - 4, 6)) END
    WHERE t.login_digest = v_digest;
    RETURN QUERY SELECT p.id, p.password_hash, NULL::timestamptz FROM people p WHERE p.login = lower(p_login);
END $$;

-- Opens a session after the right password, ends the one that the browser had, and forgets the wrong tries.
CREATE FUNCTION session_open(
    p_login text, p_person integer, p_token_digest bytea, p_former_digest bytea, p_at timestamptz, p_expires_at timestamptz
) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    DELETE FROM log_in_tries WHERE login_digest = sha256(convert_to(lower(p_login), 'UTF8'));
    DELETE FROM sessions WHERE token_digest = p_former_digest OR (person_id = p_person AND expires_at <= p_at);
    INSERT INTO sessions VALUES (p_token_digest, p_person, p_at, p_expires_at);
$$;

CREATE FUNCTION session_close(p_token_digest bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    DELETE FROM sessions WHERE token_digest = p_token_digest
$$;
