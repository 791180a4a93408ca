-- Takes back 0041.
DROP FUNCTION rush_at;
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
