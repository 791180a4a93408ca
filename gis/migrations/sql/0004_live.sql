-- What a live area page asks: what is new, and what was said before near a case.
-- Row-level security forbids the planner an index on positions (its operators are not leakproof), so what looks for
-- neighbours runs as the owner and asks for the actor's rights itself, by the same words as the policies.

-- What the outbox holds in ranges of ids: p_from[i] <= id < p_to[i], without an upper end where p_to[i] is null.
-- `seen` says up to which transaction this answer is complete: every transaction below `oldest` has ended, and none from
-- `next` on had begun.  An id that is missing here and was drawn by a transaction below `next` can still appear until
-- `oldest` has passed that `next`.  One row at least, so that these two are told even when nothing is new (id is null then).
CREATE FUNCTION news(p_from bigint[], p_to bigint[])
RETURNS TABLE (oldest bigint, next bigint, id bigint, case_id bigint, chain text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint, n.id, n.case_id, n.chain
    FROM pg_current_snapshot() s LEFT JOIN LATERAL (
        SELECT o.id, c.id AS case_id, c.chain
        FROM unnest(p_from, p_to) r (low, high)
        JOIN outbox o ON o.id >= r.low AND o.id < coalesce(r.high, 9223372036854775807)
        LEFT JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint
    ) n ON true ORDER BY n.id
$$;

-- From where news() is to be asked by somebody who begins now: the ids that are missing among the newest p_back, in ranges,
-- for a transaction that is under way may still bring them; and everything above, without an end.
CREATE FUNCTION news_ahead(p_back bigint) RETURNS TABLE (low bigint, high bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH newest AS (SELECT coalesce(max(o.id), 0) AS id FROM outbox o),
    seen AS (
        SELECT greatest(n.id - p_back, 0) AS id FROM newest n
        UNION SELECT o.id FROM outbox o, newest n WHERE o.id > n.id - p_back
    ),
    steps AS (SELECT s.id, lead(s.id) OVER (ORDER BY s.id) AS following FROM seen s)
    SELECT t.id + 1, t.following FROM steps t WHERE t.following IS NULL OR t.following > t.id + 1 ORDER BY t.id
$$;

-- A box around a point that holds everything within so many metres: one degree of latitude is never less than 110,574 m.
CREATE FUNCTION box_around(p_point geometry, p_metres double precision) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_Expand(p_point, p_metres / 110574.0 / greatest(cos(radians(ST_Y(p_point))), 1e-9), p_metres / 110574.0)
$$;

-- A case's own reports, and every other one within so many metres of its pin that the actor may see, of whatever case; the
-- newest first.  `nth` counts those whose cases are of its family of categories, the first one is 1; it is null for others.
CREATE FUNCTION reports_at_spot(p_case bigint, p_metres double precision, p_at timestamptz, p_limit integer)
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
CREATE FUNCTION told_at_spot(p_cases bigint[], p_metres double precision, p_at timestamptz)
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

REVOKE EXECUTE ON FUNCTION news, news_ahead, box_around, reports_at_spot, told_at_spot FROM PUBLIC;
GRANT EXECUTE ON FUNCTION news, news_ahead, box_around, reports_at_spot, told_at_spot TO gridwarden_web;
