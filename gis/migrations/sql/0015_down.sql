-- Back to one tolerance, that of the lowest level; answers no longer say by which rule.

DROP TRIGGER editions_have_tolerances ON editions;
DROP FUNCTION fill_tolerances;
ALTER TABLE editions ADD COLUMN tolerance_m double precision DEFAULT 25 CHECK (tolerance_m >= 0);
UPDATE editions SET tolerance_m = tolerances_m[cardinality(tolerances_m)];
ALTER TABLE editions
    ALTER COLUMN tolerance_m SET NOT NULL,
    DROP CONSTRAINT editions_have_a_tolerance_for_each_level,
    DROP COLUMN tolerances_m;

ALTER TYPE area_match DROP ATTRIBUTE overlay, DROP ATTRIBUTE tolerance_m;

CREATE OR REPLACE FUNCTION circle_candidates(p_point geometry, p_metres double precision, p_edition integer, p_level text)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    circle geometry := accuracy_circle(p_point, p_metres);
    covered geometry := (
        SELECT ST_Union(b.geom) FROM boundaries b
        WHERE b.edition_id = p_edition AND b.overlay AND b.geom && circle AND ST_Intersects(b.geom, circle));
BEGIN
    RETURN (
        WITH touched AS (
            SELECT b.code, metres_between(p_point, b.geom) AS distance_m,
                   CASE WHEN covered IS NULL OR b.overlay THEN ST_Intersection(b.geom, circle)
                        ELSE ST_Difference(ST_Intersection(b.geom, circle), covered) END AS part
            FROM boundaries b
            WHERE b.edition_id = p_edition AND b.level = p_level AND b.geom && circle AND ST_Intersects(b.geom, circle)
        ),
        shares AS (SELECT code, distance_m, ST_Area(part) / ST_Area(circle) AS share FROM touched WHERE NOT ST_IsEmpty(part))
        SELECT coalesce(jsonb_agg(jsonb_build_object('code', code, 'share', round(share::numeric, 4),
                                                     'distance_m', round(distance_m::numeric, 3))
                                  ORDER BY share DESC, code), '[]') FROM shares);
END $$;

CREATE OR REPLACE FUNCTION gis_match(p_point geometry, p_accuracy_m double precision, p_edition editions) RETURNS area_match
LANGUAGE plpgsql STABLE AS $$
DECLARE
    coarse boolean := coalesce(p_accuracy_m, 0) > 500 AND cardinality(p_edition.levels) > 1;
    lowest text := p_edition.levels[cardinality(p_edition.levels)];
    over boolean := EXISTS (SELECT FROM boundaries b WHERE b.edition_id = p_edition.id AND b.overlay AND b.geom && p_point
                            AND ST_Intersects(b.geom, p_point) AND NOT (coarse AND b.level = lowest));
    holding text[] := CASE WHEN coarse THEN '{}' ELSE areas_over(p_point, p_edition.id, lowest, over) END;
    result area_match;
    -- A generous box: one degree of latitude is never less than 110,574 m.
    reach double precision := p_edition.tolerance_m / 110574.0;
BEGIN
    result.also := '{}';
    result.candidates := '[]';
    result.distance_m := 0;
    IF cardinality(holding) > 0 THEN
        result.outcome := CASE WHEN cardinality(holding) = 1 THEN 'inside' ELSE 'border' END;
        result.code := holding[1];
        result.also := holding[2:];
    ELSIF NOT coarse THEN
        SELECT 'near', b.code, m.distance_m INTO result.outcome, result.code, result.distance_m
        FROM boundaries b, metres_between(p_point, b.geom) AS m (distance_m)
        WHERE b.edition_id = p_edition.id AND b.level = lowest AND (b.overlay OR NOT over)
          AND b.geom && ST_Expand(p_point, reach / greatest(cos(radians(ST_Y(p_point))), 1e-9), reach)
          AND m.distance_m <= p_edition.tolerance_m
        ORDER BY b.overlay DESC, round(m.distance_m::numeric, 3), b.code COLLATE "C" LIMIT 1;
    END IF;
    IF result.code IS NULL THEN
        result.distance_m := 0;
        FOR up IN REVERSE cardinality(p_edition.levels) - 1 .. 1 LOOP
            holding := areas_over(p_point, p_edition.id, p_edition.levels[up], over);
            IF cardinality(holding) > 0 THEN
                result.outcome := 'backstop';
                result.code := holding[1];
                result.also := holding[2:];
                EXIT;
            END IF;
        END LOOP;
    END IF;
    IF result.code IS NULL THEN
        result.outcome := 'outside';
        result.distance_m := NULL;
        RETURN result;
    END IF;
    SELECT metres_between(p_point, ST_Boundary(b.geom)) INTO result.border_m
    FROM boundaries b WHERE b.edition_id = p_edition.id AND b.code = result.code;
    -- A circle of less than a millimetre touches nothing that the point does not.
    IF p_accuracy_m >= 0.001 AND NOT coarse THEN
        result.candidates := CASE
            WHEN result.outcome = 'inside' AND result.border_m >= p_accuracy_m
            THEN jsonb_build_array(jsonb_build_object('code', result.code, 'share', 1, 'distance_m', 0))
            ELSE circle_candidates(p_point, p_accuracy_m, p_edition.id, lowest) END;
    END IF;
    RETURN result;
END $$;

CREATE OR REPLACE FUNCTION answer_for(p_match area_match, p_edition editions, p_at timestamptz, p_basis text) RETURNS jsonb
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

CREATE OR REPLACE FUNCTION locate(p_lon double precision, p_lat double precision, p_accuracy_m double precision, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    edition editions := edition_at(p_at);
BEGIN
    IF edition.id IS NULL THEN
        RETURN answer_for(ROW('outside', NULL, '{}', NULL, NULL, '[]')::area_match, edition, p_at, 'point');
    END IF;
    RETURN answer_for(gis_match(ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326), p_accuracy_m, edition), edition, p_at,
                      CASE WHEN p_accuracy_m > 500 AND cardinality(edition.levels) > 1 THEN 'coarse' ELSE 'point' END);
END $$;

CREATE OR REPLACE FUNCTION locate_area(p_code text, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
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

CREATE OR REPLACE FUNCTION answer_above(p_answer jsonb, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    v_last integer;
    v_cut jsonb;
BEGIN
    IF p_answer ->> 'outcome' = 'outside' THEN
        RETURN p_answer;
    END IF;
    SELECT coalesce(max(c.n) FILTER (WHERE c.area ->> 'level' = 'county'), 1) INTO v_last
    FROM jsonb_array_elements(p_answer -> 'chain') WITH ORDINALITY c (area, n);
    SELECT jsonb_agg(c.area ORDER BY c.n) INTO v_cut
    FROM jsonb_array_elements(p_answer -> 'chain') WITH ORDINALITY c (area, n) WHERE c.n <= v_last;
    RETURN p_answer || jsonb_build_object(
        'outcome', 'backstop', 'basis', 'bypass', 'grid', false, 'area', v_cut -> -1, 'head', NULL, 'chain', v_cut,
        'owner', desk_over(ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(v_cut) c), p_at),
        'also', '[]'::jsonb, 'candidates', '[]'::jsonb, 'distance_m', 0, 'border_m', NULL);
END $$;
