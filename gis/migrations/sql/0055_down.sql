-- Nothing goes up by rule or clock.

-- As before 0055.
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
    WHEN 'merge', 'join' THEN
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

-- As before 0055.
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
            WHEN 'parts' THEN true
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

DROP FUNCTION add_escalation_rule, end_escalation_rule, goes_up, solved_by_level, escalate_due, escalations_due, begun_by;
DROP TRIGGER level_clock ON events;
DROP TRIGGER level_keeps ON cases;
DROP FUNCTION level_clock, level_keeps, goes_round, escalated_to, beyond_owner, authority_over, place_in, level_place;
-- What went up stays where it is; its history says so by a verb that nobody takes any more.
DELETE FROM steps WHERE verb = 'escalate';
UPDATE steps SET needs = array_remove(needs, 'authority') WHERE verb IN ('take', 'start', 'claim');
UPDATE steps SET needs = array_remove(array_remove(needs, 'level'), 'loop') WHERE verb = 'dispatch';
ALTER TABLE cases DROP COLUMN level_since;
DROP TABLE escalation_rules;
