-- Places remember what their cases went through, whatever they are now, and under every number that a place had.

-- As before; how often a case there was closed, and confirmed, is counted by what happened, also in cases that went into others.
CREATE OR REPLACE FUNCTION place_seen(p_place bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_told jsonb;
BEGIN
    WITH place AS (SELECT p.anchor_id AS id FROM place_reports p WHERE p.report_id = p_place AND EXISTS (SELECT FROM places a WHERE a.id = p_place)),
    members AS MATERIALIZED (
        SELECT r.id, r.number, r.received_at, r.channel, r.area_code, r.geom, r.case_id, p.family
        FROM place JOIN place_reports p ON p.anchor_id = place.id JOIN reports r ON r.id = p.report_id
    ),
    worked AS MATERIALIZED (
        SELECT c.*, actor_sees(c) AS mine FROM cases c WHERE c.id IN (SELECT m.case_id FROM members m)
    ),
    -- Also in the cases with which its reports began, and which went into others.
    steps AS MATERIALIZED (
        SELECT e.case_id, e.seq, e.verb, e.state, e.data FROM events e WHERE e.case_id IN (SELECT k.kin_id FROM kin(ARRAY(SELECT w.id FROM worked w)) k)
    ),
    own AS (
        SELECT w.id FROM worked w UNION SELECT s.case_id FROM steps s WHERE s.verb IN ('receive', 'archive') AND (s.data ->> 'report_id')::bigint IN (SELECT m.id FROM members m)
    ),
    ended AS (
        SELECT s.*, row_number() OVER (PARTITION BY s.case_id ORDER BY s.seq DESC) AS nth FROM steps s JOIN own ON own.id = s.case_id
        WHERE s.verb IN ('confirm', 'pass_recheck', 'lapse', 'decline', 'will_not_do', 'archive') AND s.state IN ('closed', 'declined', 'will_not_do')
    ),
    lines AS (
        SELECT count(*) FILTER (WHERE s.verb = 'claim') AS claimed, count(*) FILTER (WHERE s.verb IN ('deny', 'reopen')) AS reopened
        FROM steps s JOIN own ON own.id = s.case_id
    )
    SELECT jsonb_build_object(
        'id', place.id, 'family', (SELECT min(m.family) FROM members m),
        'lon', ST_X(a.geom), 'lat', ST_Y(a.geom), 'reports', (SELECT count(*) FROM members),
        -- Whoever left no contact counts as somebody else each time.
        'reporters', (SELECT count(DISTINCT coalesce(lower(btrim(k.contact)), m.id::text)) FROM members m LEFT JOIN report_contacts k ON k.report_id = m.id),
        'first_at', (SELECT min(m.received_at) FROM members m), 'last_at', (SELECT max(m.received_at) FROM members m),
        'channels', (SELECT jsonb_object_agg(x.channel, x.n) FROM (SELECT m.channel, count(*) AS n FROM members m GROUP BY m.channel) x),
        'areas', (SELECT jsonb_agg(DISTINCT m.area_code) FROM members m WHERE m.area_code IS NOT NULL),
        'cases', (SELECT count(*) FROM worked), 'open', (SELECT count(*) FROM worked w WHERE w.closed_at IS NULL),
        -- What silence closed is confirmed by whoever says so later.
        'closed', (SELECT count(*) FROM ended), 'confirmed', (
            SELECT count(*) FROM ended n WHERE n.verb IN ('confirm', 'pass_recheck')
               OR n.nth = 1 AND EXISTS (SELECT FROM worked w WHERE w.id = n.case_id AND w.confirmed)), 'claimed', lines.claimed, 'reopened', lines.reopened,
        'unsolved_since', (
            -- What was closed before somebody confirmed a solution has been solved with it; what is open has not.
            SELECT min(w.received_at) FROM worked w WHERE w.state <> 'merged' AND w.confirmed IS NOT TRUE
              AND (w.closed_at IS NULL OR w.received_at > coalesce((SELECT max(o.closed_at) FROM worked o WHERE o.confirmed), '-infinity'))),
        -- What rang here for cases of others tells no more than that it rang.
        'alarms', coalesce((SELECT jsonb_agg(jsonb_build_object('rule_id', l.rule_id, 'note', u.note, 'at', l.at, 'facts', l.facts,
                                'case_id', CASE WHEN w.mine THEN l.case_id END) ORDER BY l.at, l.rule_id, l.case_id)
                            FROM alarms l JOIN place_rules u ON u.id = l.rule_id LEFT JOIN worked w ON w.id = l.case_id
                            -- Also by another number, that it had before.
                            WHERE l.place_id IN (SELECT m.id FROM members m)), '[]'),
        'seen', (SELECT jsonb_agg(jsonb_build_object(
            'case_id', w.id, 'category_code', w.category_code, 'state', w.state, 'confirmed', w.confirmed, 'reopened', w.reopened, 'area_code', w.area_code,
            'received_at', w.received_at, 'due_at', w.due_at, 'paused_at', w.paused_at, 'closed_at', w.closed_at,
            'reports', (SELECT jsonb_agg(jsonb_build_object('number', m.number, 'received_at', m.received_at, 'channel', m.channel,
                            'lon', ST_X(m.geom), 'lat', ST_Y(m.geom)) ORDER BY m.received_at, m.id) FROM members m WHERE m.case_id = w.id)
        ) ORDER BY w.received_at DESC, w.id DESC) FROM worked w WHERE w.mine))
    INTO v_told FROM place JOIN places a ON a.id = place.id, lines
    WHERE EXISTS (SELECT FROM worked w WHERE w.mine);
    RETURN v_told;
END $$;

-- As before, and what is open is unsolved; ended_at: when a case there was last closed without confirmation before somebody spoke again.
CREATE OR REPLACE FUNCTION place_marks(p_at timestamptz, p_since timestamptz, p_area text, p_lowest text, p_before timestamptz, p_around_m double precision, p_limit integer)
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
        SELECT w.anchor_id, bool_or(w.mine) AS mine, sum(w.reopened)::bigint AS reopened, max(w.closed_at) FILTER (WHERE w.confirmed) AS solved_at, count(*) FILTER (WHERE w.closed_at IS NULL) AS open
        FROM worked w GROUP BY w.anchor_id
    ),
    unsolved AS (
        SELECT w.anchor_id, min(w.received_at) AS since FROM worked w JOIN ends e ON e.anchor_id = w.anchor_id
        WHERE w.confirmed IS NOT TRUE AND (w.closed_at IS NULL OR w.received_at > coalesce(e.solved_at, '-infinity')) GROUP BY w.anchor_id
    ),
    ranked AS (
        SELECT s.*, e.mine, e.reopened, e.solved_at, e.open, u.since, row_number() OVER (ORDER BY s.reports DESC, s.anchor_id) AS nth,
               s.lowest >= 2 OR coalesce(u.since <= p_before, false) AS marked,
               row_number() OVER (ORDER BY (s.lowest >= 2)::integer + coalesce(u.since <= p_before, false)::integer DESC, u.since, s.told DESC, s.anchor_id) AS weighty
        FROM said s JOIN ends e ON e.anchor_id = s.anchor_id LEFT JOIN unsolved u ON u.anchor_id = s.anchor_id
        WHERE s.reports >= 2 OR s.lowest >= 2 OR u.since <= p_before
    )
    SELECT t.anchor_id, t.family, ST_X(g.spot), ST_Y(g.spot), t.mine, t.told, t.areas, t.lowest, t.since, place_radius(t.family, p_at), t.reports, d.days, d.reporters,
           coalesce(b.around, 0)::bigint, b.places_around, coalesce(b.spread, 0)::double precision, t.last_at, t.reopened, t.solved_at,
           (SELECT max(w.closed_at) FROM worked w WHERE w.anchor_id = t.anchor_id AND w.state = 'closed' AND w.confirmed IS NOT TRUE AND w.closed_at < t.last_at), t.open
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

-- As before, and what rang is the place's under every number that it had; ended_at as place_marks() says it.
CREATE OR REPLACE FUNCTION places_coming_back(p_at timestamptz, p_since timestamptz, p_area text, p_around_m double precision, p_limit integer)
RETURNS TABLE (place_id bigint, family text, radius_m double precision, lon double precision, lat double precision, reports bigint, days bigint, reporters bigint,
               around bigint, places_around bigint, spread double precision, first_at timestamptz, last_at timestamptz, areas text[], reopened bigint, solved_at timestamptz, ended_at timestamptz,
               open bigint, alarms bigint, case_id bigint, category_code text, state text, confirmed boolean, area_code text, owner_area_code text,
               owner_role text, received_at timestamptz, due_at timestamptz, paused_at timestamptz, closed_at timestamptz, supervised boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_areas text[] := actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator');
BEGIN
    RETURN QUERY
    WITH lately AS MATERIALIZED (
        SELECT p.anchor_id, count(*) AS n FROM reports r JOIN place_reports p ON p.report_id = r.id
        WHERE r.received_at > p_since AND r.received_at <= p_at AND r.chain && v_areas AND (p_area IS NULL OR r.chain @> ARRAY[p_area])
        GROUP BY p.anchor_id HAVING count(*) >= 2 ORDER BY n DESC, p.anchor_id LIMIT p_limit
    ),
    members AS MATERIALIZED (
        SELECT p.anchor_id, p.family, r.id, r.received_at, r.area_code, r.case_id, lower(btrim(k.contact)) AS contact
        FROM lately l JOIN place_reports p ON p.anchor_id = l.anchor_id JOIN reports r ON r.id = p.report_id LEFT JOIN report_contacts k ON k.report_id = r.id
        WHERE r.received_at <= p_at
    ),
    told AS (
        SELECT m.anchor_id, min(m.family) AS family, min(m.received_at) AS first_at, max(m.received_at) AS last_at,
               count(*) FILTER (WHERE m.received_at > p_since) AS reports,
               count(DISTINCT (m.received_at AT TIME ZONE 'Asia/Shanghai')::date) FILTER (WHERE m.received_at > p_since) AS days,
               count(DISTINCT coalesce(m.contact, m.id::text)) FILTER (WHERE m.received_at > p_since) AS reporters,
               array_agg(DISTINCT m.area_code::text ORDER BY m.area_code::text) FILTER (WHERE m.area_code IS NOT NULL) AS areas
        FROM members m GROUP BY m.anchor_id
    ),
    worked AS (
        SELECT DISTINCT ON (m.anchor_id, c.id) m.anchor_id, c.id, c.category_code, c.state, c.confirmed, c.area_code::text AS area_code,
               c.owner_area_code::text AS owner_area_code, c.owner_role, c.received_at, c.due_at, c.paused_at, c.closed_at, c.reopened,
               c.supervisor_posting_id IS NOT NULL AS supervised, actor_sees(c) AS mine
        FROM members m JOIN cases c ON c.id = m.case_id WHERE c.state <> 'merged'
    ),
    ends AS (
        SELECT w.anchor_id, sum(w.reopened)::bigint AS reopened, max(w.closed_at) FILTER (WHERE w.confirmed) AS solved_at,
               count(*) FILTER (WHERE w.closed_at IS NULL) AS open
        FROM worked w GROUP BY w.anchor_id
    ),
    newest AS (
        SELECT DISTINCT ON (w.anchor_id) w.* FROM worked w WHERE w.mine ORDER BY w.anchor_id, w.closed_at IS NOT NULL, w.received_at DESC, w.id DESC
    )
    SELECT t.anchor_id, t.family, place_radius(t.family, p_at), ST_X(a.geom), ST_Y(a.geom), t.reports, t.days, t.reporters, coalesce(b.around, 0)::bigint, b.places_around, coalesce(b.spread, 0)::double precision,
           t.first_at, t.last_at, t.areas, e.reopened, e.solved_at,
           (SELECT max(w.closed_at) FROM worked w WHERE w.anchor_id = t.anchor_id AND w.state = 'closed' AND w.confirmed IS NOT TRUE AND w.closed_at < t.last_at), e.open, (SELECT count(*) FROM alarms l JOIN place_reports o ON o.report_id = l.place_id WHERE o.anchor_id = t.anchor_id),
           n.id, n.category_code, n.state, n.confirmed, n.area_code, n.owner_area_code, n.owner_role, n.received_at, n.due_at, n.paused_at, n.closed_at, n.supervised
    FROM told t JOIN places a ON a.id = t.anchor_id CROSS JOIN LATERAL (
             SELECT sum(f.n) AS around, count(*) AS places_around, var_samp(f.n) AS spread FROM (
                 SELECT count(*) AS n FROM reports r JOIN place_reports o ON o.report_id = r.id
                 WHERE r.geom && box_around(a.geom, p_around_m) AND r.received_at > p_since AND r.received_at <= p_at AND o.family = t.family
                   AND o.anchor_id <> t.anchor_id AND metres_between(r.geom, a.geom) <= p_around_m GROUP BY o.anchor_id) f) b JOIN ends e ON e.anchor_id = t.anchor_id JOIN newest n ON n.anchor_id = t.anchor_id
    ORDER BY t.reports DESC, t.last_at DESC, t.anchor_id;
END $$;

-- As before; everybody is told of what is paused or said to be solved, and staff see the photos that they see elsewhere.
CREATE OR REPLACE FUNCTION akin_to(p_category text, p_lon double precision, p_lat double precision, p_area_code text, p_at timestamptz, p_closed_since timestamptz,
                        p_limit integer)
RETURNS TABLE (case_id bigint, category_code text, state text, confirmed boolean, received_at timestamptz, closed_at timestamptz, area_code text, reports bigint,
               joinable boolean, near double precision, metres double precision, released text, photo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_category categories := category_at(p_category, p_at);
    v_point geometry := ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326);
    v_area text := coalesce(p_area_code, locate(p_lon, p_lat, NULL, p_at) #>> '{area,code}');
    v_reach_m double precision := 2 * place_radius(v_category.family, p_at);
    v_sources text[] := (SELECT m.sources FROM steps m WHERE m.verb = 'merge');
    v_line text[] := (SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = v_area);
BEGIN
    -- Of what lies outside nobody is asked: it is told so.
    IF v_category.code IS NULL OR v_category.about_official OR v_area IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.id, c.category_code::text, c.state::text, c.confirmed, c.received_at, c.closed_at, c.area_code::text,
           (SELECT count(*) FROM reports r WHERE r.case_id = c.id), j.joinable, a.near,
           CASE WHEN s.sees THEN metres_between(v_point, c.geom) END, w.words,
           (SELECT p.id FROM photos p WHERE p.case_id = c.id AND (p.decision = 'released' OR s.sees_photos) ORDER BY p.at, p.id LIMIT 1)
    FROM (
        -- Beyond the reach by the half of a cell of the lattice.
        SELECT n.id FROM cases n WHERE n.geom && box_around(v_point, v_reach_m + 80)
        UNION SELECT n.id FROM cases n WHERE n.chain && ARRAY[v_area] AND n.area_code = v_area AND (n.geom IS NULL OR v_point IS NULL) AND n.closed_at IS NULL
        UNION SELECT n.id FROM cases n WHERE n.chain && ARRAY[v_area] AND n.area_code = v_area AND (n.geom IS NULL OR v_point IS NULL)
                                         AND n.closed_at >= p_closed_since AND actor_person() IS NOT NULL
    ) n JOIN cases c ON c.id = n.id CROSS JOIN LATERAL (SELECT actor_sees(c) AS sees,
        c.chain && actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor') OR c.elsewhere && actor_keys() AS sees_photos) s
    CROSS JOIN LATERAL (SELECT akin(c, p_category, v_point, v_area, p_at) AS near) a
    CROSS JOIN LATERAL (SELECT c.state = ANY (v_sources) AND c.private = v_category.private AND c.chain[1:2] = v_line[1:2] AS joinable) j
    LEFT JOIN LATERAL (SELECT x.words FROM reports r JOIN releases x ON x.report_id = r.id WHERE r.case_id = c.id AND x.decision = 'released'
                       ORDER BY r.received_at, r.id LIMIT 1) w ON true
    -- Paused, or said to be solved: everybody is told that it is there, and nothing goes into it.
    WHERE a.near IS NOT NULL AND (j.joinable OR (c.closed_at IS NULL OR c.closed_at >= p_closed_since) AND s.sees
                                  OR c.closed_at IS NULL AND NOT c.state = ANY (v_sources) AND c.chain[1:2] = v_line[1:2])
      -- Somewhere in the same area is no help to whoever reads nothing else of it.
      AND (s.sees OR c.geom IS NOT NULL AND v_point IS NOT NULL OR w.words IS NOT NULL)
    ORDER BY j.joinable DESC, a.near DESC, c.received_at DESC, c.id DESC LIMIT p_limit;
END $$;

-- As before; the steps of a case at one instant come in their order.
CREATE OR REPLACE FUNCTION place_lines(p_places bigint[], p_within_m double precision)
RETURNS TABLE (place_id bigint, family text, at timestamptz, verb text, case_id bigint, state text, head_area text, category text, chain text[], sites jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH members AS MATERIALIZED (
        SELECT p.anchor_id AS place_id, p.family, r.id, r.received_at, r.case_id, r.category_code, r.chain, r.geom
        FROM place_reports p JOIN reports r ON r.id = p.report_id WHERE p.anchor_id = ANY (p_places)
    ),
    related AS MATERIALIZED (
        SELECT DISTINCT m.place_id, m.family, k.kin_id AS case_id, k.kin_id = k.case_id AS own
        FROM members m JOIN kin(ARRAY(SELECT DISTINCT o.case_id FROM members o)) k ON k.case_id = m.case_id
    ),
    steps AS MATERIALIZED (
        SELECT r.place_id, r.family, r.own, e.case_id, e.seq, e.at, e.verb, e.state, e.data, (e.data ->> 'report_id')::bigint AS report_id
        FROM related r JOIN events e ON e.case_id = r.case_id
    ),
    -- With which case each report began.
    begun AS MATERIALIZED (
        SELECT DISTINCT ON (s.place_id, s.report_id) s.place_id, s.report_id, s.case_id FROM steps s JOIN members m ON m.id = s.report_id AND m.place_id = s.place_id
        WHERE s.verb IN ('receive', 'archive') ORDER BY s.place_id, s.report_id, s.case_id
    )
    SELECT l.place_id, l.family, l.at, l.verb, l.case_id, l.state, l.head_area, l.category, l.chain, l.sites FROM (
        SELECT m.place_id, m.family, m.received_at AS at, 'report', coalesce(b.case_id, m.case_id), NULL, NULL, m.category_code, m.chain,
               (SELECT jsonb_agg(jsonb_build_object('code', t.code, 'kind', t.kind, 'name', t.name, 'metres', metres_between(m.geom, t.geom)))
                FROM sites t WHERE p_within_m IS NOT NULL AND t.geom && box_around(m.geom, p_within_m) AND t.during @> m.received_at
                  AND metres_between(m.geom, t.geom) <= p_within_m), 0
        FROM members m LEFT JOIN begun b ON b.place_id = m.place_id AND b.report_id = m.id
        UNION ALL
        -- What silence closed is confirmed by whoever says so later.
        SELECT s.place_id, s.family, s.at, CASE WHEN s.verb = 'evaluate' AND s.data ->> 'rating' = 'solved' AND c.confirmed THEN 'confirmed' ELSE s.verb END, s.case_id, s.state,
               CASE WHEN s.data #>> '{owner,role}' IN ('head', 'deputy', 'member') THEN s.data #>> '{owner,area_code}' END, NULL, NULL, NULL, s.seq
        FROM steps s JOIN cases c ON c.id = s.case_id WHERE s.own OR EXISTS (SELECT FROM begun b WHERE b.place_id = s.place_id AND b.case_id = s.case_id)
    ) l (place_id, family, at, verb, case_id, state, head_area, category, chain, sites, seq)
    ORDER BY l.place_id, l.at, l.verb <> 'report', l.case_id, l.seq
$$;
