-- What held nearly: an audit after an erasure, a log-in while it is taken away, a pause over a night without a worker.

-- As before, but what a reporter said later is not held against his first words, and photos are what their event says.
CREATE OR REPLACE FUNCTION audit_faults(p_since date) RETURNS TABLE (case_id bigint, seq integer, day date, why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT l.case_id, l.seq, NULL::date, CASE WHEN l.seq <> coalesce(l.seq_before, 0) + 1 THEN 'missing' ELSE 'changed' END
    FROM (SELECT e.*, lag(e.hash) OVER line AS before, lag(e.seq) OVER line AS seq_before
          FROM events e WHERE p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since))
          WINDOW line AS (PARTITION BY e.case_id ORDER BY e.seq)) l
    WHERE l.seq <> coalesce(l.seq_before, 0) + 1
       OR l.hash IS DISTINCT FROM event_hash(
              coalesce(l.before, chain_begins(l.case_id)), l.id, l.case_id, l.seq, l.at, l.verb, l.state, l.posting_id, l.data);

    RETURN QUERY
    SELECT coalesce(c.id, l.case_id), l.seq, NULL::date,
           CASE WHEN c.id IS NULL THEN 'no_case' WHEN l.case_id IS NULL THEN 'no_events' ELSE 'state' END
    FROM cases c
    FULL JOIN (SELECT DISTINCT ON (e.case_id) e.case_id, e.seq, e.state FROM events e ORDER BY e.case_id, e.seq DESC) l
        ON l.case_id = c.id
    WHERE (c.id IS NULL OR l.case_id IS NULL OR l.state <> c.state)
      AND (p_since IS NULL OR l.case_id IS NULL OR l.case_id IN (SELECT audited_cases(p_since)));

    RETURN QUERY
    SELECT e.case_id, e.seq, NULL::date, CASE WHEN e.data ? 'words_digest' THEN 'words_changed' ELSE 'words_added' END
    FROM events e
    LEFT JOIN event_words w ON w.event_id = e.id
    LEFT JOIN report_words r ON w.event_id IS NULL AND e.verb = 'receive' AND e.data ? 'words_digest' AND r.report_id = (e.data ->> 'report_id')::bigint
    WHERE (w.event_id IS NOT NULL OR r.report_id IS NOT NULL)
      AND e.data ->> 'words_digest' IS DISTINCT FROM encode(sha256(
              coalesce(w.salt, r.salt) || convert_to(coalesce(w.words, r.words), 'UTF8')), 'hex')
      AND (p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since)));

    RETURN QUERY
    SELECT e.case_id, e.seq, NULL::date, 'photo_changed'
    FROM events e JOIN photos p ON p.id = (e.data ->> 'photo_id')::bigint
    WHERE e.verb = 'photo' AND e.data ->> 'digest' IS DISTINCT FROM encode(p.digest, 'hex')
      AND (p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since)));

    RETURN QUERY
    WITH folded AS (
        SELECT a.day, u.case_id, u.seq, e.hash
        FROM anchors a CROSS JOIN LATERAL unnest(a.cases, a.seqs) u (case_id, seq)
        LEFT JOIN events e ON e.case_id = u.case_id AND e.seq = u.seq
        WHERE p_since IS NULL OR a.day >= p_since
    ),
    folds AS (
        SELECT f.day, string_agg(f.hash, '' ORDER BY f.case_id) AS fold FROM folded f GROUP BY f.day
    ),
    line AS (
        SELECT a.*, lag(a.digest) OVER days AS before, lag(a.day) OVER days AS day_before FROM anchors a WINDOW days AS (ORDER BY a.day)
    )
    SELECT f.case_id, f.seq, f.day, 'anchored_gone' FROM folded f WHERE f.hash IS NULL
    UNION ALL
    SELECT NULL, NULL, a.day, 'anchor_changed' FROM line a LEFT JOIN folds f ON f.day = a.day
    WHERE (p_since IS NULL OR a.day >= p_since)
      AND a.digest IS DISTINCT FROM anchor_digest(a.previous, a.day, a.heads, a.up_to, a.made_at, coalesce(f.fold, ''))
    UNION ALL
    SELECT NULL, NULL, a.day, 'anchor_order' FROM line a
    WHERE (p_since IS NULL OR a.day >= p_since)
      AND (a.previous IS DISTINCT FROM a.before OR a.day <> a.day_before + 1);
END $$;

-- As before, likewise.
CREATE OR REPLACE FUNCTION audit_erasures(p_since date) RETURNS TABLE (case_id bigint, seq integer, at timestamptz, verb text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET work_mem = '64MB' AS $$
    SELECT e.case_id, e.seq, e.at, e.verb FROM events e
    LEFT JOIN event_words w ON w.event_id = e.id
    LEFT JOIN report_words r ON e.verb = 'receive' AND r.report_id = (e.data ->> 'report_id')::bigint
    WHERE e.data ? 'words_digest' AND w.event_id IS NULL AND r.report_id IS NULL
      AND (p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since)))
    ORDER BY e.case_id, e.seq
$$;

-- Opens a session for whoever still has the password that was checked; false: it was changed or taken away meanwhile.
CREATE FUNCTION log_in_done(
    p_login text, p_person integer, p_hash text, p_token_digest bytea, p_former_digest bytea, p_at timestamptz, p_expires_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    -- Whoever takes it away waits for this, or this for him.
    PERFORM FROM people p WHERE p.id = p_person AND p.login = lower(p_login) AND p.password_hash = p_hash FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM session_open(p_login, p_person, p_token_digest, p_former_digest, p_at, p_expires_at);
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION log_in_done FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_in_done TO gridwarden_web;
-- Usage: log_in_try(), what is a day old.
CREATE INDEX log_in_tries_by_time ON log_in_tries (at);

-- As before; whoever has no posting there acts in another one of his, so that it always stands who did something.
CREATE OR REPLACE FUNCTION acting_posting(p_case cases, p_person integer, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT p.id FROM postings p
        WHERE p.person_id = p_person AND p.during @> p_at
        ORDER BY (p.area_code = p_case.owner_area_code OR p.area_code = ANY (p_case.chain)) DESC, p.role NOT IN ('head', 'deputy', 'member', 'desk', 'dispatcher', 'handler', 'supervisor', 'clerk'),
                 p.area_code = p_case.owner_area_code DESC, array_position(p_case.chain, p.area_code::text) DESC NULLS LAST, p.id
        LIMIT 1);
END $$;

-- What was left of a stage when the clock was stopped.
ALTER TABLE cases ADD COLUMN stage_paused timestamptz;

-- As before, but a pause ends when it was to end, also where nobody was there to see it, and gives no stage a second beginning.
CREATE OR REPLACE FUNCTION stepped(p_case cases, p_step steps, p_at timestamptz, p_data jsonb) RETURNS cases
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_solve jsonb := stage_deadline(p_case.category_code, p_case.received_at, 'solve');
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
        p_case.due_at := due_moved(p_case.due_at, p_case.paused_at, v_resumed, v_solve);
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
    WHEN 'recategorise' THEN
        SELECT k.code, k.private, k.urgency INTO p_case.category_code, p_case.private, p_case.urgency
        FROM category_at(p_data ->> 'category', p_at) k;
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
        p_case.stage_due_at := due_after(p_at, stage_deadline(p_case.category_code, p_case.received_at, CASE p_case.state
            WHEN 'received' THEN 'accept' WHEN 'accepted' THEN 'dispatch' WHEN 'claimed_solved' THEN 'recheck' END));
    END IF;
    IF p_step.verb = 'resume' AND v_before.stage_paused IS NOT NULL THEN
        p_case.stage_due_at := due_moved(v_before.stage_paused, v_before.paused_at, v_resumed, stage_deadline(p_case.category_code, p_case.received_at, 'dispatch'));
    END IF;
    IF p_case.state <> 'paused' THEN
        p_case.stage_paused := NULL;
    END IF;
    p_case.version := p_case.version + 1;
    RETURN p_case;
END $$;

-- As before, with what was left of a stage.
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
        elsewhere = v_after.elsewhere, due_at = v_after.due_at, promised_at = v_after.promised_at, stage_due_at = v_after.stage_due_at,
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
        || CASE WHEN p_verb = 'recategorise' THEN jsonb_build_object('category', v_after.category_code, 'category_before', v_case.category_code) ELSE '{}' END;
    IF p_verb = 'split' THEN
        v_other := split_off(v_after, p_data ->> 'report', v_posting, p_at);
        v_told := v_told || jsonb_build_object('into', v_other);
    ELSIF p_verb = 'will_not_do' THEN
        -- The responsible body belongs to the reason that the resident reads.
        p_words := (p_data ->> 'body') || '：' || p_words;
    END IF;
    v_seq := add_event(v_after, p_at, p_verb, v_posting, p_words, v_step.shown, v_told);
    IF p_verb = 'merge' THEN
        v_back := keeps_coming_back(v_case, v_into.id, p_at);
        UPDATE reports SET case_id = v_after.merged_into WHERE case_id = p_case;
        -- What was promised to the one and asked of it is not forgotten in the other.
        UPDATE cases SET version = version + 1, hazard = hazard OR v_case.hazard, recurring = recurring OR v_case.recurring,
            recheck = ARRAY(SELECT DISTINCT w FROM unnest(recheck || v_case.recheck || CASE WHEN v_back THEN '{recurring}'::text[] END) w ORDER BY w),
            reopened = greatest(reopened, v_case.reopened), returned = greatest(returned, v_case.returned), received_at = least(received_at, v_case.received_at),
            due_at = least(due_at, v_case.due_at),
            promised_at = CASE WHEN coalesce(promised_at, v_case.promised_at) IS NOT NULL THEN least(promised_at, v_case.promised_at, due_at, v_case.due_at) END
        WHERE id = v_into.id RETURNING * INTO v_case;
        PERFORM add_event(v_case, p_at, 'merge_in', v_posting, NULL, false, jsonb_build_object('from', p_case)
            || CASE WHEN v_case.due_at <> v_into.due_at THEN jsonb_build_object('due_at', v_case.due_at, 'due_before', v_into.due_at) ELSE '{}' END);
    END IF;
    RETURN jsonb_build_object('case_id', p_case, 'state', v_after.state, 'version', v_after.version, 'seq', v_seq, 'due_at', v_after.due_at,
        'other', v_other, 'owner', jsonb_build_object('area_code', v_after.owner_area_code, 'role', v_after.owner_role,
                                                      'posting_id', v_after.owner_posting_id));
END $$;

ALTER TABLE due_notices DROP CONSTRAINT due_notices_kind_check,
    ADD CONSTRAINT due_notices_kind_check CHECK (kind IN ('soon', 'overdue', 'stage_soon', 'stage'));

-- As before, and a stage is told of before it is late, too.
CREATE OR REPLACE FUNCTION due_scan(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_near timestamptz := due_after(p_at, '{"work_hours": 2}');
    v_told integer;
BEGIN
    WITH ripe AS (
        SELECT c.id, 'overdue' AS kind, c.due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.due_at <= p_at AND c.state NOT IN ('paused', 'claimed_solved')
        UNION ALL
        SELECT c.id, 'soon', c.due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.due_at > p_at AND c.due_at <= v_near AND c.state NOT IN ('paused', 'claimed_solved')
        UNION ALL
        SELECT c.id, 'soon', c.due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.due_at > v_near AND c.state NOT IN ('paused', 'claimed_solved')
          AND (c.due_at AT TIME ZONE 'UTC') - (c.due_at - c.received_at) / 5 <= p_at AT TIME ZONE 'UTC'
        UNION ALL
        SELECT c.id, 'stage', c.stage_due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.stage_due_at <= p_at AND c.state <> 'paused'
        UNION ALL
        -- Not at once: who has just got it has just been told of it.
        SELECT c.id, 'stage_soon', c.stage_due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.stage_due_at > p_at AND c.stage_due_at <= v_near AND c.state <> 'paused'
          AND (c.stage_due_at < c.due_at OR c.state = 'claimed_solved') AND c.received_at <= p_at - interval '1 hour'
    ),
    untold AS (
        SELECT r.* FROM ripe r
        WHERE NOT EXISTS (SELECT FROM due_notices n WHERE n.case_id = r.id AND n.kind = r.kind AND n.due_at = r.due_at)
        ORDER BY r.due_at, r.id, r.kind LIMIT p_limit
    ),
    told AS (
        INSERT INTO due_notices SELECT u.id, u.kind, u.due_at, p_at FROM untold u ON CONFLICT DO NOTHING RETURNING case_id, kind, due_at
    ),
    sent AS (
        INSERT INTO outbox (topic, payload, at)
        SELECT CASE t.kind WHEN 'soon' THEN 'case.due_soon' WHEN 'overdue' THEN 'case.overdue' WHEN 'stage_soon' THEN 'case.stage_due_soon'
                           ELSE 'case.stage_overdue' END,
               jsonb_build_object('case_id', c.id, 'kind', t.kind, 'due_at', t.due_at, 'state', c.state, 'owner', jsonb_build_object(
                   'area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id)), p_at
        FROM told t JOIN cases c ON c.id = t.case_id ORDER BY t.due_at, t.case_id
        RETURNING 1
    )
    SELECT count(*) INTO v_told FROM sent;
    RETURN v_told;
END $$;

-- As before; no program is told of what is private or about an official, and what comes near is told to those who may act.
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

-- As before, but calls of programs wait in a queue of their own: one that does not answer delays no letter.
CREATE OR REPLACE FUNCTION queue_deliveries(p_ids bigint[]) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT procrastinate_defer_jobs_v1(array_agg(ROW(CASE r.kind WHEN 'webhook' THEN 'calls' ELSE 'deliveries' END, 'deliver', 0,
        'delivery-' || r.id, 'delivery-' || r.id, jsonb_build_object('delivery_id', r.id), NULL)::procrastinate_job_to_defer_v1 ORDER BY r.id)) FROM deliveries r WHERE r.id = ANY (p_ids)
    HAVING count(*) > 0
$$;

-- Whether the promise of a case may still move: make-up days of its year are not published.
CREATE FUNCTION promise_is_provisional(p_case cases) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_case.closed_at IS NULL AND is_provisional(p_case.due_at, stage_deadline(p_case.category_code, p_case.received_at, 'solve'));
END $$;
CREATE FUNCTION case_is_provisional(p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT promise_is_provisional(c) FROM cases c WHERE c.id = p_case
$$;

-- As before, and whether the date may still move.
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

-- What waits for the actor, the oldest first, or was decided in his areas, the newest first: so many of words and so many of photos,
-- after those that he has seen.  `withheld`: with what was withdrawn, as it was said.  Of cases that he handled, that are private or
-- about an official, nothing.
DROP FUNCTION moderation_queue(text, integer);
CREATE FUNCTION moderation_queue(p_decision text, p_limit integer, p_after_words bigint, p_after_photos bigint)
RETURNS TABLE (what text, id bigint, case_id bigint, kind text, category_code text, area_code text, at timestamptz,
               words text, place_words text, width integer, height integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := actor_person();
    v_areas text[] := actor_areas('clerk');
    v_waiting boolean := p_decision = 'waiting';
    v_decisions text[] := CASE p_decision WHEN 'withheld' THEN '{withheld,withdrawn}' ELSE ARRAY[p_decision] END;
    v_latest CONSTANT bigint := 9223372036854775807;
BEGIN
    IF v_waiting THEN
        RETURN QUERY SELECT 'words', r.id, c.id, 'report', c.category_code, c.area_code::text, r.received_at, w.words,
                            w.place_words, NULL::integer, NULL::integer
        FROM report_words w JOIN reports r ON r.id = w.report_id JOIN cases c ON c.id = r.case_id
        WHERE w.report_id > coalesce(p_after_words, 0) AND w.chain && v_areas AND c.chain && v_areas AND NOT c.private AND NOT c.about_official
          AND NOT EXISTS (SELECT FROM releases d WHERE d.report_id = r.id) AND NOT handled(v_person, c.id)
        ORDER BY w.report_id LIMIT p_limit;
    ELSE
        RETURN QUERY SELECT 'words', r.id, c.id, 'report', c.category_code, c.area_code::text, r.received_at,
                            CASE WHEN d.decision = 'released' THEN d.words ELSE w.words END,
                            CASE WHEN d.decision <> 'released' THEN w.place_words END, NULL::integer, NULL::integer
        FROM releases d JOIN reports r ON r.id = d.report_id JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
        WHERE d.report_id < coalesce(p_after_words, v_latest) AND d.decision = ANY (v_decisions) AND c.chain && v_areas
          AND NOT c.private AND NOT c.about_official AND NOT handled(v_person, c.id)
        ORDER BY d.report_id DESC LIMIT p_limit;
    END IF;
    RETURN QUERY SELECT 'photo', p.id, c.id, p.kind, c.category_code, c.area_code::text, p.at, NULL::text, NULL::text,
                        p.width, p.height
    FROM photos p JOIN cases c ON c.id = p.case_id
    WHERE CASE WHEN v_waiting THEN p.id > coalesce(p_after_photos, 0) ELSE p.id < coalesce(p_after_photos, v_latest) END
      AND p.decision = ANY (v_decisions) AND c.chain && v_areas AND NOT c.private AND NOT c.about_official
      AND NOT handled(v_person, c.id)
    ORDER BY CASE WHEN v_waiting THEN p.id ELSE -p.id END LIMIT p_limit;
END $$;
REVOKE EXECUTE ON FUNCTION moderation_queue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION moderation_queue TO gridwarden_web;

-- What was promised stays promised: a category under which cases came is not edited, and none begins before cases that came already.
CREATE FUNCTION refuse_another_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
           SELECT FROM cases c WHERE c.category_code = OLD.code AND c.received_at >= OLD.since
             AND (category_at(c.category_code, c.received_at)).since = OLD.since)
       OR TG_OP = 'INSERT' AND EXISTS (SELECT FROM cases c WHERE c.category_code = NEW.code AND c.received_at >= NEW.since) THEN
        RAISE EXCEPTION 'cases came under this category; give it a row with a later beginning' USING ERRCODE = 'GW001';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER categories_are_dated BEFORE INSERT OR UPDATE OR DELETE ON categories FOR EACH ROW EXECUTE FUNCTION refuse_another_promise();

REVOKE EXECUTE ON FUNCTION promise_is_provisional, case_is_provisional, refuse_another_promise FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_is_provisional TO gridwarden_web;
