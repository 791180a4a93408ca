-- gis_match: which area a point lies in.  Knows areas and boundaries, no people.
-- What is called for every point is PL/pgSQL, not SQL: its plans are kept for the session, those of an SQL function
-- that cannot be inlined are made anew at every call (locate took 1.2 ms that way, and takes a third of it so).

-- The edition in force at an instant: the active one that began last.  None before the first.
CREATE FUNCTION edition_at(p_at timestamptz) RETURNS editions
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found editions;
BEGIN
    SELECT * INTO found FROM editions e
    WHERE e.state = 'active' AND e.valid_from <= p_at ORDER BY e.valid_from DESC LIMIT 1;
    RETURN found;
END $$;

-- Metres from a point to the nearest point of a line or area (0 within an area).  An edge is straight
-- in lon and lat, as it is for containment; so the nearest point is found in the plane, stretched by the
-- ratio of the two radii of curvature of WGS84 at the point (E of a parallel to N of the meridian), and only then
-- measured along the ellipsoid.  A geodesic edge of 1 km would lie up to 16 mm off the edge that was drawn.
CREATE FUNCTION metres_between(p_point geometry, p_geom geometry) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    e2 CONSTANT double precision := 0.00669437999014132;
    lat double precision := radians(ST_Y(p_point));
    k double precision := greatest(cos(lat), 1e-9) * (1 - e2 * sin(lat) ^ 2) / (1 - e2);
    nearest geometry := ST_ClosestPoint(
        ST_Scale(p_geom, k, 1), ST_SetSRID(ST_MakePoint(ST_X(p_point) * k, ST_Y(p_point)), ST_SRID(p_geom)));
BEGIN
    RETURN ST_DistanceSpheroid(
        p_point, ST_SetSRID(ST_MakePoint(ST_X(nearest) / k, ST_Y(nearest)), ST_SRID(p_point)),
        'SPHEROID["WGS 84",6378137,298.257223563]');
END $$;

-- The circle of a position's accuracy: a 64-gon of that many metres around it, in lon and lat.
CREATE FUNCTION accuracy_circle(p_point geometry, p_metres double precision) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_Translate(ST_Scale(
        ST_Buffer('POINT(0 0)'::geometry, 1, 16),
        p_metres / (111319.4907932 * greatest(cos(radians(ST_Y(p_point))), 1e-9)
                    / sqrt(1 - 0.00669437999014132 * sin(radians(ST_Y(p_point))) ^ 2)),
        p_metres / (111319.4907932 * (1 - 0.00669437999014132)
                    / (1 - 0.00669437999014132 * sin(radians(ST_Y(p_point))) ^ 2) ^ 1.5)),
        ST_X(p_point), ST_Y(p_point)), 4326)
$$;

CREATE TYPE area_match AS (
    outcome     text,              -- inside, border, near, backstop, outside
    code        text,              -- of the area that answers; null outside
    also        text[],            -- others on the same border or overlap, lowest first
    distance_m  double precision,  -- to the area, 0 inside
    border_m    double precision,  -- to its border
    candidates  jsonb              -- areas that the accuracy circle touches
);

-- Areas of one level that the accuracy circle touches, with their share of the circle.  What an overlay covers belongs to
-- the overlay alone.
CREATE FUNCTION circle_candidates(p_point geometry, p_metres double precision, p_edition integer, p_level text)
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

-- The areas of one level that hold a point, edge included; lowest code first.  p_overlay: overlays alone.
CREATE FUNCTION areas_over(p_point geometry, p_edition integer, p_level text, p_overlay boolean) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT b.code::text FROM boundaries b
        WHERE b.edition_id = p_edition AND b.level = p_level AND b.geom && p_point AND ST_Intersects(b.geom, p_point)
          AND (b.overlay OR NOT p_overlay)
        ORDER BY b.code COLLATE "C");
END $$;

-- Which area answers for a point.  Argument: lon lat in EPSG:4326, accuracy in metres or null, an edition.
-- Edge: counts as inside; on a shared edge the lowest code answers and the others stand in `also`.
-- Where an overlay of any level holds the point, what lies under it has no say, not even where the overlay has no grid.
-- Above 500 m of accuracy no grid can be told: the level above it is asked, without candidates.
CREATE FUNCTION gis_match(p_point geometry, p_accuracy_m double precision, p_edition editions) RETURNS area_match
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
