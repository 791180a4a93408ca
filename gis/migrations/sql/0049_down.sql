-- Takes back 0049.
DROP FUNCTION causes_seen;
CREATE OR REPLACE FUNCTION raise_causes(p_level text, p_since timestamptz, p_until timestamptz, p_at timestamptz, p_rows jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_raised integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.common_causes'));
    UPDATE common_causes c SET until = greatest(c.until, p_until), facts = x.facts FROM jsonb_to_recordset(p_rows) x (family text, facts jsonb)
    WHERE c.family = x.family AND c.level = p_level AND c.until >= p_since;
    INSERT INTO common_causes (family, level, raised_at, since, until, facts)
    SELECT x.family, p_level, p_at, p_since, p_until, x.facts FROM jsonb_to_recordset(p_rows) x (family text, facts jsonb)
    WHERE NOT EXISTS (SELECT FROM common_causes c WHERE c.family = x.family AND c.level = p_level AND c.until >= p_since);
    GET DIAGNOSTICS v_raised = ROW_COUNT;
    RETURN v_raised;
END $$;

CREATE FUNCTION causes_seen(p_at timestamptz, p_since timestamptz)
RETURNS TABLE (id integer, family text, level text, raised_at timestamptz, since timestamptz, until timestamptz, facts jsonb, names jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
    v_mine text[] := actor_areas('desk', 'dispatcher', 'supervisor', 'planner');
BEGIN
    RETURN QUERY
    SELECT c.id, c.family, c.level, c.raised_at, c.since, c.until, c.facts, a.names
    FROM common_causes c CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(x.area, area_name(x.area, p_at)) AS names, bool_and(coalesce(b.chain && v_mine, false)) AS mine
        FROM jsonb_to_recordset(c.facts -> 'areas') x (area text) LEFT JOIN boundaries b ON b.edition_id = v_edition AND b.code = x.area) a
    WHERE c.until >= p_since AND a.mine
    ORDER BY c.raised_at DESC, c.id DESC;
END $$;

CREATE OR REPLACE FUNCTION concerned(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH rows AS (
        SELECT o.id, o.topic, o.payload, o.at, c.id AS case_id, c.chain, c.state, c.category_code, c.area_code,
               CASE WHEN jsonb_typeof(o.payload -> 'owner') = 'object' THEN o.payload -> 'owner' ELSE jsonb_build_object(
                   'area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id) END AS owner
        FROM outbox o JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint WHERE o.id = ANY (p_ids)
    ),
    asked AS MATERIALIZED (
        SELECT r.*, jsonb_build_object(
            'seq', r.payload -> 'seq', 'verb', r.payload -> 'verb', 'state', coalesce(r.payload ->> 'state', r.state),
            'category', r.category_code, 'area_code', r.area_code, 'owner', r.owner,
            -- Whether its owner is another one since: a first event, or one that says so.
            'handed_over', r.topic = 'case.split_off' OR r.topic = 'report.received' AND NOT r.payload ? 'joined' OR EXISTS (
                SELECT FROM events e WHERE e.case_id = r.case_id AND e.seq = (r.payload ->> 'seq')::integer AND e.data ? 'owner')) AS facts
        FROM rows r
    )
    (SELECT DISTINCT ON (a.id, lower(mail_address(k.contact))) a.id, 'reporter', 'report:' || r.id, k.lang, a.facts
     -- What went into another case is told to those who reported it, and not to all who reported the other one.
     FROM asked a JOIN reports r ON CASE WHEN a.topic = 'case.merge' THEN r.id IN (
              SELECT (e.data ->> 'report_id')::bigint FROM events e WHERE e.case_id IN (SELECT k.kin_id FROM kin(ARRAY[a.case_id]) k) AND e.verb IN ('receive', 'split_off'))
              AND r.case_id <> a.case_id ELSE r.case_id = a.case_id END
     JOIN report_contacts k ON k.report_id = r.id
     WHERE mail_address(k.contact) IS NOT NULL AND (a.topic <> 'report.received' OR r.id = (a.payload ->> 'report_id')::bigint)
     ORDER BY a.id, lower(mail_address(k.contact)), r.id DESC)
    UNION ALL
    SELECT a.id, 'owner', 'person:' || p.id, p.lang, a.facts
    FROM asked a, people_of(a.owner, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
      -- A claim that waits for its re-check is late with those who look again.
      AND NOT (a.topic IN ('case.stage_overdue', 'case.stage_due_soon') AND a.facts ->> 'state' = 'claimed_solved')
      -- Nobody is written to about what he did himself.
      AND NOT EXISTS (SELECT FROM postings s WHERE s.id = (a.payload ->> 'posting_id')::integer AND s.person_id = p.id)
    UNION ALL
    SELECT a.id, 'rechecker', 'person:' || p.id, p.lang, a.facts
    FROM asked a JOIN cases c ON c.id = a.case_id AND c.state = 'claimed_solved'
         AND (a.topic IN ('case.stage_overdue', 'case.stage_due_soon') AND a.facts ->> 'state' = 'claimed_solved' OR a.topic = 'case.claim' AND cardinality(c.recheck) > 0
              OR a.topic = 'case.alarm' AND EXISTS (SELECT FROM events e WHERE e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer AND e.data ? 'recheck')),
         recheckers(c, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT a.id, 'supervisor', 'person:' || p.id, p.lang, a.facts
    FROM asked a JOIN events e ON e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer AND e.verb = 'alarm'
         JOIN postings s ON s.id = (e.data ->> 'supervisor_posting_id')::integer JOIN people p ON p.id = s.person_id
    WHERE a.topic = 'case.alarm' AND mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT a.id, 'program', 'subscription:' || s.id, 'en', a.facts
    FROM asked a JOIN cases c ON c.id = a.case_id AND NOT c.private AND NOT c.about_official
    JOIN subscriptions s ON s.ended_at IS NULL AND s.area_code = ANY (a.chain) AND a.topic = ANY (s.topics)
    UNION ALL
    SELECT o.id, 'lists', 'posting:' || s.id || ':' || p.id, p.lang, '{}'
    FROM outbox o JOIN postings s ON s.role IN ('head', 'deputy', 'desk') AND s.during @> p_at, list_readers(s, p_at) w JOIN people p ON p.id = w
    WHERE o.id = ANY (p_ids) AND o.topic = 'week.begun' AND mail_address(p.email) IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION letter_facts(p_delivery bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_delivery deliveries;
    v_id bigint;
    v_report reports;
    v_address text;
    v_told jsonb;
BEGIN
    SELECT * INTO v_delivery FROM deliveries d WHERE d.id = p_delivery;
    v_id := split_part(v_delivery.recipient, ':', 2)::bigint;
    CASE split_part(v_delivery.recipient, ':', 1)
    WHEN 'report' THEN
        SELECT mail_address(k.contact) INTO v_address FROM report_contacts k WHERE k.report_id = v_id;
        SELECT * INTO v_report FROM reports r WHERE r.id = v_id;
    WHEN 'person' THEN
        SELECT mail_address(p.email) INTO v_address FROM people p WHERE p.id = v_id;
    ELSE
        RETURN (SELECT jsonb_build_object('address', mail_address(p.email), 'area_code', s.area_code, 'area', area_name(s.area_code, p_at),
                                          'role', s.role, 'desk', s.desk)
                FROM postings s, list_readers(s, p_at) w JOIN people p ON p.id = w
                WHERE s.id = v_id AND mail_address(p.email) IS NOT NULL
                  AND p.id = coalesce(nullif(split_part(v_delivery.recipient, ':', 3), '')::integer, s.person_id));
    END CASE;
    SELECT jsonb_build_object(
        'address', v_address, 'number', v_report.number, 'received_at', coalesce(v_report.received_at, c.received_at),
        'case_id', c.id, 'due_at', c.due_at, 'recheck', to_jsonb(c.recheck), 'area_code', c.area_code,
        'category', jsonb_build_object('zh', k.name_zh, 'en', k.name_en),
        'alarm', (SELECT e.data -> 'facts' FROM events e WHERE e.case_id = v_delivery.case_id AND e.seq = (v_delivery.data ->> 'seq')::integer AND e.verb = 'alarm'),
        -- Where a case is on the triage list, the topmost area stands for it.
        'area', area_name(coalesce(c.area_code, c.chain[1]), p_at),
        'owner', jsonb_build_object('role', o.role, 'area', area_name(o.area_code, p_at), 'desk', (
            SELECT s.desk FROM postings s WHERE s.id = o.posting_id)),
        'reason', (SELECT w.words FROM events e JOIN event_words w ON w.event_id = e.id
                   -- Of the case that it tells of; the report may have moved to another one since.
                   WHERE e.case_id = v_delivery.case_id AND e.seq = (v_delivery.data ->> 'seq')::integer
                     AND CASE WHEN v_report.id IS NULL THEN w.shown ELSE told_to(w, e, v_report.id) END))
    INTO v_told
    FROM cases c, category_at(c.category_code, p_at) k,
         jsonb_to_record(v_delivery.data -> 'owner') o (area_code text, role text, posting_id integer)
    WHERE c.id = coalesce(v_report.case_id, v_delivery.case_id) AND v_address IS NOT NULL;
    RETURN v_told;
END $$;

CREATE OR REPLACE FUNCTION supervisor_of(p_case cases, p_at timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT p.id FROM postings p
    WHERE p.area_code = ANY (p_case.chain[:coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain))])
      AND p.role = 'supervisor' AND p.person_id IS NOT NULL AND p.during @> p_at
    ORDER BY array_position(p_case.chain, p.area_code::text) DESC, p.id LIMIT 1
$$;

DROP FUNCTION place_beside, reported_beside, cause_owner, cause_desk, supervisor_over;
ALTER TABLE common_causes DROP COLUMN owner_area_code;
REVOKE EXECUTE ON FUNCTION causes_seen FROM PUBLIC;
GRANT EXECUTE ON FUNCTION causes_seen TO gridwarden_web;
