-- Who looks again, where a case may go back to, and whose word counts.

-- Nobody stands above the desk of the topmost area: it does not return a case, it decides.
UPDATE steps SET needs = '{words,higher}' WHERE verb = 'return';

-- What those who hold the links of a case's reports said last of the claim that closed it: solved, partly or not.
CREATE FUNCTION said_of(p_case bigint) RETURNS TABLE (report_id bigint, rating text)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (1) (e.data ->> 'report_id')::bigint, CASE e.verb WHEN 'confirm' THEN 'solved' ELSE e.data ->> 'rating' END
    FROM events e WHERE e.case_id = p_case AND e.verb IN ('confirm', 'evaluate')
      AND e.seq > (SELECT max(c.seq) FROM events c WHERE c.case_id = p_case AND c.verb = 'claim')
    ORDER BY 1, e.seq DESC
$$;

-- As before, and whether somebody stands above the owner.
CREATE OR REPLACE FUNCTION missing_need(p_case cases, p_step steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_need text;
BEGIN
    FOREACH v_need IN ARRAY p_step.needs LOOP
        IF NOT coalesce(CASE v_need
            WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000
            WHEN 'higher' THEN (p_case.owner_area_code, p_case.owner_role) <> (p_case.chain[1], 'desk')
            WHEN 'owner' THEN p_data -> 'owner' IS NOT NULL AND p_data -> 'owner' <> 'null'
            WHEN 'until' THEN (p_data ->> 'until')::timestamptz > greatest(p_at, CASE WHEN p_step.verb = 'pause' THEN p_at ELSE p_case.due_at END)
            WHEN 'asked' THEN p_case.asked_until IS NOT NULL
            WHEN 'silence' THEN p_case.claimed_at <= p_at - interval '7 days' AND cardinality(p_case.recheck) = 0
            WHEN 'first_word' THEN NOT has_confirmed(p_case.id, (p_data ->> 'by_report')::bigint)
            WHEN 'rating' THEN p_data ->> 'rating' IN ('solved', 'partly', 'not')
            WHEN 'body' THEN length(btrim(p_data ->> 'body')) > 0 AND length(p_data ->> 'body') <= 200
            -- Nothing goes into a claim, past its re-check, nor into a pause, past its own clock.
            WHEN 'into' THEN EXISTS (SELECT FROM cases c WHERE c.id = (p_data ->> 'into')::bigint AND c.id <> p_case.id
                                     AND c.state = ANY (p_step.sources) AND c.chain[1:2] = p_case.chain[1:2] AND c.private = p_case.private
                                     AND c.about_official = p_case.about_official)
            WHEN 'report' THEN (SELECT count(*) > 1 AND count(*) FILTER (WHERE r.number = p_data ->> 'report') = 1
                                FROM reports r WHERE r.case_id = p_case.id)
            -- What was said about an official was filed apart when it came; no later word moves a case there or away.
            WHEN 'category' THEN EXISTS (SELECT FROM category_at(p_data ->> 'category', p_at) k
                                         WHERE k.code IS NOT NULL AND k.about_official = p_case.about_official)
            END, false) THEN
            RETURN v_need;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- As before, but a colleague of the owner does not re-check what their desk claims.
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

-- Who may re-check a claim, of those who are nearest to it: above its owner first, else below.
CREATE FUNCTION recheckers(p_case cases, p_at timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE AS $$
    WITH able AS (
        SELECT p.person_id, min(o.place) AS place FROM postings p
        JOIN (SELECT u.code, row_number() OVER (ORDER BY u.nth > coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain)),
                                                         u.nth DESC) AS place
              FROM unnest(p_case.chain) WITH ORDINALITY u (code, nth)) o ON o.code = p.area_code
        WHERE p.role IN ('desk', 'dispatcher', 'supervisor') AND p.person_id IS NOT NULL AND p.during @> p_at GROUP BY p.person_id
    )
    SELECT a.person_id FROM able a
    WHERE a.place = (SELECT min(b.place) FROM able b WHERE 'uninvolved' = ANY (relations_to(p_case, b.person_id, NULL, p_at)))
      AND 'uninvolved' = ANY (relations_to(p_case, a.person_id, NULL, p_at))
$$;

-- The claims that others re-check: the actor has worked on them, as worked_on() says, or works for their owner; found for all at once.
CREATE OR REPLACE FUNCTION claims_handled() RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT f.id), '{}') FROM (
        SELECT k.case_id AS id
        FROM kin(ARRAY(SELECT c.id FROM cases c WHERE c.state = 'claimed_solved')) k JOIN events e ON e.case_id = k.kin_id
        WHERE e.posting_id = ANY (ARRAY(SELECT p.id FROM postings p WHERE p.person_id = actor_person())) AND handles(e.verb, e.data)
        UNION ALL
        SELECT c.id FROM cases c JOIN postings p ON p.area_code = c.owner_area_code AND p.person_id = actor_person()
          AND p.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz
        WHERE c.state = 'claimed_solved' AND works_for_owner(p, c)) f
$$;

-- As before, but an evaluation counts beside those of the other reporters.
CREATE OR REPLACE FUNCTION stepped(p_case cases, p_step steps, p_at timestamptz, p_data jsonb) RETURNS cases
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_solve jsonb := stage_deadline(p_case.category_code, p_case.received_at, 'solve');
    v_before cases := p_case;
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
    WHEN 'resume' THEN
        p_case.due_at := due_moved(p_case.due_at, p_case.paused_at, p_at, v_solve);
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
    p_case.version := p_case.version + 1;
    RETURN p_case;
END $$;

-- The steps that are open to whoever is something to a case, as it is now; what he would have to say is another matter.
CREATE FUNCTION open_to(p_case cases, p_is text[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM steps s
    WHERE p_case.state = ANY (s.sources) AND s.who && p_is
      AND (p_case.asked_until IS NOT NULL OR NOT 'asked' = ANY (s.needs))
      AND ((p_case.owner_area_code, p_case.owner_role) <> (p_case.chain[1], 'desk') OR NOT 'higher' = ANY (s.needs))
      AND (NOT 'report' = ANY (s.needs) OR (SELECT count(*) > 1 FROM reports r WHERE r.case_id = p_case.id))
$$;

-- As before; what is open instead is told as the case is, and what a step changes may ask whose word it is, too.
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
        claimed_at = v_after.claimed_at, recheck = v_after.recheck, closed_at = v_after.closed_at,
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

-- As before, and what he said himself.
CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'case_id', c.id, 'version', c.version, 'evaluation', c.evaluation, 'my_rating', (SELECT s.rating FROM said_of(c.id) s WHERE s.report_id = r.id), 'recheck', c.recheck,
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

REVOKE EXECUTE ON FUNCTION said_of, recheckers, open_to FROM PUBLIC;
