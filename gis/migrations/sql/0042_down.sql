DELETE FROM steps WHERE verb = 'join';
DROP FUNCTION receive_report;

CREATE OR REPLACE FUNCTION missing_need(p_case cases, p_step steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_need text;
    v_lacking text[] := lacking(p_case);
BEGIN
    FOREACH v_need IN ARRAY p_step.needs LOOP
        IF v_need = ANY (v_lacking) OR NOT coalesce(CASE v_need
            WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000
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
                                     AND c.state = ANY (p_step.sources) AND c.chain[1:2] = p_case.chain[1:2] AND c.private = p_case.private
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

CREATE OR REPLACE FUNCTION stepped(p_case cases, p_step steps, p_at timestamptz, p_data jsonb) RETURNS cases
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_solve jsonb := stage_deadline(p_case, 'solve');
    v_before cases := p_case;
    v_resumed timestamptz := least(p_at, p_case.paused_until);
BEGIN
    p_case.state := coalesce(p_step.target, p_case.state);
    CASE p_step.verb
    WHEN 'dispatch' THEN
        p_case := owned_by(p_case, p_data -> 'owner');
    WHEN 'return' THEN
        -- From the third time on one level further: whoever sends it round does not get it again.
        p_case := owned_by(p_case, one_up(p_case, p_at, CASE WHEN p_case.returned >= 2 THEN 2 ELSE 1 END));
        p_case.returned := p_case.returned + 1;
    WHEN 'ask_extension' THEN
        p_case.asked_until := (p_data ->> 'until')::timestamptz;
    WHEN 'approve_extension' THEN
        p_case.due_at := greatest(p_case.asked_until, p_case.due_at);
        p_case.asked_until := NULL;
    WHEN 'refuse_extension' THEN
        p_case.asked_until := NULL;
    WHEN 'pause' THEN
        p_case.paused_at := p_at;
        p_case.paused_until := (p_data ->> 'until')::timestamptz;
        p_case.stage_paused := v_before.stage_due_at;
    WHEN 'resume' THEN
        p_case.due_at := due_moved(p_case.due_at, p_case.paused_at, v_resumed, solve_deadline(p_case));
        p_case.paused_at := NULL;
        p_case.paused_until := NULL;
    WHEN 'claim' THEN
        p_case.claimed_at := p_at;
        p_case.recheck := recheck_reasons(p_case, p_at);
    WHEN 'confirm' THEN
        p_case.evaluation := 'solved';
        -- Both are asked for where a re-check is compulsory; then the word of the reporter waits for it.
        IF cardinality(p_case.recheck) > 0 THEN
            p_case.state := 'claimed_solved';
        ELSE
            p_case.confirmed := true;
            p_case.closed_at := p_at;
        END IF;
    WHEN 'pass_recheck' THEN
        p_case.confirmed := true;
        p_case.closed_at := p_at;
    WHEN 'lapse' THEN
        p_case.confirmed := false;
        p_case.closed_at := p_at;
    WHEN 'fail_recheck' THEN
        p_case.claimed_at := NULL;
    WHEN 'deny', 'reopen' THEN
        p_case := owned_by(p_case, one_up(p_case, p_at, 1));
        p_case.reopened := p_case.reopened + 1;
        p_case.evaluation := CASE WHEN p_step.verb = 'deny' THEN 'not' END;
        p_case.closed_at := NULL;
        p_case.confirmed := NULL;
        p_case.claimed_at := NULL;
        p_case.due_at := due_after(p_at, v_solve);
        p_case.due_as := NULL;
    WHEN 'evaluate' THEN
        -- Of several who told of it the least content one counts; nobody's word is lost under another's.
        p_case.evaluation := (
            SELECT w.rating FROM (SELECT s.rating FROM said_of(p_case.id) s WHERE s.report_id <> (p_data ->> 'by_report')::bigint
                                  UNION ALL SELECT p_data ->> 'rating') w
            ORDER BY array_position('{not,partly,solved}', w.rating) LIMIT 1);
        -- What silence closed is confirmed as long as all who speak say so.
        IF (SELECT e.verb FROM events e WHERE e.case_id = p_case.id AND e.verb IN ('confirm', 'pass_recheck', 'lapse')
            ORDER BY e.seq DESC LIMIT 1) = 'lapse' THEN
            p_case.confirmed := p_case.evaluation = 'solved';
        END IF;
    WHEN 'decline', 'will_not_do' THEN
        p_case.closed_at := p_at;
        p_case.paused_at := NULL;
        p_case.paused_until := NULL;
    WHEN 'merge' THEN
        p_case.closed_at := p_at;
        p_case.merged_into := (p_data ->> 'into')::bigint;
    WHEN 'set_urgency' THEN
        p_case.urgency := p_data ->> 'urgency';
        p_case := hastened(p_case, v_before, p_at);
    WHEN 'recategorise' THEN
        SELECT k.code, k.private, CASE WHEN p_case.urgency = (rule_of(p_case.category_code, p_case.received_at)).urgency
                                       THEN k.urgency ELSE p_case.urgency END
        INTO p_case.category_code, p_case.private, p_case.urgency FROM category_at(p_data ->> 'category', p_at) k;
        p_case := hastened(p_case, v_before, p_at);
    ELSE
        NULL;
    END CASE;
    -- More time is given to whoever works; what was promised to the residents first stays promised.
    IF p_case.due_at > v_before.due_at THEN
        p_case.promised_at := least(p_case.promised_at, v_before.due_at);
    END IF;
    -- A request for more time is its owner's: he cannot hand the case down and grant it to himself.
    IF (p_case.owner_area_code, p_case.owner_role, p_case.owner_posting_id)
       IS DISTINCT FROM (v_before.owner_area_code, v_before.owner_role, v_before.owner_posting_id) THEN
        p_case.asked_until := NULL;
    END IF;
    -- A stage begins with another state or another owner; a note or another category does not begin it again.
    IF (p_case.state, p_case.owner_area_code, p_case.owner_role, p_case.owner_posting_id)
       IS DISTINCT FROM (v_before.state, v_before.owner_area_code, v_before.owner_role, v_before.owner_posting_id) THEN
        p_case.stage_due_at := due_after(p_at, stage_deadline(p_case, stage_of(p_case.state)));
    END IF;
    IF p_step.verb = 'resume' AND v_before.stage_paused IS NOT NULL THEN
        p_case.stage_due_at := due_moved(v_before.stage_paused, v_before.paused_at, v_resumed, stage_deadline(p_case, 'dispatch'));
    END IF;
    IF p_case.state <> 'paused' THEN
        p_case.stage_paused := NULL;
    END IF;
    p_case.version := p_case.version + 1;
    RETURN p_case;
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
            recheck_above = recheck_above OR v_case.recheck_above, supervisor_posting_id = coalesce(supervisor_posting_id, v_case.supervisor_posting_id),
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

CREATE FUNCTION receive_report(
    p_key_digest bytea, p_body_digest bytea, p_session bytea, p_at timestamptz,
    p_number text, p_link_digest bytea, p_category text, p_channel text, p_seen_at timestamptz,
    p_words text, p_contact text,
    p_lon double precision, p_lat double precision, p_accuracy_m double precision,          -- WGS84, or null
    p_lon_given double precision, p_lat_given double precision, p_datum text,               -- as it was given
    p_area_code text, p_place_words text,
    p_cells bigint[],                                                                       -- of the pin, or null
    p_lang text DEFAULT 'zh'                                                                -- in which the reporter reads
) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = gridwarden, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_report bigint := nextval('reports_id_seq');
    v_case bigint := nextval('cases_id_seq');
    v_person integer := act_as(p_session, p_at);
    v_known idempotency_keys;
    v_earlier reports;
    v_category categories := category_at(p_category, p_at);
    v_told jsonb;                                    -- with the head's name, where the actor may see it
    v_answer jsonb;                                  -- without: what is kept
    v_owner jsonb;
    v_chain text[];
    v_geom geometry := ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326);
    v_salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
BEGIN
    -- A racer with the same key waits here for the first one to commit.
    INSERT INTO idempotency_keys VALUES (p_key_digest, p_body_digest, v_report, p_at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO v_known FROM idempotency_keys WHERE key_digest = p_key_digest;
        IF v_known.body_digest <> p_body_digest THEN
            RAISE EXCEPTION 'this idempotency key was used for another report' USING ERRCODE = 'GW002';
        END IF;
        SELECT * INTO v_earlier FROM reports WHERE id = v_known.report_id;
        RETURN jsonb_build_object('number', v_earlier.number, 'received_at', v_earlier.received_at,
                                  'match', with_names(v_earlier.match), 'repeated', true)::text;
    END IF;
    IF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    END IF;
    IF p_channel = 'patrol' AND v_person IS NULL THEN
        RAISE EXCEPTION 'channel for staff only' USING ERRCODE = 'GW007';
    END IF;
    v_told := CASE WHEN v_geom IS NULL THEN locate_area(p_area_code, p_at)
                   ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    IF v_category.about_official THEN
        v_told := answer_above(v_told, p_at);
    END IF;
    v_answer := CASE WHEN v_told -> 'head' = 'null' THEN v_told ELSE v_told #- '{head,name}' END;
    IF v_answer ->> 'edition' IS NULL AND edition_at(p_at) IS NULL THEN
        RAISE EXCEPTION 'no boundaries in force' USING ERRCODE = 'GW006';
    ELSIF v_answer IS NULL THEN
        RAISE EXCEPTION 'unknown area' USING ERRCODE = 'GW004';
    END IF;
    IF v_answer ->> 'outcome' = 'outside' AND v_person IS NULL THEN
        RAISE EXCEPTION 'outside the service area' USING ERRCODE = 'GW005', DETAIL = served_areas(p_at)::text;
    END IF;
    SELECT f.chain, f.owner INTO v_chain, v_owner FROM filed_under(v_answer, p_at) f;
    INSERT INTO cases (id, category_code, private, urgency, area_code, chain, owner_area_code, owner_role, owner_posting_id,
                       received_at, due_at, stage_due_at, geom, cells, channel, about_official)
    OVERRIDING SYSTEM VALUE VALUES (
        v_case, p_category, v_category.private, v_category.urgency, v_answer #>> '{area,code}', v_chain,
        v_owner ->> 'area_code', v_owner ->> 'role', (v_owner ->> 'posting_id')::integer,
        p_at, due_after(p_at, v_category.deadlines -> 'solve'), due_after(p_at, v_category.deadlines -> 'accept'), v_geom, p_cells, p_channel,
        v_category.about_official);
    INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision,
                         lon_given, lat_given, datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by,
                         cells)
    OVERRIDING SYSTEM VALUE VALUES (
        v_report, p_number, p_link_digest, v_case, p_category, p_channel, p_at, p_seen_at,
        CASE WHEN v_geom IS NULL THEN 'area' ELSE 'point' END, p_lon_given, p_lat_given, p_datum, p_accuracy_m, v_geom,
        v_answer #>> '{area,code}', v_chain, v_answer, CASE WHEN p_seen_at = p_at THEN (v_answer #>> '{head,posting_id}')::integer
             ELSE head_on(v_answer #>> '{area,code}', p_seen_at) END, v_person, p_cells);
    INSERT INTO report_words (report_id, words, place_words, salt, chain)
    VALUES (v_report, p_words, p_place_words, v_salt, v_chain);
    IF p_contact IS NOT NULL THEN
        INSERT INTO report_contacts (report_id, contact, taken_by, lang) VALUES (v_report, p_contact, v_person, p_lang);
    END IF;
    INSERT INTO events (case_id, seq, at, verb, state, data) VALUES (v_case, 1, p_at, 'receive', 'received',
        jsonb_build_object('report_id', v_report, 'channel', p_channel, 'outcome', v_answer -> 'outcome',
                           'edition', v_answer -> 'edition', 'owner', v_owner,
                           'words_digest', encode(sha256(v_salt || convert_to(p_words, 'UTF8')), 'hex')));
    INSERT INTO outbox (topic, payload, at) VALUES ('report.received',
        jsonb_build_object('report_id', v_report, 'case_id', v_case, 'owner', v_owner,
                           'also', jsonb_path_query_array(v_answer, '$.also[*].code')), p_at);
    RETURN jsonb_build_object('number', p_number, 'received_at', p_at, 'match', v_told, 'repeated', false)::text;
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
    INSERT INTO alarms SELECT v_new.id, a.rule_id, a.place_id, a.at, 1, a.facts FROM alarms a WHERE a.case_id = p_case.id;
    PERFORM add_event(v_new, p_at, 'split_off', p_posting, NULL, false, jsonb_build_object('from', p_case.id, 'report_id', v_report.id)
        || CASE WHEN v_new.due_at <> v_due_at THEN jsonb_build_object('due_at', v_new.due_at) ELSE '{}' END);
    RETURN v_new.id;
END $$;

CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'provisional', promise_is_provisional(c), 'case_id', c.id, 'version', c.version, 'evaluation', c.evaluation, 'my_rating', (SELECT s.rating FROM said_of(c.id) s WHERE s.report_id = r.id), 'recheck', c.recheck,
        'has_confirmed', c.state = 'claimed_solved' AND has_confirmed(c.id, r.id),
        'owner', jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'desk', (
            SELECT p.desk FROM postings p WHERE p.id = c.owner_posting_id)),
        'events', (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'verb', v.verb, 'state', v.state,
                                                       'reason', CASE WHEN told_to(x, v, r.id) THEN x.words END) ORDER BY v.seq)
                   FROM events v LEFT JOIN event_words x ON x.event_id = v.id
                   WHERE v.case_id = c.id AND v.verb NOT IN ('note', 'look')))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

CREATE OR REPLACE FUNCTION reporter_photos(p_number text, p_link bytea)
RETURNS TABLE (id bigint, kind text, digest bytea, width integer, height integer, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN QUERY SELECT p.id, p.kind, p.digest, p.width, p.height, p.at
    FROM reports r JOIN cases c ON c.id = r.case_id JOIN photos p ON p.case_id = c.id
    WHERE r.number = p_number AND r.key_digest = p_link
      AND (p.report_id = r.id OR p.kind IN ('before', 'after') AND NOT c.private AND NOT c.about_official)
    ORDER BY p.at, p.id;
END $$;

ALTER TABLE reports DROP COLUMN joined;
DROP FUNCTION key_is_used, joined_to, akin_to, akin;
REVOKE EXECUTE ON FUNCTION receive_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_report TO gridwarden_web;
