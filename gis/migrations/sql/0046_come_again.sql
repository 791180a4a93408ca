-- What was closed and is reported again within 30 days was not solved: the new report opens the case again, one level up, and goes into it.
UPDATE steps SET who = who || '{service}' WHERE verb IN ('reopen', 'join');

-- As before; the service has a report to show, and needs no words.
CREATE OR REPLACE FUNCTION missing_need(p_case cases, p_step steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_need text;
    v_lacking text[] := lacking(p_case);
BEGIN
    FOREACH v_need IN ARRAY p_step.needs LOOP
        IF v_need = ANY (v_lacking) OR NOT coalesce(CASE v_need
            -- What the service says is the report by which a case came again.
            WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000 OR p_data ? 'again' AND EXISTS (
                SELECT FROM reports r WHERE r.id = (p_data ->> 'again')::bigint
                AND p_case.state = 'closed' AND r.received_at BETWEEN p_case.closed_at AND p_case.closed_at + interval '30 days')
            WHEN 'owner' THEN p_data -> 'owner' IS NOT NULL AND p_data -> 'owner' <> 'null'
            WHEN 'until' THEN (p_data ->> 'until')::timestamptz > greatest(p_at, CASE WHEN p_step.verb = 'pause' THEN p_at ELSE p_case.due_at END)
            WHEN 'asked' THEN true
            WHEN 'higher' THEN true
            WHEN 'silence' THEN p_case.claimed_at <= p_at - interval '7 days' AND cardinality(p_case.recheck) = 0
            WHEN 'first_word' THEN NOT has_confirmed(p_case.id, (p_data ->> 'by_report')::bigint)
            WHEN 'rating' THEN p_data ->> 'rating' IN ('solved', 'partly', 'not')
            WHEN 'body' THEN length(btrim(p_data ->> 'body')) > 0 AND length(p_data ->> 'body') <= 200
            -- Nothing goes into a claim, past its re-check, nor into a pause, past its own clock.
            WHEN 'into' THEN EXISTS (SELECT FROM cases c WHERE c.id = (p_data ->> 'into')::bigint AND c.id <> p_case.id
                                     AND c.state = ANY ((SELECT m.sources FROM steps m WHERE m.verb = 'merge')::text[]) AND c.chain[1:2] = p_case.chain[1:2] AND c.private = p_case.private
                                     AND c.about_official = p_case.about_official)
            WHEN 'report' THEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND r.number = p_data ->> 'report')
            WHEN 'urgency' THEN urgency_rank(p_data ->> 'urgency') IS NOT NULL AND p_data ->> 'urgency' <> p_case.urgency
            -- What was said about an official was filed apart when it came; no later word moves a case there or away.
            WHEN 'category' THEN EXISTS (SELECT FROM category_at(p_data ->> 'category', p_at) k
                                         WHERE k.code IS NOT NULL AND k.about_official = p_case.about_official)
            END, false) THEN
            RETURN v_need;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Puts the reports of a case into another one, as a step that was just taken has it.
CREATE FUNCTION merged_into(p_case cases, p_into cases, p_step steps, p_posting integer, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_back boolean := keeps_coming_back(p_case, p_into.id, p_at);
    v_after cases := p_into;
BEGIN
    UPDATE reports SET case_id = p_into.id, joined = joined OR p_step.verb = 'join' WHERE case_id = p_case.id;
    -- What was promised to the one and asked of it is not forgotten in the other.
    IF urgency_rank(p_case.urgency) > urgency_rank(p_into.urgency) THEN
        v_after.urgency := p_case.urgency;
        v_after := hastened(v_after, p_into, p_at);
    END IF;
    UPDATE cases SET version = version + 1, urgency = v_after.urgency, stage_due_at = v_after.stage_due_at, hazard = hazard OR p_case.hazard, recurring = recurring OR p_case.recurring,
        recheck_above = recheck_above OR p_case.recheck_above, supervisor_posting_id = coalesce(supervisor_posting_id, p_case.supervisor_posting_id),
        recheck = ARRAY(SELECT DISTINCT w FROM unnest(recheck || p_case.recheck || CASE WHEN v_back THEN '{recurring}'::text[] END) w ORDER BY w),
        reopened = greatest(reopened, p_case.reopened), returned = greatest(returned, p_case.returned), received_at = least(received_at, p_case.received_at),
        due_at = least(v_after.due_at, p_case.due_at),
        due_as = nullif(CASE WHEN p_case.due_at < v_after.due_at THEN solve_deadline(p_case) ELSE solve_deadline(v_after) END, stage_deadline(v_after, 'solve')),
        promised_at = CASE WHEN coalesce(promised_at, p_case.promised_at) IS NOT NULL THEN least(promised_at, p_case.promised_at, v_after.due_at, p_case.due_at) END
    WHERE id = p_into.id RETURNING * INTO v_after;
    PERFORM add_event(v_after, p_at, 'merge_in', p_posting, NULL, false, jsonb_build_object('from', p_case.id)
        || CASE WHEN v_after.due_at <> p_into.due_at THEN jsonb_build_object('due_at', v_after.due_at, 'due_before', p_into.due_at) ELSE '{}' END
        || CASE WHEN v_after.urgency <> p_into.urgency THEN jsonb_build_object('urgency', v_after.urgency, 'urgency_before', p_into.urgency) ELSE '{}' END);
END $$;

-- As before; what two cases become stands in a function of its own, and whose report was put with a case may say that it is solved in part or not at all.
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
    v_into cases;
    v_answer jsonb;
BEGIN
    -- Two cases are locked in the order of their numbers, so that two merges cannot wait for each other.
    PERFORM FROM cases c WHERE c.id IN (p_case, CASE WHEN p_verb IN ('merge', 'join') THEN (p_data ->> 'into')::bigint END) ORDER BY c.id FOR UPDATE;
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
       AND worked_on(p_case, v_told_by.taken_by) OR v_told_by.joined AND (p_verb = 'confirm' OR p_verb = 'evaluate' AND p_data ->> 'rating' = 'solved') THEN
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
    p_data := CASE WHEN v_is = ARRAY['service'] THEN p_data ELSE p_data - '{rule_id,again}'::text[] END || jsonb_build_object('by_report', v_told_by.id);
    v_lacks := missing_need(v_case, v_step, p_at, p_words, p_data);
    IF v_lacks IS NOT NULL THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = jsonb_build_object('need', v_lacks)::text;
    END IF;
    IF v_step.target = 'merged' THEN
        SELECT * INTO v_into FROM cases c WHERE c.id = (p_data ->> 'into')::bigint;
        -- Both must be his to direct; who reports may name what he could be shown.
        IF p_verb = 'merge' AND NOT v_step.who && relations_to(v_into, v_person, NULL, p_at)
           OR p_verb = 'join' AND v_is <> ARRAY['service'] AND (v_case.version > 1 OR akin(v_into, v_case.category_code, v_case.geom, v_case.area_code, p_at) IS NULL) THEN
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
        || CASE WHEN p_data ? 'rule_id' THEN jsonb_build_object('rule_id', p_data -> 'rule_id') ELSE '{}' END
        || CASE WHEN p_verb = 'reopen' AND p_data ? 'again' THEN jsonb_build_object('again', p_data -> 'again') ELSE '{}' END
        || CASE WHEN p_verb IN ('ask_extension', 'pause') THEN jsonb_build_object('until', p_data -> 'until') ELSE '{}' END
        || CASE WHEN p_verb = 'evaluate' THEN jsonb_build_object('rating', p_data -> 'rating') ELSE '{}' END
        || CASE WHEN v_step.target = 'merged' THEN jsonb_build_object('into', v_after.merged_into) ELSE '{}' END
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
    IF v_step.target = 'merged' THEN
        PERFORM merged_into(v_case, v_into, v_step, v_posting, p_at);
    END IF;
    RETURN v_answer || jsonb_build_object('seq', v_seq, 'other', v_other);
END $$;

-- Whether nothing was done with a case since it was received.
CREATE FUNCTION untouched(p_case bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM events e WHERE e.case_id = p_case AND (e.posting_id IS NOT NULL OR e.verb = 'split_off'))
$$;

-- At the places that wait for a look next, so many: cases that were just received, with what was closed there within 30 days before, and the report by
-- which it comes again.  A resident's report of nobody's private matter, with which nobody has begun, and where it would be above him whose it is now,
-- so that no border is crossed; an emergency is not held up.  Not where something else was open into which it could have gone, or was closed since.
-- Declined, it was never worked on, and what will not be done has its reason: both are judged anew.
CREATE FUNCTION come_again(p_limit integer) RETURNS TABLE (case_id bigint, into_id bigint, report_id bigint, place_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    -- A list: how many wait the planner would guess, and read every report where it guesses many.
    v_places bigint[] := ARRAY(SELECT l.place_id FROM place_looks l ORDER BY l.later, l.place_id LIMIT p_limit);
BEGIN
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (p.anchor_id, c.id) p.anchor_id, p.family, r.id AS first_id, r.received_at AS first_at,
               r.channel = 'patrol' OR r.taken_by IS NOT NULL AND r.channel IN ('app', 'wechat') AS by_staff, c.*
        FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = ANY (v_places) ORDER BY p.anchor_id, c.id, r.received_at, r.id
    ),
    -- Few, beside which many may wait.
    ended AS MATERIALIZED (SELECT * FROM told o WHERE o.state = 'closed' AND NOT o.private),
    near AS MATERIALIZED (
        SELECT DISTINCT ON (n.id) n.id, n.first_id, n.first_at, n.anchor_id, n.chain, o.id AS into_id
        FROM ended o JOIN told n ON n.anchor_id = o.anchor_id AND n.first_at BETWEEN o.closed_at AND o.closed_at + interval '30 days' AND n.chain[1:2] = o.chain[1:2]
        WHERE n.state = 'received' AND NOT n.about_official AND NOT n.private AND NOT n.by_staff AND n.urgency <> 'emergency'
        ORDER BY n.id, o.closed_at DESC, o.id DESC
    )
    SELECT DISTINCT ON (n.into_id) n.id, n.into_id, n.first_id, n.anchor_id
    FROM near n
    WHERE untouched(n.id)
      -- Where its reporters told of it at two places, it is that of the first.
      AND n.first_id = (SELECT r.id FROM reports r WHERE r.case_id = n.id ORDER BY r.received_at, r.id LIMIT 1)
      AND NOT EXISTS (
          SELECT FROM told o WHERE o.anchor_id = n.anchor_id AND o.id <> n.id
          AND (o.closed_at > n.first_at OR (o.first_at, o.first_id) < (n.first_at, n.first_id) AND NOT o.by_staff AND NOT o.private AND o.chain[1:2] = n.chain[1:2]
                                           AND o.state = ANY ((SELECT m.sources FROM steps m WHERE m.verb = 'merge')::text[])))
      AND (one_up((SELECT c FROM cases c WHERE c.id = n.into_id), n.first_at, 1) ->> 'area_code') = ANY (n.chain)
    ORDER BY n.into_id, n.first_at, n.first_id;
END $$;

-- Opens what was closed again by a report, one level up, and puts the case of that report into it.
CREATE FUNCTION opened_again(p_case bigint, p_into bigint, p_report bigint, p_at timestamptz) RETURNS void
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

-- As before, and whether a report that came later opened it again.
CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'provisional', promise_is_provisional(c), 'case_id', c.id, 'version', c.version, 'evaluation', c.evaluation, 'my_rating', (SELECT s.rating FROM said_of(c.id) s WHERE s.report_id = r.id), 'recheck', c.recheck, 'joined', r.joined,
        'has_confirmed', c.state = 'claimed_solved' AND has_confirmed(c.id, r.id),
        'owner', jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'desk', (
            SELECT p.desk FROM postings p WHERE p.id = c.owner_posting_id)),
        'events', (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'verb', v.verb, 'state', v.state, 'again', v.data ? 'again',
                                                       'reason', CASE WHEN told_to(x, v, r.id) THEN x.words END) ORDER BY v.seq)
                   FROM events v LEFT JOIN event_words x ON x.event_id = v.id
                   WHERE v.case_id = c.id AND v.verb NOT IN ('note', 'look') AND (NOT r.joined OR v.at >= r.received_at)))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

REVOKE EXECUTE ON FUNCTION merged_into, untouched, come_again, opened_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION come_again, opened_again TO gridwarden_worker;
