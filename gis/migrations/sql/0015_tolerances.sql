-- A tolerance for each level, and an answer that says by which rule it was found.

-- How far off an area of each level a point still is near it, beside `levels`; 0: never.
ALTER TABLE editions ADD COLUMN tolerances_m double precision[];
UPDATE editions SET tolerances_m = array_fill(0::double precision, ARRAY[cardinality(levels) - 1]) || tolerance_m;
ALTER TABLE editions
    DROP COLUMN tolerance_m,
    ALTER COLUMN tolerances_m SET NOT NULL,
    ADD CONSTRAINT editions_have_a_tolerance_for_each_level CHECK (
        cardinality(tolerances_m) = cardinality(levels) AND array_position(tolerances_m, NULL) IS NULL
        AND 0 <= ALL (tolerances_m) AND 10000 >= ALL (tolerances_m));

-- Where nothing is said, 25 m for the lowest level and none above (gis/tolerances.py says the same).
CREATE FUNCTION fill_tolerances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tolerances_m := coalesce(NEW.tolerances_m,
        array_fill(0::double precision, ARRAY[cardinality(NEW.levels) - 1]) || 25::double precision);
    RETURN NEW;
END $$;
CREATE TRIGGER editions_have_tolerances BEFORE INSERT ON editions FOR EACH ROW EXECUTE FUNCTION fill_tolerances();

-- What tells later on why it was this area.
ALTER TYPE area_match
    ADD ATTRIBUTE overlay boolean,               -- the area that answers is an overlay
    ADD ATTRIBUTE tolerance_m double precision;  -- within which it is near; null where it holds the point

-- Areas of one level that the accuracy circle touches, with their share of the circle.  What an overlay covers belongs to
-- the overlay alone, and what several areas hold (a data error) to the lowest code, so that no ground counts twice.  Shares are
-- cut after the fourth decimal, not rounded, so that their sum is 1 at most.
CREATE OR REPLACE FUNCTION circle_candidates(p_point geometry, p_metres double precision, p_edition integer, p_level text)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    circle geometry := accuracy_circle(p_point, p_metres);
    covered geometry := (
        SELECT ST_Union(ST_Intersection(b.geom, circle)) FROM boundaries b
        WHERE b.edition_id = p_edition AND b.overlay AND b.geom && circle AND ST_Intersects(b.geom, circle));
    whole double precision := ST_Area(circle);
    taken geometry;
    held geometry;
    area record;
    found jsonb := '[]';
BEGIN
    FOR area IN
        SELECT b.code, b.name, b.overlay, metres_between(p_point, b.geom) AS distance_m, ST_Intersection(b.geom, circle) AS part
        FROM boundaries b
        WHERE b.edition_id = p_edition AND b.level = p_level AND b.geom && circle AND ST_Intersects(b.geom, circle)
        ORDER BY b.overlay DESC, b.code COLLATE "C"
    LOOP
        held := CASE WHEN covered IS NULL OR area.overlay THEN area.part ELSE ST_Difference(area.part, covered) END;
        IF taken IS NOT NULL THEN
            held := ST_Difference(held, taken);
        END IF;
        CONTINUE WHEN ST_IsEmpty(held);
        taken := CASE WHEN taken IS NULL THEN held ELSE ST_Union(taken, held) END;
        found := found || jsonb_build_object(
            'code', area.code, 'name', area.name,
            'share', least(trunc((ST_Area(held) / whole + 1e-9)::numeric, 4), 1),
            'distance_m', round(area.distance_m::numeric, 3));
    END LOOP;
    RETURN (SELECT coalesce(jsonb_agg(f ORDER BY (f ->> 'share')::numeric DESC, f ->> 'code' COLLATE "C"), '[]')
            FROM jsonb_array_elements(found) f);
END $$;

-- Which area answers for a point.  Argument: lon lat in EPSG:4326, accuracy in metres or null, an edition.
-- Levels are asked from the lowest up.  At each one an area that holds the point, edge included, comes before one that it is
-- merely near; on a shared edge the lowest code answers and the others stand in `also`; of those within the tolerance of the level
-- the nearest, by whole millimetres and then by code, an overlay before any other.
-- Where an overlay of any level holds the point, what lies under it has no say, not even where the overlay has no grid.
-- Above 500 m of accuracy no grid can be told: the level above it is asked (a flat set has but one), without candidates.
CREATE OR REPLACE FUNCTION gis_match(p_point geometry, p_accuracy_m double precision, p_edition editions) RETURNS area_match
LANGUAGE plpgsql STABLE AS $$
DECLARE
    last integer := cardinality(p_edition.levels);
    lowest text := p_edition.levels[last];
    coarse boolean := coalesce(p_accuracy_m, 0) > 500;
    above boolean := coarse AND last > 1;
    over boolean := EXISTS (SELECT FROM boundaries b WHERE b.edition_id = p_edition.id AND b.overlay AND b.geom && p_point
                            AND ST_Intersects(b.geom, p_point) AND NOT (above AND b.level = lowest));
    holding text[];
    -- A generous box: one degree of latitude is never less than 110,574 m.
    reach double precision;
    result area_match;
    called text;
BEGIN
    result.also := '{}';
    result.candidates := '[]';
    FOR up IN REVERSE last - above::integer .. 1 LOOP
        holding := areas_over(p_point, p_edition.id, p_edition.levels[up], over);
        IF cardinality(holding) > 0 THEN
            result.outcome := CASE WHEN up < last THEN 'backstop' WHEN cardinality(holding) = 1 THEN 'inside' ELSE 'border' END;
            result.code := holding[1];
            result.also := holding[2:];
            result.distance_m := 0;
            EXIT;
        END IF;
        IF p_edition.tolerances_m[up] > 0 THEN
            reach := p_edition.tolerances_m[up] / 110574.0;
            SELECT 'near', b.code, m.distance_m INTO result.outcome, result.code, result.distance_m
            FROM boundaries b, metres_between(p_point, b.geom) AS m (distance_m)
            WHERE b.edition_id = p_edition.id AND b.level = p_edition.levels[up] AND (b.overlay OR NOT over)
              AND b.geom && ST_Expand(p_point, reach / greatest(cos(radians(ST_Y(p_point))), 1e-9), reach)
              AND m.distance_m <= p_edition.tolerances_m[up]
            ORDER BY b.overlay DESC, round(m.distance_m::numeric, 3), b.code COLLATE "C" LIMIT 1;
            IF result.code IS NOT NULL THEN
                result.tolerance_m := p_edition.tolerances_m[up];
                EXIT;
            END IF;
        END IF;
    END LOOP;
    IF result.code IS NULL THEN
        result.outcome := 'outside';
    ELSE
        SELECT metres_between(p_point, ST_Boundary(b.geom)), b.overlay, b.name INTO result.border_m, result.overlay, called
        FROM boundaries b WHERE b.edition_id = p_edition.id AND b.code = result.code;
    END IF;
    -- A circle of less than a millimetre touches nothing that the point does not.
    IF p_accuracy_m >= 0.001 AND NOT coarse THEN
        reach := p_accuracy_m / 110574.0;
        result.candidates := CASE
            -- The circle lies in one area, and no overlay reaches in.  Grids that overlap it are not looked for: that error is the
            -- checks' to find, and looking would cost every report half as much again.
            WHEN result.outcome = 'inside' AND result.border_m >= p_accuracy_m AND (over OR NOT EXISTS (
                SELECT FROM boundaries b WHERE b.edition_id = p_edition.id AND b.overlay
                AND b.geom && ST_Expand(p_point, reach / greatest(cos(radians(ST_Y(p_point))), 1e-9), reach)
                AND ST_Intersects(b.geom, accuracy_circle(p_point, p_accuracy_m))))
            THEN jsonb_build_array(jsonb_build_object('code', result.code, 'name', called, 'share', 1, 'distance_m', 0))
            ELSE circle_candidates(p_point, p_accuracy_m, p_edition.id, lowest) END;
    END IF;
    RETURN result;
END $$;

-- The answer for one area of an edition.  p_basis says how it was found: by its point, by a point too coarse for a grid, or
-- named by its code.
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
        'overlay', coalesce(p_match.overlay, false),
        'tolerance_m', p_match.tolerance_m,
        'edition', p_edition.name,
        'synthetic', p_edition.synthetic,
        'at', p_at);
END $$;

-- Arguments: lon lat in WGS84, accuracy in metres or null, the instant.
CREATE OR REPLACE FUNCTION locate(p_lon double precision, p_lat double precision, p_accuracy_m double precision, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    edition editions := edition_at(p_at);
BEGIN
    IF edition.id IS NULL THEN
        RETURN answer_for(ROW('outside', NULL, '{}', NULL, NULL, '[]', NULL, NULL)::area_match, edition, p_at, 'point');
    END IF;
    RETURN answer_for(gis_match(ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326), p_accuracy_m, edition), edition, p_at,
                      CASE WHEN p_accuracy_m > 500 THEN 'coarse' ELSE 'point' END);
END $$;

-- The same for an area that somebody named: a grid is `inside`, anything above it the backstop.  Null: unknown area.
CREATE OR REPLACE FUNCTION locate_area(p_code text, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    edition editions := edition_at(p_at);
    v_level text;
    v_overlay boolean;
BEGIN
    SELECT b.level, b.overlay INTO v_level, v_overlay FROM boundaries b WHERE b.edition_id = edition.id AND b.code = p_code;
    IF v_level IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN answer_for(ROW(
        CASE WHEN v_level = edition.levels[cardinality(edition.levels)] THEN 'inside' ELSE 'backstop' END,
        p_code, '{}', 0, NULL, '[]', v_overlay, NULL)::area_match, edition, p_at, 'named');
END $$;

-- As before; of what lies below nothing is kept, neither that it was an overlay nor that the point was merely near it.
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
        'also', '[]'::jsonb, 'candidates', '[]'::jsonb, 'distance_m', 0, 'border_m', NULL, 'overlay', false, 'tolerance_m', NULL);
END $$;

REVOKE EXECUTE ON FUNCTION fill_tolerances FROM PUBLIC;
