-- How urgent a case is, somebody decides who sees it: its deadlines go by category, urgency and stage.  And what a case itself lacks
-- for a step is decided in one place.

-- Who directs a case says how urgent it is, and why.
INSERT INTO steps (verb, sources, target, who, needs, shown) VALUES
    ('set_urgency', '{received,accepted,dispatched,in_progress}', NULL, '{dispatcher,above}', '{urgency,words}', false);

-- Whether these are the deadlines of a category: of known stages, of solving in any case; and of stages again under an urgency.
CREATE OR REPLACE FUNCTION are_deadlines(p_deadlines jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = gridwarden, public AS $$
    SELECT jsonb_typeof(p_deadlines) = 'object' AND p_deadlines ? 'solve' AND coalesce(bool_and(
        CASE WHEN k.key IN ('accept', 'dispatch', 'solve', 'recheck') THEN is_deadline(k.value)
             WHEN k.key IN ('normal', 'urgent', 'emergency') AND jsonb_typeof(k.value) = 'object' THEN NOT EXISTS (
                 SELECT FROM jsonb_each(k.value) u WHERE u.key NOT IN ('accept', 'dispatch', 'solve', 'recheck') OR NOT is_deadline(u.value))
             ELSE false END), false)
    FROM jsonb_each(CASE jsonb_typeof(p_deadlines) WHEN 'object' THEN p_deadlines ELSE '{}' END) k
$$;
-- What stands outside is that of the category's own urgency.
ALTER TABLE categories DROP CONSTRAINT categories_deadlines_check,
    ADD CONSTRAINT categories_deadlines_check CHECK (are_deadlines(deadlines) AND NOT deadlines ? urgency);

-- By which deadline the date of a case was set, where that is not the one of its category and urgency any more.
ALTER TABLE cases ADD COLUMN due_as jsonb;

CREATE FUNCTION urgency_rank(p_urgency text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position('{normal,urgent,emergency}', p_urgency)
$$;

-- The rule of a category for a case that was received at an instant: as the category stood then; a younger one, as it began.
CREATE FUNCTION rule_of(p_category text, p_received_at timestamptz) RETURNS categories
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_rule categories := category_at(p_category, p_received_at);
BEGIN
    IF v_rule.code IS NULL THEN
        SELECT * INTO v_rule FROM categories k WHERE k.code = p_category ORDER BY k.since LIMIT 1;
    END IF;
    RETURN v_rule;
END $$;

-- The deadline of a stage for an urgency: the one that is named for it, else that of the category.
CREATE FUNCTION deadline_of(p_deadlines jsonb, p_urgency text, p_stage text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(p_deadlines #> ARRAY[p_urgency, p_stage], p_deadlines -> p_stage)
$$;

-- As before, and what a younger category promises.
CREATE OR REPLACE FUNCTION stage_deadline(p_category text, p_received_at timestamptz, p_stage text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (rule_of(p_category, p_received_at)).deadlines -> p_stage;
END $$;

-- What is promised for a case: by its category as it stood when the case was received, and by how urgent the case is.
CREATE FUNCTION stage_deadline(p_case cases, p_stage text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN deadline_of((rule_of(p_case.category_code, p_case.received_at)).deadlines, p_case.urgency, p_stage);
END $$;

-- By which deadline the date of a case stands.
CREATE FUNCTION solve_deadline(p_case cases) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(p_case.due_as, stage_deadline(p_case, 'solve'))
$$;

-- The stage that a state waits in; null: none of its own.
CREATE FUNCTION stage_of(p_state text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_state WHEN 'received' THEN 'accept' WHEN 'accepted' THEN 'dispatch' WHEN 'claimed_solved' THEN 'recheck' END
$$;

-- A case whose category or urgency is another one now.  Where it is more urgent it is due sooner, counted from now on; no date
-- moves to a later day, and each stands by the deadline by which it was set.
CREATE FUNCTION hastened(p_case cases, p_before cases, p_at timestamptz) RETURNS cases
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_solve jsonb := stage_deadline(p_case, 'solve');
    v_due_at timestamptz := due_after(p_at, v_solve);
BEGIN
    p_case.due_as := solve_deadline(p_before);
    IF urgency_rank(p_case.urgency) > urgency_rank(p_before.urgency) THEN
        IF v_due_at < p_case.due_at THEN
            p_case.due_at := v_due_at;
            p_case.due_as := v_solve;
        END IF;
        p_case.stage_due_at := least(p_case.stage_due_at, due_after(p_at, stage_deadline(p_case, stage_of(p_case.state))));
    END IF;
    p_case.due_as := nullif(p_case.due_as, v_solve);
    RETURN p_case;
END $$;

-- The needs that a case cannot meet as it is, whatever is said: nothing was asked for, nobody stands above, nothing can go.
CREATE FUNCTION lacking(p_case cases) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN p_case.asked_until IS NULL THEN 'asked' END,
        CASE WHEN (p_case.owner_area_code, p_case.owner_role) = (p_case.chain[1], 'desk') THEN 'higher' END,
        CASE WHEN (SELECT count(*) <= 1 FROM reports r WHERE r.case_id = p_case.id) THEN 'report' END], NULL)
$$;

-- As before, by what the case lacks, and how urgent it is to be.
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

-- As before, by what the case lacks.
CREATE OR REPLACE FUNCTION open_to(p_case cases, p_is text[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM steps s
    WHERE p_case.state = ANY (s.sources) AND s.who && p_is
      AND NOT s.needs && lacking(p_case)
$$;

-- As before, by the urgency of the case.  A pause gives back what the deadline lost by which the date was set.  What somebody said of the
-- urgency stays when the category changes.
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

-- As before, and who changed how urgent a case is stands in its history; what is joined keeps the greater urgency.
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

-- As before, by the deadline by which the date was set.
CREATE OR REPLACE FUNCTION promise_is_provisional(p_case cases) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_case.closed_at IS NULL AND is_provisional(p_case.due_at, solve_deadline(p_case));
END $$;

-- As before; what is split off has the date of its own report, and is as urgent as what it was part of: from now on.
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

-- As before, by the deadline by which the date of each case was set; one that another urgency set stays.
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

-- As before, but two that look at the same moment do not both hand a case on: one of them has told of it.
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

-- Which level answers for the place, as a condition of a rule.
ALTER TABLE dispatch_rules ADD COLUMN at_level text;
GRANT SELECT (at_level) ON dispatch_rules TO gridwarden_web;

-- As before, and by the level that answers.
CREATE OR REPLACE FUNCTION dispatch_by_rules(p_asked jsonb, p_at timestamptz, OUT rule_id integer, OUT target jsonb, OUT automatic boolean, OUT why jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_chain text[] := ARRAY(SELECT jsonb_array_elements_text(p_asked -> 'chain'));
    v_hours text := CASE in_office_hours(p_at) WHEN true THEN 'office' WHEN false THEN 'outside_office' END;
    v_level text := (SELECT a.level FROM areas a WHERE a.code = v_chain[cardinality(v_chain)]);
    v_rule dispatch_rules;
    v_failed jsonb;
    v_fallbacks text[];
BEGIN
    why := '[]';
    automatic := false;
    FOR v_rule IN SELECT * FROM dispatch_rules r WHERE r.during @> p_at ORDER BY r.rank, r.id LOOP
        SELECT jsonb_build_object('failed', f.name, 'wanted', f.wanted, 'found', f.found) INTO v_failed
        FROM (VALUES
            (1, 'category', v_rule.category_code, p_asked ->> 'category', v_rule.category_code = p_asked ->> 'category'),
            (2, 'family', v_rule.family, p_asked ->> 'family', v_rule.family = p_asked ->> 'family'),
            (3, 'area', v_rule.area_code::text, v_chain[cardinality(v_chain)], v_rule.area_code = ANY (v_chain)),
            (4, 'level', v_rule.at_level, v_level, v_rule.at_level = v_level),
            (5, 'channel', v_rule.channel, p_asked ->> 'channel', v_rule.channel = p_asked ->> 'channel'),
            (6, 'hazard', v_rule.hazard::text, p_asked ->> 'hazard', v_rule.hazard = (p_asked ->> 'hazard')::boolean),
            (7, 'urgency', v_rule.urgency, p_asked ->> 'urgency', v_rule.urgency = p_asked ->> 'urgency'),
            (8, 'hours', v_rule.hours, v_hours, v_rule.hours = v_hours),
            (9, 'outcome', v_rule.outcome, p_asked ->> 'outcome', v_rule.outcome = p_asked ->> 'outcome'),
            (10, 'accuracy', v_rule.accuracy_from_m::text, p_asked ->> 'accuracy_m', (p_asked ->> 'accuracy_m')::double precision >= v_rule.accuracy_from_m)
        ) f (n, name, wanted, found, holds) WHERE f.wanted IS NOT NULL AND f.holds IS NOT TRUE ORDER BY f.n LIMIT 1;
        why := why || (jsonb_build_object('rule_id', v_rule.id, 'rank', v_rule.rank, 'note', v_rule.note, 'fits', v_failed IS NULL)
                       || coalesce(v_failed, '{}'));
        IF v_failed IS NULL THEN
            rule_id := v_rule.id;
            automatic := v_rule.automatic;
            SELECT t.target, t.fallbacks INTO target, v_fallbacks FROM rule_target(
                v_rule.target, v_rule.level, v_rule.department, v_chain, coalesce((p_asked ->> 'about_official')::boolean, false), p_at) t;
            EXIT;
        END IF;
    END LOOP;
    IF rule_id IS NULL THEN
        SELECT t.target, 'no_rule'::text || t.fallbacks INTO target, v_fallbacks
        FROM rule_target('head', NULL, NULL, v_chain, coalesce((p_asked ->> 'about_official')::boolean, false), p_at) t;
    END IF;
    why := why || coalesce((SELECT jsonb_agg(jsonb_build_object('fallback', f.code) ORDER BY f.n)
                            FROM unnest(v_fallbacks) WITH ORDINALITY f (code, n)), '[]');
END $$;

CREATE OR REPLACE FUNCTION add_dispatch_rule(p_session bytea, p_at timestamptz, p_rule jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_edition editions := edition_at(p_at);
    v_rule dispatch_rules := jsonb_populate_record(NULL::dispatch_rules, p_rule - '{during,id}'::text[]);
    v_since timestamptz := greatest((p_rule ->> 'since')::timestamptz, p_at);
    v_until timestamptz := (p_rule ->> 'until')::timestamptz;
    v_wrong text;
    v_id integer;
BEGIN
    IF NOT may_rule(v_rule.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW070';
    END IF;
    v_wrong := CASE
        WHEN v_until <= v_since THEN 'until'
        WHEN (category_at(v_rule.category_code, v_since)).code IS DISTINCT FROM v_rule.category_code THEN 'category'
        WHEN v_rule.family IS NOT NULL AND NOT EXISTS (SELECT FROM categories k WHERE k.family = v_rule.family) THEN 'family'
        WHEN v_rule.family IS NOT NULL AND v_rule.category_code IS NOT NULL THEN 'family'
        WHEN v_rule.area_code IS NOT NULL AND NOT EXISTS (
            SELECT FROM boundaries b WHERE b.edition_id = v_edition.id AND b.code = v_rule.area_code) THEN 'area_code'
        WHEN v_rule.at_level IS NOT NULL AND NOT coalesce(v_rule.at_level = ANY (v_edition.levels), false) THEN 'at_level'
        WHEN v_rule.target = 'desk' AND NOT coalesce(v_rule.level = ANY (v_edition.levels), false) THEN 'level'
        WHEN v_rule.target = 'department' AND coalesce(v_rule.department, '') = '' THEN 'department'
        WHEN coalesce(v_rule.note, '') = '' THEN 'note'
        END;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the rule is refused: %', v_wrong USING ERRCODE = 'GW071', DETAIL = v_wrong;
    END IF;
    INSERT INTO dispatch_rules (rank, during, note, category_code, family, area_code, at_level, channel, hazard, urgency, hours, outcome, accuracy_from_m,
                                target, level, department, automatic, made_at, made_by)
    VALUES (v_rule.rank, tstzrange(v_since, v_until), v_rule.note, v_rule.category_code, v_rule.family, v_rule.area_code, v_rule.at_level, v_rule.channel,
            v_rule.hazard, v_rule.urgency, v_rule.hours, v_rule.outcome, v_rule.accuracy_from_m, v_rule.target,
            CASE v_rule.target WHEN 'desk' THEN v_rule.level END, CASE v_rule.target WHEN 'department' THEN v_rule.department END,
            coalesce(v_rule.automatic, false), p_at, v_person)
    RETURNING id INTO v_id;
    RETURN v_id;
END $$;

REVOKE EXECUTE ON FUNCTION urgency_rank, rule_of, deadline_of, stage_deadline(cases, text), solve_deadline, stage_of, hastened, lacking FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lacking TO gridwarden_web;
