-- Places on maps: what is needed to say which ones are worth a mark, for those who see one of their cases, and, rounded to some 100 m, for planners.

-- Places of at least two reports that were spoken of since p_since or have an open case, of the areas of the actor (p_area: of one of them, and all below it), and
-- could carry a mark: two reports since p_since, something unsolved since p_before, or reports in two areas of the level p_lowest; of each kind of these, what
-- comes back and what is unsolved or straddles, the p_limit foremost.
--   may_open                   the actor sees one of its cases; else he is a planner, and lon, lat are snapped to a thousandth of a degree
--   told                       reports in all
--   lowest                     areas of the level p_lowest in which they lie
--   unsolved_since             as place_seen() says it
--   reports, ..., ended_at     as places_coming_back() says them; around, places_around and spread of the p_limit fullest of that time alone
CREATE FUNCTION place_marks(p_at timestamptz, p_since timestamptz, p_area text, p_lowest text, p_before timestamptz, p_around_m double precision, p_limit integer)
RETURNS TABLE (place_id bigint, family text, lon double precision, lat double precision, may_open boolean, told bigint, areas text[], lowest bigint,
               unsolved_since timestamptz, radius_m double precision, reports bigint, days bigint, reporters bigint, around bigint, places_around bigint,
               spread double precision, last_at timestamptz, reopened bigint, solved_at timestamptz, ended_at timestamptz, open bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_planned text[] := actor_areas('planner');
    v_areas text[] := actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator');
    v_keys text[] := actor_keys();
BEGIN
    RETURN QUERY
    WITH candidates AS MATERIALIZED (
        SELECT DISTINCT p.anchor_id
        FROM cases c JOIN reports r ON r.case_id = c.id JOIN place_reports p ON p.report_id = r.id
        WHERE (c.chain && (v_areas || v_planned) OR c.elsewhere && v_keys) AND (p_area IS NULL OR c.chain @> ARRAY[p_area])
          -- A case is not closed before its last report came.
          AND (c.closed_at IS NULL OR c.closed_at > p_since AND r.received_at > p_since) AND r.received_at <= p_at
    ),
    -- Most places have one report: these are put aside before anything else is asked.
    several AS MATERIALIZED (
        SELECT p.anchor_id FROM candidates l JOIN place_reports p ON p.anchor_id = l.anchor_id GROUP BY p.anchor_id HAVING count(*) >= 2
    ),
    members AS MATERIALIZED (
        SELECT p.anchor_id, p.family, r.id, r.received_at, r.area_code::text AS area_code, r.case_id
        FROM several l JOIN place_reports p ON p.anchor_id = l.anchor_id JOIN reports r ON r.id = p.report_id WHERE r.received_at <= p_at
    ),
    said AS MATERIALIZED (
        SELECT m.anchor_id, min(m.family) AS family, count(*) AS told, max(m.received_at) AS last_at,
               count(*) FILTER (WHERE m.received_at > p_since) AS reports,
               array_agg(DISTINCT m.area_code ORDER BY m.area_code) FILTER (WHERE m.area_code IS NOT NULL) AS areas,
               count(DISTINCT m.area_code) FILTER (WHERE a.level = p_lowest) AS lowest
        FROM members m LEFT JOIN areas a ON a.code = m.area_code GROUP BY m.anchor_id HAVING count(*) >= 2
    ),
    worked AS MATERIALIZED (
        -- As actor_sees() says it, which would ask for the postings at every case.
        SELECT DISTINCT ON (m.anchor_id, c.id) m.anchor_id, c.id, c.state, c.confirmed, c.received_at, c.closed_at, c.reopened,
               coalesce(c.chain && v_areas OR c.elsewhere && v_keys, false) AS mine
        FROM said s JOIN members m ON m.anchor_id = s.anchor_id JOIN cases c ON c.id = m.case_id WHERE c.state <> 'merged'
    ),
    ends AS MATERIALIZED (
        SELECT w.anchor_id, bool_or(w.mine) AS mine, sum(w.reopened)::bigint AS reopened, max(w.closed_at) FILTER (WHERE w.confirmed) AS solved_at,
               max(w.closed_at) FILTER (WHERE w.state = 'closed' AND w.confirmed IS NOT TRUE) AS ended_at, count(*) FILTER (WHERE w.closed_at IS NULL) AS open
        FROM worked w GROUP BY w.anchor_id
    ),
    unsolved AS (
        SELECT w.anchor_id, min(w.received_at) AS since FROM worked w JOIN ends e ON e.anchor_id = w.anchor_id
        WHERE w.confirmed IS NOT TRUE AND w.received_at > coalesce(e.solved_at, '-infinity') GROUP BY w.anchor_id
    ),
    ranked AS (
        SELECT s.*, e.mine, e.reopened, e.solved_at, e.ended_at, e.open, u.since, row_number() OVER (ORDER BY s.reports DESC, s.anchor_id) AS nth,
               s.lowest >= 2 OR coalesce(u.since <= p_before, false) AS marked,
               row_number() OVER (ORDER BY (s.lowest >= 2)::integer + coalesce(u.since <= p_before, false)::integer DESC, u.since, s.told DESC, s.anchor_id) AS weighty
        FROM said s JOIN ends e ON e.anchor_id = s.anchor_id LEFT JOIN unsolved u ON u.anchor_id = s.anchor_id
        WHERE s.reports >= 2 OR s.lowest >= 2 OR u.since <= p_before
    )
    SELECT t.anchor_id, t.family, ST_X(g.spot), ST_Y(g.spot), t.mine, t.told, t.areas, t.lowest, t.since, place_radius(t.family, p_at), t.reports, d.days, d.reporters,
           coalesce(b.around, 0)::bigint, b.places_around, coalesce(b.spread, 0)::double precision, t.last_at, t.reopened, t.solved_at, t.ended_at, t.open
    FROM ranked t JOIN places a ON a.id = t.anchor_id
    CROSS JOIN LATERAL (SELECT CASE WHEN t.mine THEN a.geom ELSE ST_SnapToGrid(a.geom, 0.001) END AS spot) g
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT (r.received_at AT TIME ZONE 'Asia/Shanghai')::date) AS days, count(DISTINCT coalesce(lower(btrim(k.contact)), r.id::text)) AS reporters
        FROM place_reports o JOIN reports r ON r.id = o.report_id LEFT JOIN report_contacts k ON k.report_id = r.id
        WHERE o.anchor_id = t.anchor_id AND r.received_at > p_since AND r.received_at <= p_at) d
    CROSS JOIN LATERAL (
        SELECT sum(f.n) AS around, count(*) AS places_around, var_samp(f.n) AS spread FROM (
            SELECT count(*) AS n FROM reports r JOIN place_reports o ON o.report_id = r.id
            WHERE t.reports >= 2 AND t.nth <= p_limit AND r.geom && box_around(a.geom, p_around_m) AND r.received_at > p_since AND r.received_at <= p_at
              AND o.family = t.family AND o.anchor_id <> t.anchor_id AND metres_between(r.geom, a.geom) <= p_around_m GROUP BY o.anchor_id) f) b
    WHERE t.nth <= p_limit OR t.marked AND t.weighty <= p_limit
    ORDER BY t.nth;
END $$;

REVOKE EXECUTE ON FUNCTION place_marks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION place_marks TO gridwarden_web;
