-- locate: who answers for a point at an instant.  gis_match says where, the postings say who.

-- An area as the contract shows it.
CREATE FUNCTION area_brief(p_edition integer, p_codes text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF cardinality(p_codes) = 0 THEN
        RETURN '[]';
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object('code', b.code, 'name', b.name, 'level', b.level) ORDER BY c.n), '[]')
        FROM unnest(p_codes) WITH ORDINALITY AS c (code, n)
        JOIN boundaries b ON b.edition_id = p_edition AND b.code = c.code);
END $$;

-- Head and owner of the last area of a chain at an instant.  Without a head (a vacancy) the deputy acts, then its
-- own desk, then the desk of the next level up, and in the end the topmost area itself.
CREATE FUNCTION who_answers(p_chain text[], p_edition integer, p_at timestamptz, OUT head jsonb, OUT owner jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_staff boolean := actor_is_staff();
BEGIN
    WITH posted AS (
        SELECT c.n, p.id, p.area_code, p.role, p.desk, p.name_public, lower(p.during) AS since,
               CASE WHEN v_staff OR name_is_public(p) THEN w.name END AS name
        FROM unnest(p_chain) WITH ORDINALITY AS c (code, n)
        JOIN postings p ON p.area_code = c.code AND p.during @> p_at
        LEFT JOIN people w ON w.id = p.person_id
        WHERE p.role = 'desk' OR (p.role IN ('head', 'deputy') AND c.n = cardinality(p_chain))
    ),
    acting AS (
        SELECT area_code, role, desk, id FROM posted
        UNION ALL SELECT p_chain[1], 'desk', NULL, NULL WHERE NOT EXISTS (SELECT FROM posted)
    )
    SELECT (SELECT jsonb_build_object('role', role, 'name', name, 'name_public', name_public, 'since', since, 'posting_id', id)
            FROM posted WHERE role = 'head'),
           (SELECT jsonb_build_object('area_code', a.area_code, 'level', b.level, 'role', a.role, 'desk', a.desk, 'posting_id', a.id)
            FROM acting a JOIN boundaries b ON b.edition_id = p_edition AND b.code = a.area_code
            ORDER BY cardinality(b.chain) DESC, array_position(ARRAY['head', 'deputy', 'desk'], a.role), a.id LIMIT 1)
    INTO head, owner;
END $$;

-- The answer for one area of an edition.  p_basis says how it was found: by its point, by a point too coarse for a grid, or
-- named by its code.
CREATE FUNCTION answer_for(p_match area_match, p_edition editions, p_at timestamptz, p_basis text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_chain text[];
    v_path jsonb := '[]';
    v_head jsonb;
    v_owner jsonb;
BEGIN
    IF p_match.code IS NOT NULL THEN
        SELECT b.chain INTO v_chain FROM boundaries b WHERE b.edition_id = p_edition.id AND b.code = p_match.code;
        SELECT w.head, w.owner INTO v_head, v_owner FROM who_answers(v_chain, p_edition.id, p_at) w;
        v_path := area_brief(p_edition.id, v_chain);
    END IF;
    RETURN jsonb_build_object(
        'outcome', p_match.outcome,
        'basis', p_basis,
        'grid', coalesce(v_path #>> '{-1,level}' = p_edition.levels[cardinality(p_edition.levels)], false),
        'area', v_path -> -1,
        'head', v_head,
        'owner', v_owner,
        'chain', v_path,
        'also', area_brief(p_edition.id, p_match.also),
        'candidates', p_match.candidates,
        'distance_m', round(p_match.distance_m::numeric, 3),
        'border_m', round(p_match.border_m::numeric, 3),
        'edition', p_edition.name,
        'synthetic', p_edition.synthetic,
        'at', p_at);
END $$;

-- Arguments: lon lat in WGS84, accuracy in metres or null, the instant.
CREATE FUNCTION locate(p_lon double precision, p_lat double precision, p_accuracy_m double precision, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    edition editions := edition_at(p_at);
BEGIN
    IF edition.id IS NULL THEN
        RETURN answer_for(ROW('outside', NULL, '{}', NULL, NULL, '[]')::area_match, edition, p_at, 'point');
    END IF;
    RETURN answer_for(gis_match(ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326), p_accuracy_m, edition), edition, p_at,
                      CASE WHEN p_accuracy_m > 500 AND cardinality(edition.levels) > 1 THEN 'coarse' ELSE 'point' END);
END $$;

-- The same for an area that somebody named: a grid is `inside`, anything above it the backstop.  Null: unknown area.
CREATE FUNCTION locate_area(p_code text, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    edition editions := edition_at(p_at);
    v_level text;
BEGIN
    SELECT b.level INTO v_level FROM boundaries b WHERE b.edition_id = edition.id AND b.code = p_code;
    IF v_level IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN answer_for(ROW(
        CASE WHEN v_level = edition.levels[cardinality(edition.levels)] THEN 'inside' ELSE 'backstop' END,
        p_code, '{}', 0, NULL, '[]')::area_match, edition, p_at, 'named');
END $$;
