-- What a row of postings may be is decided here for every door: file, form, program.  And a link that gives a log-in is looked at again
-- when it is used.

-- As before; text comes without blanks around it and empty text is none, a role and a staff number are what they may be.
CREATE OR REPLACE FUNCTION posting_places(p_at timestamptz, p_within text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
    v_blanks text := E' \t\r\n\u3000';
BEGIN
    UPDATE posting_rows r SET area_code = nullif(btrim(r.area_code, v_blanks), ''), role = nullif(btrim(r.role, v_blanks), ''),
        name = nullif(btrim(r.name, v_blanks), ''), staff_number = nullif(btrim(r.staff_number, v_blanks), ''),
        desk = nullif(btrim(r.desk, v_blanks), '');
    UPDATE posting_rows r SET area_code = p.area_code, role = p.role, person_id = p.person_id, desk = p.desk,
        since = coalesce(r.since, day_of(lower(p.during))), name_public = coalesce(r.name_public, p.name_public)
    FROM postings p WHERE p.id = r.posting_id;
    UPDATE posting_rows r SET chain = b.chain FROM (
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b WHERE b.code IN (SELECT area_code FROM posting_rows)
        ORDER BY b.code, b.edition_id = v_edition DESC NULLS LAST, b.edition_id DESC) b
    WHERE b.code = r.area_code;
    UPDATE posting_rows r SET fault = CASE
        WHEN r.posting_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.id = r.posting_id) THEN 'posting_gone'
        WHEN r.area_code IS NULL THEN 'area_missing'
        WHEN r.chain IS NULL THEN 'unknown_area'
        WHEN NOT r.chain && p_within THEN 'area_of_others'
        WHEN r.role IS NULL THEN 'role_missing'
        WHEN r.role NOT IN ('head', 'deputy', 'member', 'desk', 'dispatcher', 'department', 'handler', 'clerk', 'supervisor', 'planner',
                            'administrator') THEN 'unknown_role'
        WHEN r.staff_number !~ '^\S{1,32}$' THEN 'bad_number'
        WHEN r.role IN ('desk', 'department', 'handler') AND r.desk IS NULL THEN 'desk_missing'
        WHEN r.role NOT IN ('desk', 'department', 'handler') AND r.desk IS NOT NULL THEN 'desk_too_many'
        WHEN r.role = 'department' AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
    UPDATE posting_rows r SET params = jsonb_build_object('written', CASE r.fault WHEN 'unknown_role' THEN r.role ELSE r.staff_number END)
    WHERE r.fault IN ('unknown_role', 'bad_number');
END $$;

-- Whether a link that was made for somebody still lets him in: whoever made it (null: the server) looks after every area where that
-- person is posted or will be.  He may have been posted elsewhere since.
CREATE FUNCTION offer_holds(p_person integer, p_by integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_by IS NULL OR (
        SELECT coalesce(bool_and(coalesce(known_chain(p.area_code, p_at) && ARRAY(
            SELECT a.area_code::text FROM postings a WHERE a.person_id = p_by AND a.role = 'administrator' AND a.during @> p_at), false)), false)
        FROM postings p WHERE p.person_id = p_person AND p.during && tstzrange(p_at, NULL))
$$;

CREATE OR REPLACE FUNCTION offered_log_in(p_token_digest bytea, p_at timestamptz) RETURNS TABLE (login text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.login, w.name FROM log_in_offers o JOIN people w ON w.id = o.person_id
    WHERE o.token_digest = p_token_digest AND o.expires_at > p_at AND offer_holds(o.person_id, o.made_by, p_at)
$$;

CREATE OR REPLACE FUNCTION choose_password(p_token_digest bytea, p_at timestamptz, p_password_hash text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_offer log_in_offers;
BEGIN
    -- A change of postings that is under way decides first.
    PERFORM pg_advisory_xact_lock_shared(hashtext('gridwarden.postings'));
    DELETE FROM log_in_offers o WHERE o.token_digest = p_token_digest AND o.expires_at > p_at AND offer_holds(o.person_id, o.made_by, p_at)
    RETURNING * INTO v_offer;
    IF v_offer.person_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE people SET login = v_offer.login, password_hash = p_password_hash WHERE id = v_offer.person_id;
    DELETE FROM sessions s WHERE s.person_id = v_offer.person_id;
    DELETE FROM log_in_tries t WHERE t.login_digest = sha256(convert_to(v_offer.login, 'UTF8'));
    INSERT INTO staff_changes (at, made_by, kind, person_id) VALUES (p_at, v_offer.person_id, 'log_in_chosen', v_offer.person_id);
    RETURN v_offer.login;
END $$;

REVOKE EXECUTE ON FUNCTION offer_holds FROM PUBLIC;
