-- Who is asking: whoever holds a session's token; what that person may see follows from the postings of that instant.
-- Row-level security is built on these.  It holds when the application forgets a filter.  It is no wall against somebody
-- who runs SQL of his own as the web role: that role opens sessions, because the application checks the passwords.

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

-- Whether the actor is staff: a person with any posting today.  A log-in alone opens nothing.
CREATE FUNCTION actor_is_staff() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    person integer := actor_person();
BEGIN
    RETURN person IS NOT NULL AND EXISTS (
        SELECT FROM postings p WHERE p.person_id = person
        AND p.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz);
END $$;

-- Whether a posting's name may be shown to the public: it says so, and it is held today; of past days names are for staff.
CREATE FUNCTION name_is_public(p_posting postings) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_posting.name_public
        AND p_posting.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz;
END $$;
