-- Log-ins as an administrator gives and takes them.  He gives a link that is shown once; whoever holds it chooses a password of his
-- own, so that nobody else ever knows it.  Only the link's digest is kept.

CREATE TABLE log_in_offers (
    token_digest  bytea PRIMARY KEY,                 -- sha256 of the token in the link
    person_id     integer NOT NULL UNIQUE REFERENCES people,
    login         text NOT NULL UNIQUE CHECK (login = lower(login) AND login <> ''),
    made_at       timestamptz NOT NULL,
    made_by       integer REFERENCES people,         -- null: on the server
    expires_at    timestamptz NOT NULL CHECK (expires_at > made_at)
);

-- Whether the actor may give somebody a log-in and take it: he looks after every area where that person is posted or will be.  Else
-- the administrator of a village could let himself in as somebody of the county who is posted in his village, too.
CREATE FUNCTION gives_log_in(p_person integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(bool_and(looks_after(p.area_code, p_at)), false) FROM postings p
    WHERE p.person_id = p_person AND p.during && tstzrange(p_at, NULL)
$$;

-- Offers a log-in, or a new password to who has one; an earlier link of his is void.  GW104: another person has this login.
CREATE FUNCTION offer_log_in(p_person integer, p_login text, p_token_digest bytea, p_at timestamptz, p_expires_at timestamptz, p_by integer)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    DELETE FROM log_in_offers o WHERE o.person_id = p_person OR o.expires_at <= p_at;
    IF EXISTS (SELECT FROM people w WHERE w.login = lower(p_login) AND w.id <> p_person)
       OR EXISTS (SELECT FROM log_in_offers o WHERE o.login = lower(p_login)) THEN
        RAISE EXCEPTION 'another person has this login' USING ERRCODE = 'GW104';
    END IF;
    INSERT INTO log_in_offers VALUES (p_token_digest, p_person, lower(p_login), p_at, p_by, p_expires_at);
    INSERT INTO staff_changes (at, made_by, kind, person_id) VALUES (p_at, p_by, 'log_in_offered', p_person);
END $$;

-- Ends all sessions of somebody; with p_take his log-in too, and a link that is still out.
CREATE FUNCTION shut_out(p_person integer, p_take boolean, p_at timestamptz, p_by integer) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    DELETE FROM sessions s WHERE s.person_id = p_person;
    IF p_take THEN
        DELETE FROM log_in_offers o WHERE o.person_id = p_person;
        UPDATE people SET login = NULL, password_hash = NULL WHERE id = p_person;
    END IF;
    INSERT INTO staff_changes (at, made_by, kind, person_id)
    VALUES (p_at, p_by, CASE WHEN p_take THEN 'log_in_taken' ELSE 'sessions_ended' END, p_person);
END $$;

-- The same for whoever is logged in.  GW101: not for this actor.
CREATE FUNCTION offer_my_log_in(p_session bytea, p_at timestamptz, p_person integer, p_login text, p_token_digest bytea, p_expires_at timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
BEGIN
    IF NOT gives_log_in(p_person, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    PERFORM offer_log_in(p_person, p_login, p_token_digest, p_at, p_expires_at, v_person);
END $$;

CREATE FUNCTION shut_out_mine(p_session bytea, p_at timestamptz, p_person integer, p_take boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
BEGIN
    IF NOT gives_log_in(p_person, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    PERFORM shut_out(p_person, p_take, p_at, v_person);
END $$;

-- For whom a link is; no row: it is void.
CREATE FUNCTION offered_log_in(p_token_digest bytea, p_at timestamptz) RETURNS TABLE (login text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.login, w.name FROM log_in_offers o JOIN people w ON w.id = o.person_id
    WHERE o.token_digest = p_token_digest AND o.expires_at > p_at
$$;

-- Sets the password that the holder of a link chose, once, and ends his sessions; answers the login, null where the link is void.
CREATE FUNCTION choose_password(p_token_digest bytea, p_at timestamptz, p_password_hash text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_offer log_in_offers;
BEGIN
    DELETE FROM log_in_offers o WHERE o.token_digest = p_token_digest AND o.expires_at > p_at RETURNING * INTO v_offer;
    IF v_offer.person_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE people SET login = v_offer.login, password_hash = p_password_hash WHERE id = v_offer.person_id;
    DELETE FROM sessions s WHERE s.person_id = v_offer.person_id;
    DELETE FROM log_in_tries t WHERE t.login_digest = sha256(convert_to(v_offer.login, 'UTF8'));
    INSERT INTO staff_changes (at, made_by, kind, person_id) VALUES (p_at, v_offer.person_id, 'log_in_chosen', v_offer.person_id);
    RETURN v_offer.login;
END $$;

REVOKE EXECUTE ON FUNCTION gives_log_in, offer_log_in, shut_out, offer_my_log_in, shut_out_mine, offered_log_in, choose_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gives_log_in, offer_my_log_in, shut_out_mine, offered_log_in, choose_password TO gridwarden_web;
