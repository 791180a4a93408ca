-- What one alone cannot solve (联办): the owner of a case leads, and others have a part of it each, with a task, a deadline and a history of its own.

-- posting_id: who assists, a department, a desk, a head or a deputy.  The task and all that was said of it are words of the case's events.
CREATE TABLE parts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases,
    nth         integer NOT NULL CHECK (nth BETWEEN 1 AND 99),
    posting_id  integer NOT NULL REFERENCES postings,
    state       text NOT NULL CHECK (state IN ('asked', 'working', 'done', 'handed_back', 'withdrawn')),
    version     integer NOT NULL DEFAULT 1,
    asked_at    timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    ended_at    timestamptz,
    -- Until when its being late was told.
    told_due_at timestamptz,
    UNIQUE (case_id, nth),
    CHECK (due_at > asked_at),
    CHECK ((state IN ('done', 'withdrawn')) = (ended_at IS NOT NULL))
);
-- Usage: what is late, every minute; a desk's open parts.
CREATE INDEX parts_open ON parts (due_at) WHERE ended_at IS NULL;
-- Usage: which cases somebody assists with.
CREATE INDEX parts_by_posting ON parts (posting_id);

-- The steps of a part, as those of a case: what it must be, what it becomes, who may, what is needed.  grids/part_workflow.py has the same rows.
CREATE TABLE part_steps (
    verb     text PRIMARY KEY,
    sources  text[] NOT NULL,
    target   text,
    who      text[] NOT NULL,
    needs    text[] NOT NULL
);
INSERT INTO part_steps (verb, sources, target, who, needs) VALUES
    ('part_ask', '{}', 'asked', '{lead}', '{words,owner,until}'),
    ('part_start', '{asked}', 'working', '{assisting}', '{}'),
    ('part_done', '{asked,working}', 'done', '{assisting}', '{words}'),
    ('part_back', '{asked,working}', 'handed_back', '{assisting}', '{words}'),
    ('part_move', '{asked,working,handed_back}', 'asked', '{lead}', '{owner,until}'),
    ('part_until', '{asked,working}', NULL, '{lead}', '{words,until}'),
    ('part_redo', '{done}', 'asked', '{lead}', '{words,until}'),
    ('part_withdraw', '{asked,working,handed_back}', 'withdrawn', '{lead}', '{words}');

ALTER TABLE parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE parts FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON parts TO gridwarden_owner USING (true) WITH CHECK (true);
-- Whoever sees the case.
CREATE POLICY chain_reads ON parts FOR SELECT TO gridwarden_web USING (EXISTS (SELECT FROM cases c WHERE c.id = case_id));
GRANT SELECT ON parts, part_steps TO gridwarden_web;

-- A posting as an owner is written.
CREATE FUNCTION posted(p_posting postings) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('area_code', p_posting.area_code, 'role', p_posting.role, 'posting_id', p_posting.id)
$$;

-- Whether others have a part of a case, or had one that was not taken back.
CREATE FUNCTION is_joint(p_case bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM parts t WHERE t.case_id = p_case AND t.state <> 'withdrawn');
END $$;

-- Who assists sees the case as an owner does who is not of its areas.
CREATE FUNCTION assisting_see() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM parts t WHERE t.case_id = NEW.id) THEN
        NEW.elsewhere := (
            SELECT array_agg(DISTINCT k ORDER BY k) FROM (
                SELECT unnest((owned_by(NEW, jsonb_build_object('area_code', NEW.owner_area_code, 'role', NEW.owner_role, 'posting_id', NEW.owner_posting_id))).elsewhere)
                UNION ALL
                SELECT unnest((owned_by(NEW, posted(s))).elsewhere) FROM parts t JOIN postings s ON s.id = t.posting_id
                WHERE t.case_id = NEW.id AND t.state <> 'withdrawn') o (k));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assisting_see BEFORE UPDATE OF elsewhere ON cases FOR EACH ROW EXECUTE FUNCTION assisting_see();

-- As before, and what waits for others.
CREATE OR REPLACE FUNCTION lacking(p_case cases) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN p_case.asked_until IS NULL THEN 'asked' END,
        CASE WHEN (p_case.owner_area_code, p_case.owner_role) = (p_case.chain[1], 'desk') THEN 'higher' END,
        CASE WHEN EXISTS (SELECT FROM parts t WHERE t.case_id = p_case.id AND t.state IN ('asked', 'working', 'handed_back')) THEN 'parts' END,
        CASE WHEN (SELECT count(*) <= 1 FROM reports r WHERE r.case_id = p_case.id) THEN 'report' END], NULL)
$$;

-- As before; that no part is open, lacking() says.
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

UPDATE steps SET needs = needs || '{parts}' WHERE verb IN ('return', 'claim', 'decline', 'will_not_do', 'merge');

-- As before; who leads a joint case is for those above to say, so its own level directs nothing of it while there is somebody above.
CREATE OR REPLACE FUNCTION relations_to(p_case cases, p_person integer, p_link bytea, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_posted postings;
    v_place integer;
    v_owner_place integer := coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain) + 1);
    v_found text[] := '{}';
    v_directs boolean := false;
    v_joint boolean := is_joint(p_case.id);
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
        IF v_posted.role IN ('desk', 'dispatcher') AND (v_owner_place = 1 OR NOT v_joint) AND (v_place <= v_owner_place OR NOT EXISTS (
               SELECT FROM postings p WHERE p.area_code = p_case.owner_area_code AND p.during @> p_at AND works_for_owner(p, p_case))) THEN
            v_found := v_found || 'dispatcher'::text;
        END IF;
        IF v_posted.role IN ('desk', 'dispatcher', 'supervisor') THEN
            v_directs := v_directs OR NOT p_case.recheck_above OR v_owner_place = 1 OR v_place < v_owner_place;
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

-- By which of his postings somebody is of those who were asked.
CREATE FUNCTION assisting_posting(p_case cases, p_part parts, p_person integer, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT min(p.id) FROM postings p, postings s
            WHERE p.person_id = p_person AND p.during @> p_at AND s.id = p_part.posting_id AND works_for_owner(p, owned_by(p_case, posted(s))));
END $$;

-- What somebody is to a part: leads the case or stands above who does, or is of those who were asked.
CREATE FUNCTION relations_to_part(p_case cases, p_part parts, p_person integer, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN relations_to(p_case, p_person, NULL, p_at) && '{owner,dispatcher,above}' THEN 'lead' END,
        CASE WHEN assisting_posting(p_case, p_part, p_person, p_at) IS NOT NULL THEN 'assisting' END], NULL)
$$;

-- What the actor may do with each part of a case that he sees.
CREATE FUNCTION my_parts(p_case bigint, p_at timestamptz) RETURNS TABLE (nth integer, relations text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT t.nth, relations_to_part(c, t, actor_person(), p_at) FROM cases c JOIN parts t ON t.case_id = c.id
    WHERE c.id = p_case AND actor_sees(c) ORDER BY t.nth
$$;

-- The open parts of those of whom the actor is one, the earliest deadline first.
CREATE FUNCTION parts_to_do(p_at timestamptz, p_limit integer)
RETURNS TABLE (case_id bigint, nth integer, state text, due_at timestamptz, category_code text, area text, desk text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT c.id, t.nth, t.state, t.due_at, c.category_code, area_name(coalesce(c.area_code, c.chain[1]), p_at), s.desk
    FROM parts t JOIN postings s ON s.id = t.posting_id JOIN cases c ON c.id = t.case_id
    WHERE t.state IN ('asked', 'working') AND c.closed_at IS NULL
      AND s.area_code IN (SELECT p.area_code FROM postings p WHERE p.person_id = actor_person() AND p.during @> p_at)
      AND assisting_posting(c, t, actor_person(), p_at) IS NOT NULL
    ORDER BY t.due_at, t.id LIMIT p_limit
$$;

-- Takes a step of a part, under the lock of its case.  Errors as take_step; the version is the part's own, so that those who assist do not wait for each other.
CREATE FUNCTION take_part_step(
    p_session bytea, p_at timestamptz, p_case bigint, p_nth integer, p_version integer, p_verb text, p_words text, p_data jsonb
) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_case cases;
    v_part parts;
    v_before parts;
    v_step part_steps;
    v_is text[];
    v_owner jsonb;
    v_until timestamptz := (p_data ->> 'until')::timestamptz;
    v_lacks text;
    v_seq integer;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case FOR UPDATE;
    SELECT * INTO v_part FROM parts t WHERE t.case_id = p_case AND t.nth = p_nth;
    IF v_case.id IS NULL OR NOT actor_sees(v_case) OR p_verb <> 'part_ask' AND v_part.id IS NULL THEN
        RAISE EXCEPTION 'no such part for this actor' USING ERRCODE = 'GW024';
    END IF;
    IF p_verb <> 'part_ask' AND v_part.version IS DISTINCT FROM p_version THEN
        RAISE EXCEPTION 'the part has changed' USING ERRCODE = 'GW020', DETAIL = jsonb_build_object(
            'version', v_part.version, 'state', v_part.state,
            'last', (SELECT e.verb FROM events e WHERE e.case_id = p_case AND e.data ->> 'part' = p_nth::text ORDER BY e.seq DESC LIMIT 1))::text;
    END IF;
    v_is := relations_to_part(v_case, v_part, v_person, p_at);
    SELECT * INTO v_step FROM part_steps s WHERE s.verb = p_verb AND (v_part.state = ANY (s.sources) OR p_verb = 'part_ask')
        AND (v_case.state IN ('accepted', 'dispatched', 'in_progress') OR v_case.state = 'paused' AND p_verb NOT IN ('part_ask', 'part_move', 'part_redo'));
    IF v_step.verb IS NULL THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'GW021', DETAIL = jsonb_build_object('state', coalesce(v_part.state, v_case.state), 'allowed', (
            SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM part_steps s WHERE v_part.state = ANY (s.sources) AND s.who && v_is AND v_case.closed_at IS NULL))::text;
    END IF;
    IF NOT v_step.who && v_is THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object('who', v_step.who, 'allowed', (
            SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM part_steps s WHERE v_part.state = ANY (s.sources) AND s.who && v_is))::text;
    END IF;
    -- Nobody is asked to assist himself, nor twice at a time.
    v_owner := posted_owner(v_case, (p_data #>> '{owner,posting_id}')::integer, p_at);
    IF (v_owner ->> 'posting_id')::integer = v_case.owner_posting_id OR EXISTS (
           SELECT FROM parts t WHERE t.case_id = p_case AND t.posting_id = (v_owner ->> 'posting_id')::integer AND t.ended_at IS NULL AND t.state <> 'handed_back') THEN
        v_owner := NULL;
    END IF;
    v_lacks := (SELECT n FROM unnest(v_step.needs) WITH ORDINALITY u (n, place) WHERE NOT coalesce(CASE n
        WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000
        WHEN 'owner' THEN v_owner IS NOT NULL
        WHEN 'until' THEN v_until > p_at END, false) ORDER BY place LIMIT 1);
    IF v_lacks IS NOT NULL THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = jsonb_build_object('need', v_lacks)::text;
    END IF;
    v_before := v_part;
    IF p_verb = 'part_ask' THEN
        SELECT count(*) + 1 INTO v_part.nth FROM parts t WHERE t.case_id = p_case;
        INSERT INTO parts (case_id, nth, posting_id, state, asked_at, due_at)
        VALUES (p_case, v_part.nth, (v_owner ->> 'posting_id')::integer, 'asked', p_at, v_until) RETURNING * INTO v_part;
    ELSE
        UPDATE parts t SET
            state = coalesce(v_step.target, t.state), version = t.version + 1,
            posting_id = CASE WHEN 'owner' = ANY (v_step.needs) THEN (v_owner ->> 'posting_id')::integer ELSE t.posting_id END,
            due_at = CASE WHEN 'until' = ANY (v_step.needs) THEN v_until ELSE t.due_at END,
            ended_at = CASE WHEN coalesce(v_step.target, t.state) IN ('done', 'withdrawn') THEN p_at END
        WHERE t.id = v_part.id RETURNING * INTO v_part;
    END IF;
    -- Who sees it may be others now.
    UPDATE cases SET elsewhere = elsewhere WHERE id = p_case;
    v_seq := add_event(v_case, p_at, p_verb, CASE WHEN v_step.who = '{assisting}' THEN assisting_posting(v_case, v_part, v_person, p_at) ELSE acting_posting(v_case, v_person, p_at) END,
        p_words, false, jsonb_build_object('as', v_step.who, 'part', v_part.nth, 'part_state', v_part.state, 'posting_id', v_part.posting_id)
        || CASE WHEN v_part.posting_id <> v_before.posting_id THEN jsonb_build_object('posting_before', v_before.posting_id) ELSE '{}' END
        || CASE WHEN v_part.due_at IS DISTINCT FROM v_before.due_at THEN jsonb_build_object('part_due_at', v_part.due_at) ELSE '{}' END);
    RETURN jsonb_build_object('case_id', p_case, 'nth', v_part.nth, 'state', v_part.state, 'version', v_part.version, 'due_at', v_part.due_at,
                              'posting_id', v_part.posting_id, 'seq', v_seq);
END $$;

-- Tells once of each part that is late: those who have it, and who leads.
CREATE FUNCTION parts_late(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_late record;
    v_told integer := 0;
BEGIN
    FOR v_late IN
        SELECT t.id, t.nth, t.posting_id, t.due_at, t.state AS part_state, c AS of_case FROM parts t JOIN cases c ON c.id = t.case_id
        WHERE t.state IN ('asked', 'working') AND t.due_at <= p_at AND t.told_due_at IS DISTINCT FROM t.due_at AND c.closed_at IS NULL AND c.state <> 'paused'
        ORDER BY t.due_at, t.id LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
    LOOP
        UPDATE parts SET told_due_at = v_late.due_at WHERE id = v_late.id;
        PERFORM add_event(v_late.of_case, p_at, 'part_late', NULL, NULL, false, jsonb_build_object(
            'as', '["service"]'::jsonb, 'part', v_late.nth, 'part_state', v_late.part_state, 'posting_id', v_late.posting_id));
        v_told := v_told + 1;
    END LOOP;
    RETURN v_told;
END $$;

-- As before, and whom a part concerns.
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
     FROM asked a JOIN reports r ON CASE WHEN a.topic IN ('case.merge', 'case.join') THEN r.id IN (
              SELECT (e.data ->> 'report_id')::bigint FROM events e WHERE e.case_id IN (SELECT k.kin_id FROM kin(ARRAY[a.case_id]) k) AND e.verb IN ('receive', 'split_off'))
              AND r.case_id <> a.case_id ELSE r.case_id = a.case_id END
     JOIN report_contacts k ON k.report_id = r.id
     WHERE mail_address(k.contact) IS NOT NULL AND (a.topic <> 'report.received' OR r.id = (a.payload ->> 'report_id')::bigint)
       -- Whoever said himself that it is the same knows.
       AND CASE WHEN a.topic IN ('case.join', 'case.reopen') THEN EXISTS (
               SELECT FROM events e WHERE e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer
               AND CASE e.verb WHEN 'join' THEN e.data -> 'as' ? 'service' ELSE r.id IS DISTINCT FROM (e.data ->> 'again')::bigint END) ELSE true END
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
    -- Whoever has a part of it; after it was handed to somebody else both.
    SELECT DISTINCT a.id, 'assistant', 'person:' || p.id, p.lang, a.facts
    FROM asked a JOIN events e ON e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer AND e.data ? 'part'
         CROSS JOIN LATERAL unnest(ARRAY[e.data ->> 'posting_id', e.data ->> 'posting_before']) o (id)
         JOIN postings s ON s.id = o.id::integer, people_of(posted(s), p_at) w JOIN people p ON p.id = w
    WHERE a.topic <> 'case.part_done' AND mail_address(p.email) IS NOT NULL
      AND NOT EXISTS (SELECT FROM postings y WHERE y.id = (a.payload ->> 'posting_id')::integer AND y.person_id = p.id)
    UNION ALL
    SELECT a.id, 'program', 'subscription:' || s.id, 'en', a.facts
    FROM asked a JOIN cases c ON c.id = a.case_id AND NOT c.private AND NOT c.about_official
    JOIN subscriptions s ON s.ended_at IS NULL AND s.area_code = ANY (a.chain) AND a.topic = ANY (s.topics)
    UNION ALL
    SELECT o.id, t.relation, 'person:' || p.id, p.lang, jsonb_build_object('cause_id', o.payload -> 'cause_id')
    FROM outbox o CROSS JOIN LATERAL (
        SELECT 'owner' AS relation, w AS person_id FROM people_of(o.payload -> 'owner', p_at) w
        UNION ALL
        SELECT 'supervisor', s.person_id FROM postings s
        WHERE s.id = supervisor_over((SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = o.payload #>> '{owner,area_code}'), p_at)
          -- Who sits at the desk, too, is told as that.
          AND s.person_id NOT IN (SELECT people_of(o.payload -> 'owner', p_at))) t JOIN people p ON p.id = t.person_id
    WHERE o.id = ANY (p_ids) AND o.topic = 'cause.raised' AND mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT o.id, 'lists', 'posting:' || s.id || ':' || p.id, p.lang, '{}'
    FROM outbox o JOIN postings s ON s.role IN ('head', 'deputy', 'desk') AND s.during @> p_at, list_readers(s, p_at) w JOIN people p ON p.id = w
    WHERE o.id = ANY (p_ids) AND o.topic = 'week.begun' AND mail_address(p.email) IS NOT NULL
$$;

-- As before; that others were asked to help is told to its reporters, and not how they go on.
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
                   WHERE v.case_id = c.id AND v.verb NOT IN ('note', 'look') AND (v.verb NOT LIKE 'part\_%' OR v.verb = 'part_ask') AND (NOT r.joined OR v.at >= r.received_at)))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

REVOKE EXECUTE ON FUNCTION posted, is_joint, assisting_see, relations_to_part, assisting_posting, my_parts, parts_to_do, take_part_step, parts_late FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_parts, parts_to_do, take_part_step TO gridwarden_web;
GRANT EXECUTE ON FUNCTION parts_late TO gridwarden_worker;
