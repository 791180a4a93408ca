-- Nothing would hold back any more what was said in the hearings of private cases, so it is erased; that they were stays in the history of their cases.
DELETE FROM event_words w USING events e, cases c WHERE e.id = w.event_id AND e.verb = 'hearing_hold' AND c.id = e.case_id AND (c.private OR c.about_official);
CREATE OR REPLACE FUNCTION closed_at_place(p_number text, p_link bytea, p_at timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.closed_at DESC, f.case_id DESC), '[]') FROM (
            SELECT c.id AS case_id, c.version, c.category_code AS category, c.state, c.confirmed, c.received_at, c.closed_at
            FROM reports r JOIN cases c ON c.geom && box_around(r.geom, 50)
            WHERE r.number = p_number AND r.key_digest = p_link AND c.state IN ('declined', 'closed', 'will_not_do')
              AND c.closed_at > p_at - interval '90 days' AND report_at_place(c, p_link, p_at) IS NOT NULL
            ORDER BY c.closed_at DESC, c.id DESC LIMIT p_limit) f);
END $$;
CREATE OR REPLACE FUNCTION opened_again(p_case bigint, p_into bigint, p_report bigint, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_case cases;
    v_into cases;
BEGIN
    -- In the order of their numbers, as all who lock two do.
    PERFORM FROM cases c WHERE c.id IN (p_case, p_into) ORDER BY c.id FOR UPDATE;
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case;
    SELECT * INTO v_into FROM cases c WHERE c.id = p_into;
    -- Somebody may have begun with it meanwhile; then it is his to put together.
    IF v_case.state = 'received' AND untouched(p_case) AND v_into.state = 'closed' THEN
        PERFORM take_step(NULL, NULL, p_at, p_into, v_into.version, 'reopen', NULL, jsonb_build_object('again', p_report));
        PERFORM take_step(NULL, NULL, p_at, p_case, v_case.version, 'join', NULL, jsonb_build_object('into', p_into));
    END IF;
END $$;
CREATE OR REPLACE FUNCTION come_again(p_places bigint[]) RETURNS TABLE (case_id bigint, into_id bigint, report_id bigint, place_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_places bigint[] := ARRAY(SELECT l.id FROM unnest(p_places) l (id) WHERE EXISTS (
        SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = l.id AND c.state = 'closed' AND NOT c.private));
    v_open text[] := (SELECT m.sources FROM steps m WHERE m.verb = 'merge');
BEGIN
    IF v_places = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (p.anchor_id, c.id) p.anchor_id, c.id, c.chain, c.state, c.urgency, c.private, c.about_official, c.channel IN ('letterbox', 'visit') AS past_grid, c.closed_at,
               r.id AS first_id, r.received_at AS first_at,
               r.channel = 'patrol' OR r.taken_by IS NOT NULL AND r.channel IN ('app', 'wechat') AS by_staff
        FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = ANY (v_places) ORDER BY p.anchor_id, c.id, r.received_at, r.id
    ),
    first_open AS MATERIALIZED (
        SELECT DISTINCT ON (o.anchor_id, o.chain[1:2]) o.* FROM told o
        WHERE o.state = ANY (v_open) AND NOT o.by_staff AND NOT o.private ORDER BY o.anchor_id, o.chain[1:2], o.first_at, o.first_id
    ),
    near AS MATERIALIZED (
        SELECT DISTINCT ON (n.id) n.id, n.first_id, n.first_at, n.anchor_id, n.chain, o.id AS into_id
        FROM first_open n JOIN told o ON o.anchor_id = n.anchor_id AND o.state = 'closed' AND NOT o.private AND o.chain[1:2] = n.chain[1:2]
                                     AND n.first_at BETWEEN o.closed_at AND o.closed_at + interval '30 days'
        WHERE n.state = 'received' AND NOT n.about_official AND n.past_grid IS NOT TRUE AND n.urgency <> 'emergency'
          -- Where its reporters told of it at two places, it is that of the first.
          AND n.first_id = (SELECT r.id FROM reports r WHERE r.case_id = n.id ORDER BY r.received_at, r.id LIMIT 1)
          AND n.first_at >= (SELECT max(o.closed_at) FROM told o WHERE o.anchor_id = n.anchor_id)
        ORDER BY n.id, o.closed_at DESC, o.id DESC
    )
    SELECT DISTINCT ON (n.into_id) n.id, n.into_id, n.first_id, n.anchor_id
    FROM near n
    WHERE untouched(n.id) AND (one_up((SELECT c FROM cases c WHERE c.id = n.into_id), n.first_at, 1) ->> 'area_code') = ANY (n.chain)
    ORDER BY n.into_id, n.first_at, n.first_id;
END $$;
DROP INDEX reports_of_patrols;
DROP TRIGGER heard_by_itself ON cases;
DROP FUNCTION heard_by_itself;
DROP TRIGGER petition_kept ON cases;
DROP POLICY record_is_kept ON event_words;
DROP FUNCTION petitions_at_place, hearing_in_letter, concerned_by_hearings, take_hearing_step, reporter_hearings, hearing_candidates, hearings_told, petition_kept, petition_closing,
    may_lift, hearing_allowed, hearing_open_to, hearing_lacks, hearing_waits, reads_hearing, relations_to_hearing, may_preside, outside_case, hearing_areas, petition_stands;
DROP TABLE hearing_steps, hearing_people, hearing_places, hearings, petition_rules;

-- As before 0059.
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
