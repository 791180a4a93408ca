-- Many reports of one spot within an hour: what there is to tell a crowd from somebody who makes them up.

-- The fullest hour of a place since p_since, for whoever sees one of its cases; null where it has fewer than p_least reports.  Words are compared
-- without blanks, digits and signs, positions to about a metre; both stay here, only their numbers are told.
CREATE FUNCTION rush_at(p_place bigint, p_at timestamptz, p_since timestamptz, p_least integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_reports bigint[];
    v_until timestamptz;
BEGIN
    SELECT array_agg(o.report_id) INTO v_reports
    FROM place_reports p JOIN place_reports o ON o.anchor_id = p.anchor_id JOIN reports r ON r.id = o.report_id
    WHERE p.report_id = p_place AND r.received_at > p_since AND r.received_at <= p_at;
    IF coalesce(cardinality(v_reports), 0) < p_least OR NOT EXISTS (
        SELECT FROM place_reports p JOIN place_reports o ON o.anchor_id = p.anchor_id JOIN reports r ON r.id = o.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.report_id = p_place AND actor_sees(c)) THEN
        RETURN NULL;
    END IF;
    SELECT h.received_at INTO v_until FROM (
        SELECT r.received_at, count(*) OVER (ORDER BY r.received_at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS n
        FROM reports r WHERE r.id = ANY (v_reports)) h
    ORDER BY h.n DESC, h.received_at DESC LIMIT 1;
    RETURN (
        WITH hour AS (
            SELECT r.id, r.received_at, r.channel, round(ST_X(r.geom)::numeric, 5) AS lon, round(ST_Y(r.geom)::numeric, 5) AS lat,
                   regexp_replace(lower(w.words), '[[:space:][:digit:][:punct:]，。！？、；：“”‘’（）《》…—]', '', 'g') AS words, lower(btrim(k.contact)) AS contact,
                   extract(epoch FROM r.received_at - lag(r.received_at) OVER (ORDER BY r.received_at, r.id)) AS gap,
                   EXISTS (SELECT FROM photos f WHERE f.report_id = r.id) AS shown
            FROM reports r LEFT JOIN report_words w ON w.report_id = r.id LEFT JOIN report_contacts k ON k.report_id = r.id
            WHERE r.id = ANY (v_reports) AND r.received_at > v_until - interval '1 hour' AND r.received_at <= v_until
        )
        SELECT CASE WHEN count(*) >= p_least THEN jsonb_build_object(
            'until', v_until, 'reports', count(*), 'words', count(DISTINCT h.words), 'with_words', count(h.words),
            'spots', count(DISTINCT (h.lon, h.lat)), 'contacts', count(DISTINCT h.contact), 'with_contact', count(h.contact),
            'channels', count(DISTINCT h.channel), 'with_photo', count(*) FILTER (WHERE h.shown),
            'gap_mean', avg(h.gap), 'gap_deviation', stddev_samp(h.gap)) END
        FROM hour h);
END $$;
-- As before, and how many people spoke.
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
        -- Whoever left no contact counts as somebody else each time.
        'reporters', (SELECT count(DISTINCT coalesce(lower(btrim(k.contact)), m.id::text)) FROM members m LEFT JOIN report_contacts k ON k.report_id = m.id),
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

REVOKE EXECUTE ON FUNCTION rush_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rush_at TO gridwarden_web;
