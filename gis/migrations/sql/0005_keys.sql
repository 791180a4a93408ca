-- Keys of programs that call the API, each with a quota and the channels that it may name.  A key is kept as its digest;
-- the web role asks for one by its digest and cannot list them.

CREATE TABLE api_keys (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,63}$'),
    key_digest   bytea NOT NULL UNIQUE CHECK (octet_length(key_digest) = 32),  -- sha256 of the key; also serves key_of()
    per_minute   integer NOT NULL CHECK (per_minute > 0),
    channels     text[] NOT NULL CHECK (cardinality(channels) > 0
                     AND channels <@ ARRAY['app', 'wechat', 'hotline', 'village_box', 'talking_point']),
    during       tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    -- A name may be used again when its key has ended.
    CONSTRAINT one_key_of_a_name_at_a_time EXCLUDE USING gist (name WITH =, during WITH &&)
);

-- The key of a digest, if it is valid at an instant; no row if there is none.
CREATE FUNCTION key_of(p_digest bytea, p_at timestamptz)
RETURNS TABLE (id integer, name text, per_minute integer, channels text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN QUERY SELECT k.id, k.name, k.per_minute, k.channels FROM api_keys k
    WHERE k.key_digest = p_digest AND k.during @> p_at;
END $$;

-- Who holds a session, if that person is staff at an instant: whose quota a request counts against.
CREATE FUNCTION staff_of(p_token_digest bytea, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN (SELECT s.person_id FROM sessions s WHERE s.token_digest = p_token_digest AND s.expires_at > p_at
            AND EXISTS (SELECT FROM postings p WHERE p.person_id = s.person_id AND p.during @> p_at));
END $$;

REVOKE EXECUTE ON FUNCTION key_of, staff_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION key_of, staff_of TO gridwarden_web;
