-- A case's own reports, and every other one within so many metres of its pin that the actor may see, of whatever case; the
-- newest first.  `nth` counts those whose cases are of its family of categories, the first one is 1; it is null for others.
CREATE OR REPLACE FUNCTION reports_at_spot(p_case bigint, p_metres double precision, p_at timestamptz, p_limit integer)
RETURNS TABLE (report_id bigint, case_id bigint, category_code text, state text, confirmed boolean, received_at timestamptz,
               due_at timestamptz, closed_at timestamptz, area_code text, lon double precision, lat double precision,
               distance_m double precision, nth bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH mine AS MATERIALIZED (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'administrator') AS areas),
    asked AS (
        SELECT c.id, c.geom, (category_at(c.category_code, p_at)).family AS family
        FROM cases c, mine WHERE c.id = p_case AND c.geom IS NOT NULL AND c.chain && mine.areas
    ),
    near AS (
        SELECT r.*, m.metres, c.state, c.confirmed, c.due_at, c.closed_at,
               (category_at(c.category_code, p_at)).family = a.family AS akin
        FROM asked a JOIN reports r ON r.geom && box_around(a.geom, p_metres) OR r.case_id = a.id
             JOIN cases c ON c.id = r.case_id, mine,
             LATERAL (SELECT ST_DistanceSpheroid(a.geom, r.geom, 'SPHEROID["WGS 84",6378137,298.257223563]') AS metres) m
        WHERE r.chain && mine.areas AND (m.metres <= p_metres OR r.case_id = a.id)
    )
    SELECT n.id, n.case_id, n.category_code, n.state, n.confirmed, n.received_at, n.due_at, n.closed_at,
           n.area_code::text, ST_X(n.geom), ST_Y(n.geom), n.metres,
           CASE WHEN n.akin THEN count(*) FILTER (WHERE n.akin) OVER (ORDER BY n.received_at, n.id) END
    FROM near n ORDER BY n.received_at DESC, n.id DESC LIMIT p_limit
$$;

-- The how-manieth word about its spot the last report of each case is: its own reports, and those of other cases of its
-- family of categories within so many metres of its pin that came before.  Cases about whose spot no other case spoke are left out.
CREATE OR REPLACE FUNCTION told_at_spot(p_cases bigint[], p_metres double precision, p_at timestamptz)
RETURNS TABLE (case_id bigint, nth bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH mine AS MATERIALIZED (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'administrator') AS areas),
    kinds AS MATERIALIZED (
        SELECT DISTINCT ON (k.code) k.code, k.family FROM categories k WHERE k.since <= p_at ORDER BY k.code, k.since DESC
    ),
    asked AS MATERIALIZED (
        SELECT c.id, c.geom, k.family, own.told, own.at
        FROM cases c JOIN kinds k ON k.code = c.category_code, mine,
             LATERAL (SELECT count(*) AS told, max(r.received_at) AS at FROM reports r WHERE r.case_id = c.id) own
        WHERE c.id = ANY (p_cases) AND c.geom IS NOT NULL AND c.chain && mine.areas
    )
    SELECT a.id, a.told + count(*)
    FROM asked a JOIN reports r ON r.geom && box_around(a.geom, p_metres)
         JOIN cases c ON c.id = r.case_id JOIN kinds k ON k.code = c.category_code, mine
    WHERE r.case_id <> a.id AND k.family = a.family AND r.received_at <= a.at AND r.chain && mine.areas
      AND ST_DistanceSpheroid(a.geom, r.geom, 'SPHEROID["WGS 84",6378137,298.257223563]') <= p_metres
    GROUP BY a.id, a.told
$$;

DROP FUNCTION desk_owners, desk_cases, desk_counts, desk_open, claims_handled, grids_without_head;
DROP INDEX cases_open_by_deadline;
