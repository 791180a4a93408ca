CREATE OR REPLACE FUNCTION posting_places(p_at timestamptz, p_within text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
BEGIN
    UPDATE posting_rows r SET area_code = p.area_code, role = p.role, person_id = p.person_id, desk = p.desk,
        since = coalesce(r.since, day_of(lower(p.during))), name_public = coalesce(r.name_public, p.name_public)
    FROM postings p WHERE p.id = r.posting_id;
    UPDATE posting_rows r SET chain = b.chain FROM (
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b WHERE b.code IN (SELECT area_code FROM posting_rows)
        ORDER BY b.code, b.edition_id = v_edition DESC NULLS LAST, b.edition_id DESC) b
    WHERE b.code = r.area_code;
    UPDATE posting_rows r SET fault = CASE
        WHEN r.posting_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.id = r.posting_id) THEN 'posting_gone'
        WHEN r.chain IS NULL THEN 'unknown_area'
        WHEN NOT r.chain && p_within THEN 'area_of_others'
        WHEN r.role IN ('desk', 'department', 'handler') AND r.desk IS NULL THEN 'desk_missing'
        WHEN r.role NOT IN ('desk', 'department', 'handler') AND r.desk IS NOT NULL THEN 'desk_too_many'
        WHEN r.role = 'department' AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
END $$;

CREATE OR REPLACE FUNCTION offered_log_in(p_token_digest bytea, p_at timestamptz) RETURNS TABLE (login text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.login, w.name FROM log_in_offers o JOIN people w ON w.id = o.person_id
    WHERE o.token_digest = p_token_digest AND o.expires_at > p_at
$$;

CREATE OR REPLACE FUNCTION choose_password(p_token_digest bytea, p_at timestamptz, p_password_hash text) RETURNS text
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

DROP FUNCTION offer_holds;
