-- Takes back 0038: functions as they were.  Cases keep what a rule did to them.
CREATE OR REPLACE FUNCTION recheck_reasons(p_case cases, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN p_case.recurring OR 'recurring' = ANY (p_case.recheck) OR keeps_coming_back(p_case, NULL, p_at) THEN 'recurring' END,
        CASE WHEN p_case.hazard THEN 'hazard' END,
        CASE WHEN p_case.reopened > 0 THEN 'reopened' END,
        CASE WHEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND (r.taken_by = actor_person() OR worked_on(p_case.id, r.taken_by))
                          AND r.channel IN ('hotline', 'village_box', 'talking_point')) THEN 'own_report' END,
        -- Once drawn it stays drawn: a failed re-check is followed by another one.
        CASE WHEN 'sampled' = ANY (p_case.recheck) OR random() < (SELECT s.share FROM recheck_shares s WHERE s.since <= p_at ORDER BY s.since DESC LIMIT 1) THEN 'sampled' END], NULL);
END $$;

CREATE OR REPLACE FUNCTION relations_to(p_case cases, p_person integer, p_link bytea, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_posted postings;
    v_place integer;
    v_owner_place integer := coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain) + 1);
    v_found text[] := '{}';
    v_directs boolean := false;
BEGIN
    IF p_link IS NOT NULL AND EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND r.key_digest = p_link) THEN
        v_found := v_found || 'reporter'::text;
    ELSIF p_link IS NOT NULL AND report_at_place(p_case, p_link, p_at) IS NOT NULL THEN
        v_found := v_found || 'affected'::text;
    END IF;
    IF p_person IS NULL THEN
        RETURN v_found;
    END IF;
    FOR v_posted IN SELECT * FROM postings p WHERE p.person_id = p_person AND p.during @> p_at LOOP
        v_place := array_position(p_case.chain, v_posted.area_code::text);
        IF works_for_owner(v_posted, p_case) THEN
            v_found := v_found || 'owner'::text;
        END IF;
        IF v_place IS NULL THEN
            CONTINUE;
        END IF;
        IF v_posted.role IN ('desk', 'dispatcher') AND (v_place <= v_owner_place OR NOT EXISTS (
               SELECT FROM postings p WHERE p.area_code = p_case.owner_area_code AND p.during @> p_at AND works_for_owner(p, p_case))) THEN
            v_found := v_found || 'dispatcher'::text;
        END IF;
        IF v_posted.role IN ('desk', 'dispatcher', 'supervisor') THEN
            v_directs := true;
            IF v_place < v_owner_place OR v_place = v_owner_place AND (v_posted.role = 'supervisor' OR p_case.owner_role = 'department') THEN
                v_found := v_found || 'above'::text;
            END IF;
        END IF;
        IF v_posted.role IN ('supervisor', 'clerk') THEN
            v_found := v_found || v_posted.role;
        END IF;
    END LOOP;
    -- Whoever handled or directed it does not re-check it, nor does anybody who works for the one that claims.
    IF v_directs AND p_case.state = 'claimed_solved' AND NOT 'owner' = ANY (v_found) AND NOT worked_on(p_case.id, p_person) THEN
        v_found := v_found || 'uninvolved'::text;
    END IF;
    -- Nobody stands above himself: who works for the owner gives himself no extension.
    RETURN ARRAY(SELECT DISTINCT f FROM unnest(v_found) f WHERE f <> 'above' OR NOT 'owner' = ANY (v_found) ORDER BY f);
END $$;

CREATE OR REPLACE FUNCTION desk_open(p_areas text[], p_vacant text[], p_handled bigint[], p_at timestamptz, p_soon interval)
RETURNS TABLE (id bigint, act_by timestamptz, chain text[], category_code text, hazard boolean, recurring boolean, reopened boolean,
               unowned boolean, received boolean, late boolean, returned boolean, extension boolean, soon boolean, recheck boolean, paused boolean)
LANGUAGE sql STABLE AS $$
    SELECT c.id, least(coalesce(c.paused_until, c.due_at), c.stage_due_at), c.chain, c.category_code, c.hazard, c.recurring, c.reopened > 0,
           c.owner_posting_id IS NULL OR c.owner_posting_id NOT IN (SELECT p.id FROM postings p WHERE p.during @> p_at)
               OR c.state IN ('received', 'accepted') AND c.area_code = ANY (p_vacant),
           c.state = 'received',
           past_due(c.due_at, c.paused_at, p_at) OR coalesce(c.stage_due_at < p_at, false),
           c.returned > 0 AND c.state = 'accepted',
           c.asked_until IS NOT NULL,
           c.state <> 'paused' AND c.due_at >= p_at AND coalesce(c.stage_due_at >= p_at, true)
               AND least(c.due_at, c.stage_due_at) <= p_at + p_soon,
           c.state = 'claimed_solved' AND c.chain && p_areas AND c.id <> ALL (p_handled),
           c.state = 'paused' AND c.paused_until <= p_at
    FROM cases c WHERE c.closed_at IS NULL AND (c.chain && p_areas OR c.elsewhere && p_areas)
$$;

CREATE OR REPLACE FUNCTION dispatches_due(p_at timestamptz, p_limit integer)
RETURNS TABLE (case_id bigint, version integer, posting_id integer, rule_id integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_since timestamptz := (SELECT min(lower(r.during)) FROM dispatch_rules r WHERE r.automatic AND r.during @> p_at);
BEGIN
    IF v_since IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
        SELECT c.id, c.version, c.category_code, c.chain FROM cases c
        WHERE c.state = 'received' AND c.received_at >= v_since AND NOT EXISTS (SELECT FROM ruled_cases d WHERE d.case_id = c.id)
        ORDER BY c.received_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ),
    meant AS MATERIALIZED (
        SELECT f.id, f.version FROM fresh f WHERE EXISTS (
            SELECT FROM dispatch_rules r WHERE r.automatic AND r.during @> p_at
              AND (r.category_code IS NULL OR r.category_code = f.category_code)
              AND (r.family IS NULL OR EXISTS (SELECT FROM categories k WHERE k.code = f.category_code AND k.family = r.family))
              AND (r.area_code IS NULL OR r.area_code = ANY (f.chain)))
    ),
    found AS MATERIALIZED (SELECT m.id, m.version, t.* FROM meant m CROSS JOIN LATERAL dispatch_target(m.id, p_at) t),
    told AS (INSERT INTO ruled_cases SELECT f.id, d.rule_id, p_at FROM fresh f LEFT JOIN found d ON d.id = f.id
             ON CONFLICT DO NOTHING RETURNING ruled_cases.case_id)
    SELECT f.id, f.version, (f.target ->> 'posting_id')::integer, f.rule_id FROM found f JOIN told t ON t.case_id = f.id
    WHERE f.automatic AND f.target -> 'posting_id' <> 'null';
END $$;

CREATE OR REPLACE FUNCTION settle_places(p_taken bigint[], p_rows jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    INSERT INTO place_reports (report_id, family, reach_m, road, along_m, anchor_id)
    SELECT s.report_id, s.family, s.reach_m, s.road, s.along_m, s.anchor_id
    FROM jsonb_to_recordset(p_rows) s (report_id bigint, family text, reach_m double precision, road text, along_m double precision, anchor_id bigint)
    ON CONFLICT (report_id) DO UPDATE SET anchor_id = excluded.anchor_id;
    INSERT INTO places (id, family, stands, geom)
    SELECT s.report_id, s.family, true, r.geom FROM jsonb_to_recordset(p_rows) s (report_id bigint, family text, anchor_id bigint)
    JOIN reports r ON r.id = s.report_id WHERE s.anchor_id = s.report_id
    ON CONFLICT (id) DO UPDATE SET stands = true;
    UPDATE places a SET stands = false FROM jsonb_to_recordset(p_rows) s (report_id bigint, anchor_id bigint)
    WHERE a.id = s.report_id AND s.anchor_id <> s.report_id AND a.stands;
    DELETE FROM place_queue q WHERE q.report_id = ANY (p_taken);
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
            'handed_over', r.topic IN ('report.received', 'case.split_off') OR EXISTS (
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
         AND (a.topic IN ('case.stage_overdue', 'case.stage_due_soon') AND a.facts ->> 'state' = 'claimed_solved' OR a.topic = 'case.claim' AND cardinality(c.recheck) > 0),
         recheckers(c, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
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

CREATE OR REPLACE FUNCTION recompute_due(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_changed integer;
BEGIN
    -- One at a time: two would lock the same cases in different orders.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.recompute_due'));
    WITH promised AS (
        SELECT c.id, c.version, k.solve AS deadline, due_after(coalesce(e.began_at, c.received_at), k.solve) AS due_at,
               CASE WHEN c.state = 'received' THEN due_after(c.received_at, k.accept) ELSE c.stage_due_at END AS stage_due_at,
               c.due_at AS due_before, c.stage_due_at AS stage_due_before
        FROM cases c
        LEFT JOIN calendar_years y ON y.year = extract(year FROM c.due_at AT TIME ZONE 'Asia/Shanghai') AND y.state = 'published'
        -- As solve_deadline() and rule_of(), and written out: this asks for every open case.
        CROSS JOIN LATERAL (SELECT coalesce(c.due_as, deadline_of(r.deadlines, c.urgency, 'solve')) AS solve, deadline_of(r.deadlines, c.urgency, 'accept') AS accept
                            FROM categories r WHERE r.code = c.category_code
                            ORDER BY r.since > c.received_at, CASE WHEN r.since <= c.received_at THEN r.since END DESC, r.since LIMIT 1) k
        CROSS JOIN LATERAL (SELECT max(v.at) FILTER (WHERE v.verb IN ('deny', 'reopen')) AS began_at,
                                   max(v.at) FILTER (WHERE v.verb IN ('approve_extension', 'resume', 'recategorise')
                                                     OR v.verb IN ('merge_in', 'split_off', 'set_urgency') AND v.data ? 'due_at') AS set_at
                            FROM events v WHERE v.case_id = c.id) e
        WHERE c.closed_at IS NULL AND (y.year IS NULL OR c.received_at < y.since)
          AND (y.year IS NULL OR coalesce(e.began_at, c.received_at) < y.since)
          AND k.solve ?| '{work_hours,work_days}'
          AND (e.set_at IS NULL OR e.set_at < e.began_at)
    ),
    changed AS (
        SELECT p.* FROM promised p
        WHERE p.due_at <> p.due_before OR p.stage_due_at IS DISTINCT FROM p.stage_due_before ORDER BY p.id LIMIT p_limit
    ),
    -- A step that was taken in between has another version, and its case is looked at again next time.
    locked AS (
        SELECT c.id FROM cases c WHERE (c.id, c.version) IN (SELECT h.id, h.version FROM changed h) ORDER BY c.id FOR UPDATE
    ),
    moved AS (
        UPDATE cases c SET due_at = h.due_at, stage_due_at = h.stage_due_at, version = c.version + 1
        FROM changed h JOIN locked l USING (id) WHERE c.id = h.id
        RETURNING c AS after, h.due_before, h.deadline
    )
    SELECT count(add_event(m.after, p_at, 'recompute_due', NULL, NULL, false, jsonb_build_object(
        'due_at', (m.after).due_at, 'due_before', m.due_before, 'provisional', is_provisional((m.after).due_at, m.deadline))))
    INTO v_changed FROM moved m;
    RETURN v_changed;
END $$;

CREATE OR REPLACE FUNCTION take_step(
    p_session bytea, p_link bytea, p_at timestamptz, p_case bigint, p_version integer, p_verb text, p_words text, p_data jsonb
) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_case cases;
    v_after cases;
    v_step steps;
    v_is text[];
    v_lacks text;
    v_posting integer;
    v_seq integer;
    v_other bigint;
    v_told jsonb;
    v_told_by reports;
    v_back boolean;
    v_into cases;
    v_answer jsonb;
BEGIN
    -- Two cases are locked in the order of their numbers, so that two merges cannot wait for each other.
    PERFORM FROM cases c WHERE c.id IN (p_case, CASE WHEN p_verb = 'merge' THEN (p_data ->> 'into')::bigint END) ORDER BY c.id FOR UPDATE;
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case;
    -- The worker logs in by its own name, or takes its role on where there is one login for all.
    v_is := CASE WHEN coalesce(nullif(current_setting('role'), 'none'), session_user) = 'gridwarden_worker' THEN ARRAY['service']
                 ELSE relations_to(v_case, v_person, p_link, p_at) END;
    -- Whoever may read it is told what happened to it, though it is no longer his.
    IF v_case.id IS NULL OR cardinality(v_is) = 0 AND NOT coalesce(
        v_case.chain && actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator')
        OR v_case.elsewhere && actor_keys(), false) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    IF v_case.version IS DISTINCT FROM p_version THEN
        RAISE EXCEPTION 'the case has changed' USING ERRCODE = 'GW020', DETAIL = jsonb_build_object(
            'version', v_case.version, 'state', v_case.state,
            'last', (SELECT e.verb FROM events e WHERE e.case_id = p_case ORDER BY e.seq DESC LIMIT 1))::text;
    END IF;
    SELECT r.* INTO v_told_by FROM reports r WHERE r.case_id = p_case AND r.key_digest = p_link LIMIT 1;
    IF 'affected' = ANY (v_is) THEN
        SELECT r.* INTO v_told_by FROM reports r WHERE r.id = report_at_place(v_case, p_link, p_at);
    END IF;
    -- Nobody confirms his own work by the link of what he found himself.
    IF p_verb IN ('confirm', 'evaluate') AND v_told_by.taken_by IS NOT NULL AND v_told_by.channel IN ('app', 'wechat', 'patrol')
       AND worked_on(p_case, v_told_by.taken_by) THEN
        v_is := array_remove(v_is, 'reporter');
    END IF;
    SELECT * INTO v_step FROM steps s WHERE s.verb = p_verb AND v_case.state = ANY (s.sources);
    IF v_step.verb IS NULL THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'GW021', DETAIL = jsonb_build_object('state', v_case.state, 'allowed', open_to(v_case, v_is))::text;
    END IF;
    IF NOT v_step.who && v_is THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object('who', v_step.who, 'allowed', open_to(v_case, v_is))::text;
    END IF;
    IF p_verb = 'dispatch' THEN
        p_data := p_data || jsonb_build_object('owner', posted_owner(v_case, (p_data #>> '{owner,posting_id}')::integer, p_at));
    END IF;
    p_data := p_data || jsonb_build_object('by_report', v_told_by.id);
    v_lacks := missing_need(v_case, v_step, p_at, p_words, p_data);
    IF v_lacks IS NOT NULL THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = jsonb_build_object('need', v_lacks)::text;
    END IF;
    IF p_verb = 'merge' THEN
        SELECT * INTO v_into FROM cases c WHERE c.id = (p_data ->> 'into')::bigint;
        -- Both must be his to direct.
        IF NOT v_step.who && relations_to(v_into, v_person, NULL, p_at) THEN
            RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = jsonb_build_object('need', 'into')::text;
        END IF;
    END IF;
    v_posting := acting_posting(v_case, v_person, p_at);
    v_after := stepped(v_case, v_step, p_at, p_data);
    UPDATE cases SET
        state = v_after.state, category_code = v_after.category_code, private = v_after.private, urgency = v_after.urgency,
        confirmed = v_after.confirmed, reopened = v_after.reopened, returned = v_after.returned, evaluation = v_after.evaluation,
        owner_area_code = v_after.owner_area_code, owner_role = v_after.owner_role, owner_posting_id = v_after.owner_posting_id,
        elsewhere = v_after.elsewhere, due_at = v_after.due_at, due_as = v_after.due_as, promised_at = v_after.promised_at, stage_due_at = v_after.stage_due_at,
        asked_until = v_after.asked_until, paused_at = v_after.paused_at, paused_until = v_after.paused_until,
        stage_paused = v_after.stage_paused, claimed_at = v_after.claimed_at, recheck = v_after.recheck, closed_at = v_after.closed_at,
        merged_into = v_after.merged_into, version = v_after.version
    WHERE id = p_case;
    v_told := jsonb_build_object('as', (SELECT coalesce(jsonb_agg(w), '[]') FROM unnest(v_step.who) w WHERE w = ANY (v_is)))
        || CASE WHEN v_told_by.id IS NOT NULL THEN jsonb_build_object('report_id', v_told_by.id) ELSE '{}' END
        || CASE WHEN v_after.due_at <> v_case.due_at THEN jsonb_build_object('due_at', v_after.due_at, 'due_before', v_case.due_at) ELSE '{}' END
        || CASE WHEN (v_after.owner_area_code, v_after.owner_role, v_after.owner_posting_id)
                     IS DISTINCT FROM (v_case.owner_area_code, v_case.owner_role, v_case.owner_posting_id) THEN
               jsonb_build_object('owner', jsonb_build_object('area_code', v_after.owner_area_code, 'role', v_after.owner_role, 'posting_id', v_after.owner_posting_id),
                                  'owner_before', jsonb_build_object('area_code', v_case.owner_area_code, 'role', v_case.owner_role, 'posting_id', v_case.owner_posting_id))
               ELSE '{}' END
        || CASE WHEN p_verb = 'claim' THEN jsonb_build_object('recheck', v_after.recheck) ELSE '{}' END
        || CASE WHEN p_data ? 'rule_id' AND v_is = ARRAY['service'] THEN jsonb_build_object('rule_id', p_data -> 'rule_id') ELSE '{}' END
        || CASE WHEN p_verb IN ('ask_extension', 'pause') THEN jsonb_build_object('until', p_data -> 'until') ELSE '{}' END
        || CASE WHEN p_verb = 'evaluate' THEN jsonb_build_object('rating', p_data -> 'rating') ELSE '{}' END
        || CASE WHEN p_verb = 'merge' THEN jsonb_build_object('into', v_after.merged_into) ELSE '{}' END
        || CASE WHEN p_verb = 'recategorise' THEN jsonb_build_object('category', v_after.category_code, 'category_before', v_case.category_code) ELSE '{}' END
        || CASE WHEN v_after.urgency <> v_case.urgency THEN jsonb_build_object('urgency', v_after.urgency, 'urgency_before', v_case.urgency) ELSE '{}' END;
    IF p_verb = 'split' THEN
        v_other := split_off(v_after, p_data ->> 'report', v_posting, p_at);
        v_told := v_told || jsonb_build_object('into', v_other);
    ELSIF p_verb = 'will_not_do' THEN
        -- The responsible body belongs to the reason that the resident reads.
        p_words := (p_data ->> 'body') || '：' || p_words;
    END IF;
    v_answer := jsonb_build_object('case_id', p_case, 'state', v_after.state, 'version', v_after.version, 'due_at', v_after.due_at,
        'owner', jsonb_build_object('area_code', v_after.owner_area_code, 'role', v_after.owner_role, 'posting_id', v_after.owner_posting_id));
    v_seq := add_event(v_after, p_at, p_verb, v_posting, p_words, v_step.shown, v_told);
    IF p_verb = 'merge' THEN
        v_back := keeps_coming_back(v_case, v_into.id, p_at);
        UPDATE reports SET case_id = v_after.merged_into WHERE case_id = p_case;
        -- What was promised to the one and asked of it is not forgotten in the other.
        v_after := v_into;
        IF urgency_rank(v_case.urgency) > urgency_rank(v_into.urgency) THEN
            v_after.urgency := v_case.urgency;
            v_after := hastened(v_after, v_into, p_at);
        END IF;
        UPDATE cases SET version = version + 1, urgency = v_after.urgency, stage_due_at = v_after.stage_due_at, hazard = hazard OR v_case.hazard, recurring = recurring OR v_case.recurring,
            recheck = ARRAY(SELECT DISTINCT w FROM unnest(recheck || v_case.recheck || CASE WHEN v_back THEN '{recurring}'::text[] END) w ORDER BY w),
            reopened = greatest(reopened, v_case.reopened), returned = greatest(returned, v_case.returned), received_at = least(received_at, v_case.received_at),
            due_at = least(v_after.due_at, v_case.due_at),
            due_as = nullif(CASE WHEN v_case.due_at < v_after.due_at THEN solve_deadline(v_case) ELSE solve_deadline(v_after) END, stage_deadline(v_after, 'solve')),
            promised_at = CASE WHEN coalesce(promised_at, v_case.promised_at) IS NOT NULL THEN least(promised_at, v_case.promised_at, v_after.due_at, v_case.due_at) END
        WHERE id = v_into.id RETURNING * INTO v_case;
        PERFORM add_event(v_case, p_at, 'merge_in', v_posting, NULL, false, jsonb_build_object('from', p_case)
            || CASE WHEN v_case.due_at <> v_into.due_at THEN jsonb_build_object('due_at', v_case.due_at, 'due_before', v_into.due_at) ELSE '{}' END
            || CASE WHEN v_case.urgency <> v_into.urgency THEN jsonb_build_object('urgency', v_case.urgency, 'urgency_before', v_into.urgency) ELSE '{}' END);
    END IF;
    RETURN v_answer || jsonb_build_object('seq', v_seq, 'other', v_other);
END $$;

CREATE OR REPLACE FUNCTION split_off(p_case cases, p_number text, p_posting integer, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_report reports;
    v_new cases := p_case;
    v_plain cases;
    v_due_at timestamptz;
BEGIN
    SELECT * INTO v_report FROM reports r WHERE r.number = p_number;
    v_new.id := nextval('cases_id_seq');
    v_new.state := 'received';
    v_new.version := 1;
    v_new.received_at := v_report.received_at;
    v_new.due_as := NULL;
    v_new.urgency := (rule_of(p_case.category_code, v_report.received_at)).urgency;
    v_due_at := due_after(v_report.received_at, stage_deadline(v_new, 'solve'));
    v_new.due_at := least(v_due_at, due_after(v_report.received_at, stage_deadline(v_report.category_code, v_report.received_at, 'solve')));
    v_new.stage_due_at := due_after(p_at, stage_deadline(v_new, 'accept'));
    v_plain := v_new;
    v_new.urgency := p_case.urgency;
    v_new := hastened(v_new, v_plain, p_at);
    v_new.asked_until := NULL;
    v_new.promised_at := NULL;
    v_new.geom := v_report.geom;
    v_new.cells := v_report.cells;
    v_new.channel := v_report.channel;
    v_new.area_code := v_report.area_code;
    v_new.chain := v_report.chain;
    v_new.elsewhere := (owned_by(v_new, jsonb_build_object('area_code', v_new.owner_area_code, 'role', v_new.owner_role,
                                                           'posting_id', v_new.owner_posting_id))).elsewhere;
    INSERT INTO cases OVERRIDING SYSTEM VALUE SELECT (v_new).*;
    UPDATE reports SET case_id = v_new.id WHERE id = v_report.id;
    PERFORM add_event(v_new, p_at, 'split_off', p_posting, NULL, false, jsonb_build_object('from', p_case.id, 'report_id', v_report.id)
        || CASE WHEN v_new.due_at <> v_due_at THEN jsonb_build_object('due_at', v_new.due_at) ELSE '{}' END);
    RETURN v_new.id;
END $$;

DROP FUNCTION places_touched, all_places_touched, look_again, places_to_look_at, place_lines, rung_at, supervisor_of, ring;
ALTER TABLE cases DROP COLUMN supervisor_posting_id, DROP COLUMN recheck_above;
DROP TABLE alarms, place_looks, place_rules;
