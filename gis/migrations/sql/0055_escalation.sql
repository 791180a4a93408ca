-- What goes beyond a level (提级): who may handle what at all (事项清单), and how long a level has, as dated data; by choice with a reason, by rule, by the clock.

-- kind authority: what lies below `level` goes up to it at once, and is not handed down below it.  kind clock: what has been at `level` for `after` goes one
-- level up.  A condition that is null always holds.  A rule is never edited: it ends, and a new one begins.
CREATE TABLE escalation_rules (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('authority', 'clock')),
    during         tstzrange NOT NULL CHECK (isempty(during) OR lower_inc(during) AND NOT lower_inf(during)),  -- empty: withdrawn before it began
    note           text NOT NULL CHECK (length(note) BETWEEN 1 AND 200),
    category_code  text,
    family         text,
    area_code      area_code REFERENCES areas,     -- it and all below it
    urgency        text CHECK (urgency IN ('normal', 'urgent', 'emergency')),
    level          text NOT NULL,
    after          jsonb CHECK (after IS NULL OR is_deadline(after)),
    made_at        timestamptz NOT NULL,
    made_by        integer REFERENCES people,
    ended_by       integer REFERENCES people,
    CHECK ((kind = 'clock') = (after IS NOT NULL)),
    CHECK (category_code IS NULL OR family IS NULL),
    CONSTRAINT escalation_rules_authority_names_what CHECK (kind = 'clock' OR num_nonnulls(category_code, family) = 1 AND urgency IS NULL)
);
-- Usage: the rules in force at an instant.
CREATE INDEX escalation_rules_in_force ON escalation_rules USING gist (during);
CREATE TRIGGER escalation_rules_are_dated BEFORE UPDATE ON escalation_rules FOR EACH ROW EXECUTE FUNCTION refuse_another_rule();
CREATE TRIGGER escalation_rules_stay BEFORE DELETE OR TRUNCATE ON escalation_rules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
GRANT SELECT (id, kind, during, note, category_code, family, area_code, urgency, level, after) ON escalation_rules TO gridwarden_web;

-- Since when a case has been at the level where it is; null: since it was received.  A pause moves it by as much working time as it took.
ALTER TABLE cases ADD COLUMN level_since timestamptz;

-- The place in a chain of areas of the lowest one of a level; null: it has none.
CREATE FUNCTION level_place(p_chain text[], p_level text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT max(u.place)::integer FROM unnest(p_chain) WITH ORDINALITY u (code, place) JOIN areas a ON a.code = u.code WHERE a.level = p_level
$$;

-- How low in the chain of a case an owner's area stands; one from outside stands where its level does.
CREATE FUNCTION place_in(p_chain text[], p_area text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_position(p_chain, p_area), level_place(p_chain, (SELECT a.level FROM areas a WHERE a.code = p_area)), cardinality(p_chain) + 1)
$$;

-- Who may handle it at all: the rule of 事项清单 for a case, and the place of its level in the chain.  What names the category goes before what names its
-- family, then the lower area, then the younger rule.  No row: any level may.
CREATE FUNCTION authority_over(p_case cases, p_at timestamptz) RETURNS TABLE (rule_id integer, place integer)
LANGUAGE sql STABLE AS $$
    SELECT r.id, level_place(p_case.chain, r.level) FROM escalation_rules r
    WHERE r.kind = 'authority' AND r.during @> p_at AND (r.area_code IS NULL OR r.area_code = ANY (p_case.chain))
      AND (r.category_code = p_case.category_code OR r.family = (category_at(p_case.category_code, p_at)).family)
      AND level_place(p_case.chain, r.level) IS NOT NULL
    ORDER BY r.category_code IS NULL, array_position(p_case.chain, r.area_code::text) DESC NULLS LAST, r.id DESC LIMIT 1
$$;

-- The rule by which whoever has a case now may not handle it; null: he may.
CREATE FUNCTION beyond_owner(p_case cases, p_at timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT o.rule_id FROM authority_over(p_case, p_at) o WHERE place_in(p_case.chain, p_case.owner_area_code) > o.place
$$;

-- To whom a case goes that goes up: to the desk of the level that may handle it, else one level up.
CREATE FUNCTION escalated_to(p_case cases, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT one_up(p_case, p_at, greatest(1, coalesce((
        SELECT coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain) + 1) - o.place
               + (p_case.owner_role = 'department')::integer
        FROM authority_over(p_case, p_at) o), 1)))
$$;

-- Whether a case was sent up from an area twice already: handing it down there once more would go round in a circle.  What is sent back has its own rule: from
-- the third time on it goes one level further.
CREATE FUNCTION goes_round(p_case cases, p_owner jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT place_in(p_case.chain, p_owner ->> 'area_code') > place_in(p_case.chain, p_case.owner_area_code) AND (
        SELECT count(*) FROM events e WHERE e.case_id = p_case.id AND e.verb = 'escalate'
           AND e.data #>> '{owner_before,area_code}' = p_owner ->> 'area_code' AND e.data #>> '{owner,area_code}' <> p_owner ->> 'area_code') >= 2
$$;

-- As before; what only a higher level may do, and what went round, is not done below.
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
            WHEN 'authority' THEN beyond_owner(p_case, p_at) IS NULL
            WHEN 'level' THEN beyond_owner(owned_by(p_case, p_data -> 'owner'), p_at) IS NULL
            WHEN 'loop' THEN NOT goes_round(p_case, p_data -> 'owner')
            WHEN 'silence' THEN p_case.claimed_at <= p_at - interval '7 days' AND cardinality(p_case.recheck) = 0
            WHEN 'first_word' THEN NOT has_confirmed(p_case.id, (p_data ->> 'by_report')::bigint)
            WHEN 'rating' THEN p_data ->> 'rating' IN ('solved', 'partly', 'not')
            WHEN 'body' THEN length(btrim(p_data ->> 'body')) > 0 AND length(p_data ->> 'body') <= 200
            -- Nothing goes into a claim, past its re-check, nor into a pause, past its own clock.
            WHEN 'into' THEN EXISTS (SELECT FROM cases c WHERE c.id = (p_data ->> 'into')::bigint AND c.id <> p_case.id
                                     AND c.state = ANY ((SELECT m.sources FROM steps m WHERE m.verb = 'merge')::text[]) AND c.chain[1:2] = p_case.chain[1:2] AND c.private = p_case.private
                                     AND c.about_official = p_case.about_official
                                     -- What came past the grid goes into what came past it to the same desk, and nothing else does.
                                     AND CASE WHEN 'letterbox' IN (c.channel, p_case.channel) OR 'visit' IN (c.channel, p_case.channel)
                                              THEN c.channel IN ('letterbox', 'visit') AND p_case.channel IN ('letterbox', 'visit') AND c.chain = p_case.chain ELSE true END)
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

INSERT INTO steps (verb, sources, target, who, needs, shown) VALUES
    ('escalate', '{accepted,dispatched,in_progress}', 'accepted', '{owner,dispatcher,above,service}', '{words,higher,parts}', true);
UPDATE steps SET needs = needs || '{authority}' WHERE verb IN ('take', 'start', 'claim');
UPDATE steps SET needs = needs || '{level,loop}' WHERE verb = 'dispatch';

-- As before, with going up.
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
    WHEN 'escalate' THEN
        p_case := owned_by(p_case, escalated_to(p_case, p_at));
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

-- When something must have begun to be due at an instant: the last one; later beginnings are never due earlier.
CREATE FUNCTION begun_by(p_at timestamptz, p_after jsonb) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_early timestamptz := p_at - interval '15000 days';
    v_late timestamptz := p_at;
    v_between timestamptz;
BEGIN
    WHILE v_late - v_early > interval '1 microsecond' LOOP
        v_between := v_early + (v_late - v_early) / 2;
        IF due_after(v_between, p_after) <= p_at THEN
            v_early := v_between;
        ELSE
            v_late := v_between;
        END IF;
    END LOOP;
    RETURN v_early;
END $$;

-- The clock of a level begins with a new owner of another level and where a case begins anew, and stands still in a pause and while it is claimed.
CREATE FUNCTION level_clock() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_paused timestamptz;
BEGIN
    IF NEW.verb IN ('resume', 'fail_recheck') THEN
        SELECT e.at INTO v_paused FROM events e WHERE e.case_id = NEW.case_id AND e.verb = CASE NEW.verb WHEN 'resume' THEN 'pause' ELSE 'claim' END
        ORDER BY e.seq DESC LIMIT 1;
        UPDATE cases SET level_since = work_instant(work_clock(NEW.at) - greatest(0, work_seconds(coalesce(level_since, received_at), v_paused)))
        WHERE id = NEW.case_id;
    ELSIF NEW.verb IN ('deny', 'reopen') OR (SELECT a.level FROM areas a WHERE a.code = NEW.data #>> '{owner,area_code}')
          IS DISTINCT FROM (SELECT a.level FROM areas a WHERE a.code = NEW.data #>> '{owner_before,area_code}') THEN
        UPDATE cases SET level_since = NEW.at WHERE id = NEW.case_id AND level_since IS DISTINCT FROM NEW.at;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER level_clock AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.seq > 1 AND (NEW.data ? 'owner' OR NEW.verb IN ('resume', 'fail_recheck', 'deny', 'reopen'))) EXECUTE FUNCTION level_clock();

-- What another case was promised makes it older; at its level it has been as long as before.
CREATE FUNCTION level_keeps() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.level_since := coalesce(NEW.level_since, OLD.received_at);
    RETURN NEW;
END $$;
CREATE TRIGGER level_keeps BEFORE UPDATE OF received_at ON cases FOR EACH ROW WHEN (NEW.received_at < OLD.received_at) EXECUTE FUNCTION level_keeps();

-- The open cases that go up by a rule at an instant, each with the rule: what its level may not handle, else what has been there too long.  A rule counts
-- time from when it began.  Not what is paused or claimed, nor where nobody stands above.
CREATE FUNCTION escalations_due(p_at timestamptz, p_limit integer) RETURNS TABLE (case_id bigint, version integer, rule_id integer)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_levels text[] := (edition_at(p_at)).levels;
    -- The categories of which a rule says who may handle them.
    v_listed text[] := ARRAY(
        SELECT k.code FROM (SELECT DISTINCT n.code FROM categories n) k JOIN escalation_rules r ON r.kind = 'authority' AND r.during @> p_at
             AND (r.category_code = k.code OR r.family = (category_at(k.code, p_at)).family));
BEGIN
    RETURN QUERY
    WITH rules AS MATERIALIZED (
        SELECT r.*, array_position(v_levels, r.level) AS rank, begun_by(p_at, r.after) AS begun_by
        FROM escalation_rules r WHERE r.during @> p_at
    ),
    -- Every open case is looked at once, whatever the number of rules; few are left for them.
    looked AS MATERIALIZED (
        SELECT c.id, c.version, c.category_code, c.chain, c.urgency, coalesce(c.level_since, c.received_at) AS since, a.level
        FROM cases c JOIN areas a ON a.code = c.owner_area_code
        LEFT JOIN (SELECT r.level, max(r.begun_by) AS begun_by FROM rules r WHERE r.kind = 'clock' GROUP BY r.level) k ON k.level = a.level
        WHERE c.closed_at IS NULL AND c.state IN ('received', 'accepted', 'dispatched', 'in_progress')
          AND (coalesce(c.level_since, c.received_at) <= k.begun_by OR c.category_code = ANY (v_listed))
          AND (c.owner_area_code, c.owner_role) IS DISTINCT FROM (c.chain[1], 'desk')
    ),
    found AS (
        SELECT l.id, l.version, r.id AS rule_id, r.kind, r.rank, array_position(v_levels, l.level) AS at, l.chain, r.area_code, r.category_code AS of_category
        FROM looked l JOIN rules r ON (r.category_code IS NULL OR r.category_code = l.category_code)
             AND (r.family IS NULL OR r.family = (category_at(l.category_code, p_at)).family)
             AND (r.area_code IS NULL OR r.area_code = ANY (l.chain))
             AND CASE r.kind WHEN 'authority' THEN l.category_code = ANY (v_listed)
                 ELSE r.level = l.level AND (r.urgency IS NULL OR r.urgency = l.urgency) AND l.since <= r.begun_by AND lower(r.during) <= r.begun_by END
    ),
    -- The nearest rule of authority alone counts; authority_over() says it of a single case.
    ruled AS (
        SELECT DISTINCT ON (f.id, f.kind) f.* FROM found f
        ORDER BY f.id, f.kind, f.of_category IS NULL, array_position(f.chain, f.area_code::text) DESC NULLS LAST,
                 CASE f.kind WHEN 'authority' THEN -f.rule_id ELSE f.rule_id END
    )
    SELECT DISTINCT ON (u.id) u.id, u.version, u.rule_id FROM ruled u
    WHERE u.kind = 'clock' OR u.at > u.rank AND EXISTS (SELECT FROM cases c WHERE c.id = u.id AND beyond_owner(c, p_at) = u.rule_id)
    ORDER BY u.id, u.kind LIMIT p_limit;
END $$;

-- Sends up what goes up by a rule, each case once, at most so many; answers how many.  What nobody has accepted stays to be accepted.  Two at once: each
-- takes what the other has not; a case in which a step was taken in between has another version, and is looked at again next time.
CREATE FUNCTION escalate_due(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_step steps := (SELECT s FROM steps s WHERE s.verb = 'escalate');
    v_stay steps := v_step;
    v_moved integer;
BEGIN
    v_stay.target := NULL;
    WITH due AS MATERIALIZED (SELECT * FROM escalations_due(p_at, p_limit)),
    locked AS MATERIALIZED (
        SELECT c AS before, d.rule_id FROM due d JOIN cases c ON c.id = d.case_id AND c.version = d.version
        ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
    ),
    raised AS MATERIALIZED (
        SELECT l.before, l.rule_id, stepped(l.before, CASE WHEN (l.before).state = 'received' THEN v_stay ELSE v_step END, p_at, '{}') AS after FROM locked l
    ),
    moved AS (
        UPDATE cases c SET state = (r.after).state, owner_area_code = (r.after).owner_area_code, owner_role = (r.after).owner_role,
            owner_posting_id = (r.after).owner_posting_id, elsewhere = (r.after).elsewhere, stage_due_at = (r.after).stage_due_at,
            asked_until = (r.after).asked_until, version = (r.after).version, level_since = p_at
        FROM raised r WHERE c.id = (r.before).id
        RETURNING c AS now, r.before, r.rule_id
    )
    SELECT count(add_event(m.now, p_at, 'escalate', NULL, NULL, false, jsonb_build_object('as', '["service"]'::jsonb, 'rule_id', m.rule_id,
        'owner', jsonb_build_object('area_code', (m.now).owner_area_code, 'role', (m.now).owner_role, 'posting_id', (m.now).owner_posting_id),
        'owner_before', jsonb_build_object('area_code', (m.before).owner_area_code, 'role', (m.before).owner_role, 'posting_id', (m.before).owner_posting_id))))
    INTO v_moved FROM moved m;
    RETURN v_moved;
END $$;

-- Makes a rule and answers its number; it begins at p_at at the earliest.  GW070: not for this actor; GW071: refused, the detail names the field.
CREATE FUNCTION add_escalation_rule(p_session bytea, p_at timestamptz, p_rule jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_edition editions := edition_at(p_at);
    v_rule escalation_rules := jsonb_populate_record(NULL::escalation_rules, p_rule - '{during,id}'::text[]);
    v_since timestamptz := greatest((p_rule ->> 'since')::timestamptz, p_at);
    v_until timestamptz := (p_rule ->> 'until')::timestamptz;
    v_wrong text;
    v_id integer;
BEGIN
    IF NOT may_rule(v_rule.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW070';
    END IF;
    v_wrong := CASE
        WHEN NOT coalesce(v_rule.kind IN ('authority', 'clock'), false) THEN 'kind'
        WHEN v_until <= v_since THEN 'until'
        WHEN (category_at(v_rule.category_code, v_since)).code IS DISTINCT FROM v_rule.category_code THEN 'category'
        WHEN v_rule.family IS NOT NULL AND NOT EXISTS (SELECT FROM categories k WHERE k.family = v_rule.family) THEN 'family'
        WHEN v_rule.family IS NOT NULL AND v_rule.category_code IS NOT NULL THEN 'family'
        WHEN v_rule.kind = 'authority' AND v_rule.family IS NULL AND v_rule.category_code IS NULL THEN 'category'
        WHEN v_rule.kind = 'authority' AND v_rule.urgency IS NOT NULL THEN 'urgency'
        WHEN v_rule.area_code IS NOT NULL AND NOT EXISTS (
            SELECT FROM boundaries b WHERE b.edition_id = v_edition.id AND b.code = v_rule.area_code) THEN 'area_code'
        WHEN NOT coalesce(v_rule.level = ANY (v_edition.levels), false) THEN 'level'
        -- Above the topmost level nobody stands: there is nowhere to go.
        WHEN v_rule.kind = 'clock' AND v_rule.level = v_edition.levels[1] THEN 'level'
        WHEN v_rule.kind = 'clock' AND NOT coalesce(is_deadline(v_rule.after), false) THEN 'after'
        WHEN v_rule.kind = 'authority' AND v_rule.after IS NOT NULL THEN 'after'
        WHEN coalesce(v_rule.note, '') = '' THEN 'note'
        END;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the rule is refused: %', v_wrong USING ERRCODE = 'GW071', DETAIL = v_wrong;
    END IF;
    INSERT INTO escalation_rules (kind, during, note, category_code, family, area_code, urgency, level, after, made_at, made_by)
    VALUES (v_rule.kind, tstzrange(v_since, v_until), v_rule.note, v_rule.category_code, v_rule.family, v_rule.area_code, v_rule.urgency,
            v_rule.level, v_rule.after, p_at, v_person)
    RETURNING id INTO v_id;
    RETURN v_id;
END $$;

-- Ends a rule at p_at; one that has not begun never comes into force.  GW070: not for this actor; GW072: none that could end.
CREATE FUNCTION end_escalation_rule(p_session bytea, p_at timestamptz, p_id integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_rule escalation_rules;
BEGIN
    SELECT * INTO v_rule FROM escalation_rules r WHERE r.id = p_id AND r.during && tstzrange(p_at, NULL) FOR UPDATE;
    IF v_rule.id IS NULL THEN
        RAISE EXCEPTION 'no such rule' USING ERRCODE = 'GW072';
    ELSIF NOT may_rule(v_rule.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW070';
    END IF;
    UPDATE escalation_rules SET ended_by = v_person,
        during = CASE WHEN lower(during) >= p_at THEN 'empty' ELSE tstzrange(lower(during), p_at) END
    WHERE id = p_id;
END $$;

-- What the case's page says of a case that the actor sees: the rule by which whoever has it may not handle it, or by which it goes up next and when.
CREATE FUNCTION goes_up(p_case bigint, p_at timestamptz) RETURNS TABLE (rule_id integer, kind text, note text, level text, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH asked AS (SELECT c FROM cases c WHERE c.id = p_case AND actor_sees(c) AND c.state IN ('received', 'accepted', 'dispatched', 'in_progress')
                   AND (c.owner_area_code, c.owner_role) IS DISTINCT FROM (c.chain[1], 'desk'))
    (SELECT r.id, r.kind, r.note, r.level, p_at FROM asked a JOIN escalation_rules r ON r.id = beyond_owner(a.c, p_at))
    UNION ALL
    (SELECT r.id, r.kind, r.note, r.level, due_after(greatest(coalesce((a.c).level_since, (a.c).received_at), lower(r.during)), r.after)
     FROM asked a JOIN areas o ON o.code = (a.c).owner_area_code
     JOIN escalation_rules r ON r.kind = 'clock' AND r.during @> p_at AND r.level = o.level
          AND (r.category_code IS NULL OR r.category_code = (a.c).category_code)
          AND (r.family IS NULL OR r.family = (category_at((a.c).category_code, p_at)).family)
          AND (r.area_code IS NULL OR r.area_code = ANY ((a.c).chain)) AND (r.urgency IS NULL OR r.urgency = (a.c).urgency)
     ORDER BY 5, 1 LIMIT 1)
    LIMIT 1
$$;

-- Of the cases of some areas that were confirmed as solved in [p_since, p_until): how many, and by the level whose they were then.  Whoever may see the cases.
CREATE FUNCTION solved_by_level(p_areas text[], p_since timestamptz, p_until timestamptz) RETURNS TABLE (level text, solved bigint)
LANGUAGE sql STABLE AS $$
    SELECT a.level, count(*) FROM cases c JOIN areas a ON a.code = c.owner_area_code
    WHERE c.chain && p_areas AND c.confirmed AND c.closed_at >= p_since AND c.closed_at < p_until
    GROUP BY a.level
$$;

REVOKE EXECUTE ON FUNCTION level_place, place_in, authority_over, beyond_owner, escalated_to, goes_round, begun_by, level_clock, level_keeps, escalations_due, escalate_due,
    add_escalation_rule, end_escalation_rule, goes_up, solved_by_level FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_escalation_rule, end_escalation_rule, goes_up, solved_by_level TO gridwarden_web;
GRANT EXECUTE ON FUNCTION escalate_due TO gridwarden_worker;
