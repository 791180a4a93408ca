-- What comes back is listed: the places of somebody's areas of which people speak again and again, with what is needed to say what to do.
-- And a place tells what rang there, and what today's rules would have said of its story.

-- As before, and what rang there.
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
    lines AS (
        SELECT count(*) FILTER (WHERE e.verb = 'claim') AS claimed, count(*) FILTER (WHERE e.verb IN ('deny', 'reopen')) AS reopened
        FROM events e WHERE e.case_id IN (SELECT w.id FROM worked w)
    )
    SELECT jsonb_build_object(
        'id', place.id, 'family', (SELECT min(m.family) FROM members m),
        'lon', ST_X(a.geom), 'lat', ST_Y(a.geom), 'reports', (SELECT count(*) FROM members),
        'first_at', (SELECT min(m.received_at) FROM members m), 'last_at', (SELECT max(m.received_at) FROM members m),
        'channels', (SELECT jsonb_object_agg(x.channel, x.n) FROM (SELECT m.channel, count(*) AS n FROM members m GROUP BY m.channel) x),
        'areas', (SELECT jsonb_agg(DISTINCT m.area_code) FROM members m WHERE m.area_code IS NOT NULL),
        'cases', (SELECT count(*) FROM worked), 'open', (SELECT count(*) FROM worked w WHERE w.closed_at IS NULL),
        'closed', (SELECT count(*) FROM worked w WHERE w.closed_at IS NOT NULL AND w.state <> 'merged'),
        'confirmed', (SELECT count(*) FROM worked w WHERE w.confirmed), 'claimed', lines.claimed, 'reopened', lines.reopened,
        'unsolved_since', (
            -- What came before somebody confirmed a solution has been solved with it.
            SELECT min(w.received_at) FROM worked w WHERE w.state <> 'merged' AND w.confirmed IS NOT TRUE
              AND w.received_at > coalesce((SELECT max(o.closed_at) FROM worked o WHERE o.confirmed), '-infinity')),
        -- What rang here for cases of others tells no more than that it rang.
        'alarms', coalesce((SELECT jsonb_agg(jsonb_build_object('rule_id', l.rule_id, 'note', u.note, 'at', l.at, 'facts', l.facts,
                                'case_id', CASE WHEN w.mine THEN l.case_id END) ORDER BY l.at, l.rule_id, l.case_id)
                            FROM alarms l JOIN place_rules u ON u.id = l.rule_id LEFT JOIN worked w ON w.id = l.case_id WHERE l.place_id = place.id), '[]'),
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

-- The rules on places in force at an instant.
CREATE FUNCTION place_rules_at(p_at timestamptz)
RETURNS TABLE (id integer, note text, deeds text[], family text, category_code text, area_code text, days integer, reports_from integer, reopened_from integer,
               unconfirmed_from integer, handed_from integer, site_kinds text[], within_m double precision)
LANGUAGE sql STABLE AS $$
    SELECT r.id, r.note, r.deeds, r.family, r.category_code, r.area_code::text, r.days, r.reports_from, r.reopened_from, r.unconfirmed_from, r.handed_from,
           coalesce(r.site_kinds, '{}'), r.within_m
    FROM place_rules r WHERE r.during @> p_at ORDER BY r.id
$$;

-- The lines of a place, as place_lines() tells them, for whoever sees one of its cases.
CREATE FUNCTION place_told(p_place bigint, p_within_m double precision)
RETURNS TABLE (place_id bigint, family text, at timestamptz, verb text, case_id bigint, state text, head_area text, category text, chain text[], sites jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT l.* FROM (SELECT p.anchor_id FROM place_reports p WHERE p.report_id = p_place) a, place_lines(ARRAY[a.anchor_id], p_within_m) l
    WHERE EXISTS (SELECT FROM place_reports o JOIN reports r ON r.id = o.report_id JOIN cases c ON c.id = r.case_id
                  WHERE o.anchor_id = a.anchor_id AND actor_sees(c))
$$;

-- Places of which at least two reports of the actor's areas came since p_since (p_area: of one of them, and all below it), the fullest first:
--   reports, days, reporters   in that time, of the whole place; whoever left no contact counts as somebody else each time
--   around, places_around      reports of the family within p_around_m of its anchor in that time that are of other places, how many these are, and the variance of
--                              what each of them has
--   solved_at, ended_at        when somebody last confirmed a solution; when a case there was last closed as solved without that
--   case_id, ...               the newest case there that the actor sees, an open one first
CREATE FUNCTION places_coming_back(p_at timestamptz, p_since timestamptz, p_area text, p_around_m double precision, p_limit integer)
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
               max(w.closed_at) FILTER (WHERE w.state = 'closed' AND w.confirmed IS NOT TRUE) AS ended_at, count(*) FILTER (WHERE w.closed_at IS NULL) AS open
        FROM worked w GROUP BY w.anchor_id
    ),
    newest AS (
        SELECT DISTINCT ON (w.anchor_id) w.* FROM worked w WHERE w.mine ORDER BY w.anchor_id, w.closed_at IS NOT NULL, w.received_at DESC, w.id DESC
    )
    SELECT t.anchor_id, t.family, place_radius(t.family, p_at), ST_X(a.geom), ST_Y(a.geom), t.reports, t.days, t.reporters, coalesce(b.around, 0)::bigint, b.places_around, coalesce(b.spread, 0)::double precision,
           t.first_at, t.last_at, t.areas, e.reopened, e.solved_at, e.ended_at, e.open, (SELECT count(*) FROM alarms l WHERE l.place_id = t.anchor_id),
           n.id, n.category_code, n.state, n.confirmed, n.area_code, n.owner_area_code, n.owner_role, n.received_at, n.due_at, n.paused_at, n.closed_at, n.supervised
    FROM told t JOIN places a ON a.id = t.anchor_id CROSS JOIN LATERAL (
             SELECT sum(f.n) AS around, count(*) AS places_around, var_samp(f.n) AS spread FROM (
                 SELECT count(*) AS n FROM reports r JOIN place_reports o ON o.report_id = r.id
                 WHERE r.geom && box_around(a.geom, p_around_m) AND r.received_at > p_since AND r.received_at <= p_at AND o.family = t.family
                   AND o.anchor_id <> t.anchor_id AND metres_between(r.geom, a.geom) <= p_around_m GROUP BY o.anchor_id) f) b JOIN ends e ON e.anchor_id = t.anchor_id JOIN newest n ON n.anchor_id = t.anchor_id
    ORDER BY t.reports DESC, t.last_at DESC, t.anchor_id;
END $$;

REVOKE EXECUTE ON FUNCTION place_rules_at, place_told, places_coming_back FROM PUBLIC;
GRANT EXECUTE ON FUNCTION place_rules_at, place_told, places_coming_back TO gridwarden_web;
GRANT EXECUTE ON FUNCTION place_rules_at TO gridwarden_worker;
