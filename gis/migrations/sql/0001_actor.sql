-- Who is asking.  The web role cannot name a person, only show the digest of a session's token; what that person may
-- see follows from the postings of that instant.  Row-level security is built on these.

-- Says for the rest of this transaction who asks and when.  Null: a resident or a visitor.  Answers the person.
CREATE FUNCTION act_as(p_token_digest bytea, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config('gridwarden.session', coalesce(encode(p_token_digest, 'hex'), ''), true),
            set_config('gridwarden.at', p_at::text, true);
    RETURN actor_person();
END $$;

CREATE FUNCTION actor_person() RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    token text := nullif(current_setting('gridwarden.session', true), '');
BEGIN
    IF token IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT s.person_id FROM sessions s WHERE s.token_digest = decode(token, 'hex')
            AND s.expires_at > nullif(current_setting('gridwarden.at', true), '')::timestamptz);
END $$;

-- The areas for which the actor holds one of these roles today.
CREATE FUNCTION actor_areas(VARIADIC p_roles text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce(array_agg(DISTINCT p.area_code::text), '{}') FROM postings p
    WHERE p.person_id = actor_person() AND p.role = ANY (p_roles)
      AND p.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz
$$;
