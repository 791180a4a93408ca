-- Who may do what, and the steps of a case.  The table `steps` is grids/workflow.py as the database holds it (a test compares
-- them): the service shows what it allows, take_step() enforces it again under the lock of the case.

-- Roles.  A department owns like a desk does; its people are handlers.
ALTER TABLE postings DROP CONSTRAINT postings_role_check, DROP CONSTRAINT postings_check, DROP CONSTRAINT postings_check1;
ALTER TABLE postings
    ADD CONSTRAINT postings_role_check CHECK (role IN (
        'head', 'deputy', 'member', 'desk', 'dispatcher', 'department', 'handler', 'clerk', 'supervisor', 'planner', 'administrator')),
    ADD CONSTRAINT postings_have_a_person CHECK (
        CASE role WHEN 'desk' THEN true WHEN 'department' THEN person_id IS NULL ELSE person_id IS NOT NULL END),
    ADD CONSTRAINT postings_have_a_desk CHECK ((role IN ('desk', 'department', 'handler')) = (desk IS NOT NULL)),
    ADD CONSTRAINT one_department_of_a_name EXCLUDE USING gist (area_code WITH =, desk WITH =, during WITH &&)
        WHERE (role = 'department');

ALTER TABLE cases DROP CONSTRAINT cases_state_check, DROP CONSTRAINT cases_check1, DROP CONSTRAINT cases_owner_role_check;
ALTER TABLE cases
    ADD COLUMN hazard boolean NOT NULL DEFAULT false,
    ADD COLUMN recurring boolean NOT NULL DEFAULT false,
    ADD COLUMN about_official boolean NOT NULL DEFAULT false,
    ADD COLUMN returned integer NOT NULL DEFAULT 0 CHECK (returned >= 0),   -- how often it was sent back
    ADD COLUMN stage_due_at timestamptz,             -- of the present stage; null: none but due_at
    ADD COLUMN asked_until timestamptz,              -- an extension that waits for an answer
    ADD COLUMN paused_at timestamptz,
    ADD COLUMN paused_until timestamptz,
    ADD COLUMN claimed_at timestamptz,
    ADD COLUMN recheck text[] NOT NULL DEFAULT '{}', -- why a re-check is compulsory; empty: it is not
    ADD COLUMN evaluation text CHECK (evaluation IN ('solved', 'partly', 'not')),
    ADD COLUMN merged_into bigint REFERENCES cases,
    ADD COLUMN elsewhere text[],                     -- who owns it from outside its chain, and so may read it: keys of actor_keys()
    ADD CONSTRAINT cases_state_check CHECK (state IN (
        'received', 'accepted', 'declined', 'dispatched', 'in_progress', 'paused', 'claimed_solved', 'closed', 'will_not_do', 'merged')),
    ADD CONSTRAINT cases_check1 CHECK ((state IN ('declined', 'closed', 'will_not_do', 'merged')) = (closed_at IS NOT NULL)),
    ADD CONSTRAINT cases_owner_role_check CHECK (owner_role IN ('head', 'deputy', 'desk', 'department')),
    ADD CONSTRAINT cases_paused CHECK ((state = 'paused') = (paused_at IS NOT NULL)),
    ADD CONSTRAINT cases_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL));
-- Usage: chain_reads, what is owned from outside its chain; nearly every row has null here.
CREATE INDEX cases_elsewhere ON cases USING gin (elsewhere) WHERE elsewhere IS NOT NULL;
-- Usage: the open cases of an owner, the earliest deadline first.
CREATE INDEX cases_open_by_owner ON cases (owner_area_code, owner_role, due_at) WHERE closed_at IS NULL;
-- Usage: what was claimed and not confirmed: re-checks that are due, silence that has lasted.
CREATE INDEX cases_claimed ON cases (claimed_at) WHERE state = 'claimed_solved';

-- The free text of a step.  Apart from the events, so that it can be erased; the event keeps its salted digest.
CREATE TABLE event_words (
    event_id  bigint PRIMARY KEY REFERENCES events,
    case_id   bigint NOT NULL REFERENCES cases,
    words     text NOT NULL CHECK (length(words) BETWEEN 1 AND 4201), -- 4,000, and a responsible body before them
    salt      bytea NOT NULL,
    shown     boolean NOT NULL                       -- to the reporters
);
-- Usage: the history of a case.
CREATE INDEX event_words_by_case ON event_words (case_id);

-- grids/workflow.py, row by row.  `target` null: the state stays.
CREATE TABLE steps (
    verb     text PRIMARY KEY,
    sources  text[] NOT NULL,
    target   text,
    who      text[] NOT NULL,
    needs    text[] NOT NULL,
    shown    boolean NOT NULL
);
INSERT INTO steps (verb, sources, target, who, needs, shown) VALUES
    ('accept', '{received}', 'accepted', '{owner,dispatcher}', '{}', false),
    ('decline', '{received,accepted}', 'declined', '{dispatcher,above}', '{words}', true),
    ('dispatch', '{received,accepted,dispatched,in_progress}', 'dispatched', '{dispatcher,above,service}', '{owner}', false),
    ('take', '{received,accepted}', 'in_progress', '{owner}', '{}', false),
    ('start', '{dispatched}', 'in_progress', '{owner}', '{}', false),
    ('return', '{accepted,dispatched,in_progress}', 'accepted', '{owner}', '{words}', false),
    ('ask_extension', '{accepted,dispatched,in_progress}', NULL, '{owner}', '{words,until}', false),
    ('approve_extension', '{accepted,dispatched,in_progress}', NULL, '{above}', '{asked}', true),
    ('refuse_extension', '{accepted,dispatched,in_progress}', NULL, '{above}', '{asked,words}', false),
    ('pause', '{accepted,dispatched,in_progress}', 'paused', '{dispatcher,above}', '{words,until}', true),
    ('resume', '{paused}', 'accepted', '{owner,dispatcher,above,service}', '{}', false),
    ('claim', '{in_progress}', 'claimed_solved', '{owner}', '{words}', true),
    ('confirm', '{claimed_solved}', 'closed', '{reporter}', '{}', false),
    ('deny', '{claimed_solved}', 'accepted', '{reporter}', '{words}', true),
    ('pass_recheck', '{claimed_solved}', 'closed', '{uninvolved}', '{words}', true),
    ('fail_recheck', '{claimed_solved}', 'in_progress', '{uninvolved}', '{words}', true),
    ('lapse', '{claimed_solved}', 'closed', '{service}', '{silence}', false),
    ('reopen', '{declined,closed,will_not_do}', 'accepted', '{reporter,above,supervisor}', '{words}', true),
    ('evaluate', '{closed}', NULL, '{reporter}', '{rating}', true),
    ('will_not_do', '{accepted,dispatched,in_progress,paused}', 'will_not_do', '{dispatcher,above}', '{words,body}', true),
    ('merge', '{received,accepted,dispatched,in_progress}', 'merged', '{dispatcher,above}', '{into}', false),
    ('split', '{received,accepted,dispatched,in_progress}', NULL, '{dispatcher,above}', '{report}', false),
    ('recategorise', '{received,accepted}', NULL, '{dispatcher,above,clerk}', '{category}', true),
    ('note', '{received,accepted,dispatched,in_progress,paused,claimed_solved,closed}', NULL,
     '{owner,dispatcher,above,supervisor}', '{words}', false);

-- Which share of the claims that need no re-check is looked at all the same; dated, so that a change leaves the past as it was.
CREATE TABLE recheck_shares (
    since  timestamptz PRIMARY KEY,
    share  double precision NOT NULL CHECK (share BETWEEN 0 AND 1)
);
INSERT INTO recheck_shares VALUES ('2014-12-31 16:00Z', 0.1);

-- What a person may read besides areas: `posting:N` for the department that he works for.
CREATE FUNCTION actor_keys() RETURNS text[]
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher') || coalesce(array_agg('posting:' || d.id), '{}')
    FROM postings h JOIN postings d ON d.role = 'department' AND d.area_code = h.area_code AND d.desk = h.desk,
         LATERAL (SELECT nullif(current_setting('gridwarden.at', true), '')::timestamptz AS at) now
    WHERE h.person_id = actor_person() AND h.role = 'handler' AND h.during @> now.at AND d.during @> now.at
$$;

-- Whether an event is handling or directing: whoever wrote one does not re-check.
CREATE FUNCTION handles(p_verb text, p_data jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_verb NOT IN ('receive', 'note', 'look', 'pass_recheck', 'fail_recheck', 'release', 'withhold', 'withdraw')
           AND NOT (p_verb = 'photo' AND p_data ->> 'kind' = 'recheck')
$$;

-- Whether a person handled or directed a case, or one of those that went into it or that it was split from; in whatever posting.
CREATE FUNCTION worked_on(p_case bigint, p_person integer) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        WITH RECURSIVE kin (id) AS (
            SELECT p_case
            UNION SELECT (e.data ->> 'from')::bigint FROM events e JOIN kin k ON e.case_id = k.id WHERE e.verb IN ('merge_in', 'split_off'))
        SELECT FROM kin k JOIN events e ON e.case_id = k.id JOIN postings p ON p.id = e.posting_id
        WHERE p.person_id = p_person AND handles(e.verb, e.data));
END $$;

-- Whether whoever holds a posting works for the owner of a case.
CREATE FUNCTION works_for_owner(p_posting postings, p_case cases) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_posting.area_code = p_case.owner_area_code AND p_posting.person_id IS NOT NULL AND CASE p_case.owner_role
        WHEN 'desk' THEN p_posting.role IN ('desk', 'dispatcher')
        WHEN 'department' THEN p_posting.role = 'handler' AND p_posting.desk = (
            SELECT d.desk FROM postings d WHERE d.id = p_case.owner_posting_id)
        ELSE p_posting.role IN ('head', 'deputy', 'member') END;
END $$;

-- What the actor is to a case: the words of the table `steps`.  Above a head is his village's desk, above a department the
-- desk of its own area; a supervisor stands above every owner of his area.  What went up is directed from there on: a desk below
-- the owner has no say, unless nobody works for the owner.
CREATE FUNCTION relations_to(p_case cases, p_person integer, p_link bytea, p_at timestamptz) RETURNS text[]
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
    -- Whoever handled or directed it does not re-check it.
    IF v_directs AND p_case.state = 'claimed_solved' AND NOT worked_on(p_case.id, p_person) THEN
        v_found := v_found || 'uninvolved'::text;
    END IF;
    -- Nobody stands above himself: who works for the owner gives himself no extension.
    RETURN ARRAY(SELECT DISTINCT f FROM unnest(v_found) f WHERE f <> 'above' OR NOT 'owner' = ANY (v_found) ORDER BY f);
END $$;

-- What the actor is to a case that he may read; null: there is none for him.
CREATE FUNCTION my_relations(p_case bigint, p_link bytea, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN (SELECT relations_to(c, actor_person(), p_link, p_at) FROM cases c WHERE c.id = p_case);
END $$;

-- In whose name the actor writes into the history: the owner's own posting, else the one lowest in the chain.
CREATE FUNCTION acting_posting(p_case cases, p_person integer, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT p.id FROM postings p
        WHERE p.person_id = p_person AND p.during @> p_at
          AND (p.area_code = p_case.owner_area_code OR p.area_code = ANY (p_case.chain))
        ORDER BY p.role NOT IN ('head', 'deputy', 'member', 'desk', 'dispatcher', 'handler', 'supervisor', 'clerk'),
                 p.area_code = p_case.owner_area_code DESC, array_position(p_case.chain, p.area_code::text) DESC NULLS LAST, p.id
        LIMIT 1);
END $$;

-- One line of a case's history with its outbox row; the only way events are written after the first one.
-- The caller holds the lock of the case.  Free text goes into event_words, its salted digest into the event.
CREATE FUNCTION add_event(p_case cases, p_at timestamptz, p_verb text, p_posting integer, p_words text, p_shown boolean, p_data jsonb)
RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_seq integer := (SELECT coalesce(max(e.seq), 0) + 1 FROM events e WHERE e.case_id = p_case.id);
    v_salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
    v_event bigint;
BEGIN
    INSERT INTO events (case_id, seq, at, verb, state, posting_id, data) VALUES (
        p_case.id, v_seq, p_at, p_verb, p_case.state, p_posting,
        p_data || CASE WHEN p_words IS NULL THEN '{}' ELSE
            jsonb_build_object('words_digest', encode(sha256(v_salt || convert_to(p_words, 'UTF8')), 'hex')) END)
    RETURNING id INTO v_event;
    IF p_words IS NOT NULL THEN
        INSERT INTO event_words VALUES (v_event, p_case.id, p_words, v_salt, p_shown);
    END IF;
    INSERT INTO outbox (topic, payload, at) VALUES ('case.' || p_verb, jsonb_build_object(
        'case_id', p_case.id, 'seq', v_seq, 'verb', p_verb, 'state', p_case.state, 'posting_id', p_posting,
        'owner', jsonb_build_object('area_code', p_case.owner_area_code, 'role', p_case.owner_role, 'posting_id', p_case.owner_posting_id)),
        p_at);
    RETURN v_seq;
END $$;

-- The desk that takes a case over from below: of the next level up that has one, in the end the topmost area itself.
-- A department's next one is the desk of its own area.
CREATE FUNCTION one_up(p_case cases, p_at timestamptz, p_levels integer) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_place integer := coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain) + 1)
                       - CASE WHEN p_case.owner_role = 'department' THEN p_levels - 1 ELSE p_levels END;
    v_owner jsonb;
BEGIN
    FOR up IN REVERSE least(v_place, cardinality(p_case.chain)) .. 1 LOOP
        SELECT jsonb_build_object('area_code', p.area_code, 'role', 'desk', 'posting_id', p.id) INTO v_owner
        FROM postings p WHERE p.area_code = p_case.chain[up] AND p.role = 'desk' AND p.during @> p_at;
        IF v_owner IS NOT NULL THEN
            RETURN v_owner;
        END IF;
    END LOOP;
    RETURN jsonb_build_object('area_code', p_case.chain[1], 'role', 'desk', 'posting_id', (
        SELECT p.id FROM postings p WHERE p.area_code = p_case.chain[1] AND p.role = 'desk' AND p.during @> p_at));
END $$;

-- A case with another owner.  One from outside its chain is noted there, so that it can be read by him.
CREATE FUNCTION owned_by(p_case cases, p_owner jsonb) RETURNS cases
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    p_case.owner_area_code := p_owner ->> 'area_code';
    p_case.owner_role := p_owner ->> 'role';
    p_case.owner_posting_id := (p_owner ->> 'posting_id')::integer;
    p_case.elsewhere := CASE
        WHEN p_case.owner_role = 'department' THEN ARRAY['posting:' || p_case.owner_posting_id]
        WHEN NOT p_case.owner_area_code = ANY (p_case.chain) THEN ARRAY[p_case.owner_area_code::text] END;
    RETURN p_case;
END $$;

-- To whom a case may be handed: somebody posted on that day in its chain, or anywhere below an area that the chain holds
-- under its topmost one (a neighbouring grid, a department of the county).  Null: to nobody of that number.
CREATE FUNCTION posted_owner(p_case cases, p_posting integer, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('area_code', p.area_code, 'role', p.role, 'posting_id', p.id)
        FROM postings p JOIN boundaries b ON b.edition_id = (edition_at(p_at)).id AND b.code = p.area_code
        WHERE p.id = p_posting AND p.during @> p_at AND p.role IN ('head', 'deputy', 'desk', 'department')
          AND (p.area_code = ANY (p_case.chain) OR b.chain && p_case.chain[2:])
          -- A report about an official stays with those who may know of it, and no head gets it.
          AND (NOT p_case.about_official OR p.area_code = ANY (p_case.chain) AND p.role IN ('desk', 'department')));
END $$;

-- Whether a case keeps coming back: the third of a family of categories within 50 m and 90 days.  What the residents called it counts
-- like what it was made since, so that no other category loses it; what is about an official is counted among its like alone, so
-- that nobody learns of it here.  p_but: a case that is not counted.
CREATE FUNCTION keeps_coming_back(p_case cases, p_but bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_families text[];
BEGIN
    IF p_case.geom IS NULL THEN
        RETURN false;
    END IF;
    v_families := ARRAY(SELECT (category_at(k.code, p_at)).family FROM (
        SELECT p_case.category_code AS code UNION SELECT r.category_code FROM reports r WHERE r.case_id = p_case.id) k);
    RETURN (
        SELECT count(*) FROM cases c
        WHERE c.id <> p_case.id AND c.id IS DISTINCT FROM p_but AND c.state <> 'merged' AND c.geom && box_around(p_case.geom, 50)
          AND c.received_at > p_at - interval '90 days' AND c.about_official = p_case.about_official
          AND ((category_at(c.category_code, p_at)).family = ANY (v_families) OR EXISTS (
              SELECT FROM reports r WHERE r.case_id = c.id AND (category_at(r.category_code, p_at)).family = ANY (v_families)))
          AND metres_between(c.geom, p_case.geom) <= 50) >= 2;
END $$;

-- Why a solution of this case must be looked at by somebody else; the share is drawn by the database, in the claim's own
-- transaction, so that nobody can try until he is not drawn.  Of what somebody took down and solved himself he holds the link that
-- would confirm it; what he did not take down for another, take_step() keeps him from confirming.
CREATE FUNCTION recheck_reasons(p_case cases, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN p_case.recurring OR 'recurring' = ANY (p_case.recheck) OR keeps_coming_back(p_case, NULL, p_at) THEN 'recurring' END,
        CASE WHEN p_case.hazard THEN 'hazard' END,
        CASE WHEN p_case.reopened > 0 THEN 'reopened' END,
        CASE WHEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND r.taken_by = actor_person()
                          AND r.channel IN ('hotline', 'village_box', 'talking_point')) THEN 'own_report' END,
        -- Once drawn it stays drawn: a failed re-check is followed by another one.
        CASE WHEN 'sampled' = ANY (p_case.recheck) OR random() < (SELECT s.share FROM recheck_shares s WHERE s.since <= p_at ORDER BY s.since DESC LIMIT 1) THEN 'sampled' END], NULL);
END $$;

-- A case after a step: what each verb changes.  Rights and needs were looked at before.
CREATE FUNCTION stepped(p_case cases, p_step steps, p_at timestamptz, p_data jsonb) RETURNS cases
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
        p_case.evaluation := p_data ->> 'rating';
        p_case.confirmed := p_case.confirmed OR p_case.evaluation = 'solved';
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

-- Which of the things that a step needs is missing or cannot be; null: none.
CREATE FUNCTION missing_need(p_case cases, p_step steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_need text;
BEGIN
    FOREACH v_need IN ARRAY p_step.needs LOOP
        IF NOT coalesce(CASE v_need
            WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000
            WHEN 'owner' THEN p_data -> 'owner' IS NOT NULL AND p_data -> 'owner' <> 'null'
            WHEN 'until' THEN (p_data ->> 'until')::timestamptz > greatest(p_at, CASE WHEN p_step.verb = 'pause' THEN p_at ELSE p_case.due_at END)
            WHEN 'asked' THEN p_case.asked_until IS NOT NULL
            WHEN 'silence' THEN p_case.claimed_at <= p_at - interval '7 days' AND cardinality(p_case.recheck) = 0
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

-- A report of a case becomes a case of its own, with the same owner.  Answers its number.  It is due by the category of the case
-- and by that of the report, whichever is earlier: what its reporter was promised stands.
CREATE FUNCTION split_off(p_case cases, p_number text, p_posting integer, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_report reports;
    v_new cases := p_case;
    v_due_at timestamptz;
BEGIN
    SELECT * INTO v_report FROM reports r WHERE r.number = p_number;
    v_new.id := nextval('cases_id_seq');
    v_new.state := 'received';
    v_new.version := 1;
    v_new.received_at := v_report.received_at;
    v_due_at := due_after(v_report.received_at, stage_deadline(p_case.category_code, v_report.received_at, 'solve'));
    v_new.due_at := least(v_due_at, due_after(v_report.received_at, stage_deadline(v_report.category_code, v_report.received_at, 'solve')));
    v_new.stage_due_at := due_after(p_at, stage_deadline(p_case.category_code, v_report.received_at, 'accept'));
    v_new.asked_until := NULL;
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

-- Takes one step of a case under its lock: right version, allowed from this state, to this actor, with all that it needs; then
-- the case, the event and the outbox row change together.  p_session: digest of a member of staff's token; p_link: digest of
-- a report's key.  p_data: owner {posting_id}, until, rating, into, report, category, body, as the step needs.
-- Errors, by sqlstate: GW020 stale version, GW021 not from this state, GW022 not for this actor, GW023 something is missing,
-- GW024 no such case for this actor; the detail is JSON.
CREATE FUNCTION take_step(
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
    -- Nobody confirms his own work by the link of what he found himself.
    IF p_verb IN ('confirm', 'evaluate') AND v_told_by.taken_by IS NOT NULL AND v_told_by.channel IN ('app', 'wechat', 'patrol')
       AND worked_on(p_case, v_told_by.taken_by) THEN
        v_is := array_remove(v_is, 'reporter');
    END IF;
    SELECT * INTO v_step FROM steps s WHERE s.verb = p_verb AND v_case.state = ANY (s.sources);
    IF v_step.verb IS NULL THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'GW021', DETAIL = jsonb_build_object('state', v_case.state, 'allowed', (
            SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM steps s WHERE v_case.state = ANY (s.sources) AND s.who && v_is))::text;
    END IF;
    IF NOT v_step.who && v_is THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object('who', v_step.who, 'allowed', (
            SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM steps s WHERE v_case.state = ANY (s.sources) AND s.who && v_is))::text;
    END IF;
    IF p_verb = 'dispatch' THEN
        p_data := p_data || jsonb_build_object('owner', posted_owner(v_case, (p_data #>> '{owner,posting_id}')::integer, p_at));
    END IF;
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
        elsewhere = v_after.elsewhere, due_at = v_after.due_at, stage_due_at = v_after.stage_due_at,
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
            due_at = least(due_at, v_case.due_at)
        WHERE id = v_into.id RETURNING * INTO v_case;
        PERFORM add_event(v_case, p_at, 'merge_in', v_posting, NULL, false, jsonb_build_object('from', p_case)
            || CASE WHEN v_case.due_at <> v_into.due_at THEN jsonb_build_object('due_at', v_case.due_at, 'due_before', v_into.due_at) ELSE '{}' END);
    END IF;
    RETURN jsonb_build_object('case_id', p_case, 'state', v_after.state, 'version', v_after.version, 'seq', v_seq, 'due_at', v_after.due_at,
        'other', v_other, 'owner', jsonb_build_object('area_code', v_after.owner_area_code, 'role', v_after.owner_role,
                                                      'posting_id', v_after.owner_posting_id));
END $$;

-- How to reach a reporter: for the clerk who took the report down and for a supervisor of its chain; every look is an event.
-- Null: nothing was left.  GW024: not for this actor.
CREATE FUNCTION look_at_contact(p_session bytea, p_at timestamptz, p_number text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_report reports;
    v_case cases;
BEGIN
    SELECT * INTO v_report FROM reports r WHERE r.number = p_number;
    IF v_person IS NULL OR v_report.id IS NULL OR NOT (
        -- Not `=`: nobody took down what a resident sent himself, and null would let everybody in.
        v_report.taken_by IS NOT DISTINCT FROM v_person AND actor_is_staff() OR v_report.chain && actor_areas('supervisor')) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    SELECT * INTO v_case FROM cases c WHERE c.id = v_report.case_id FOR UPDATE;
    PERFORM add_event(v_case, p_at, 'look', acting_posting(v_case, v_person, p_at), NULL, false,
                      jsonb_build_object('report_id', v_report.id));
    RETURN (SELECT k.contact FROM report_contacts k WHERE k.report_id = v_report.id);
END $$;

-- Rights.
REVOKE SELECT ON report_contacts FROM gridwarden_web;
DROP POLICY clerk_reads ON report_contacts;
ALTER POLICY chain_reads ON cases USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator'))
    OR elsewhere && (SELECT actor_keys()));
ALTER POLICY chain_reads ON reports USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator'))
    -- Also what was merged in from another area: whoever works a case reads all that was said of it.
    OR EXISTS (SELECT FROM cases c WHERE c.id = reports.case_id
               AND (c.chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator'))
                    OR c.elsewhere && (SELECT actor_keys()))));
ALTER POLICY chain_reads ON report_words USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor'))
    OR EXISTS (SELECT FROM reports r JOIN cases c ON c.id = r.case_id
               WHERE r.id = report_words.report_id
                 AND (c.chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor'))
                      OR c.elsewhere && (SELECT actor_keys()))));
ALTER TABLE event_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_words FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON event_words TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY chain_reads ON event_words FOR SELECT TO gridwarden_web USING (
    EXISTS (SELECT FROM cases c WHERE c.id = event_words.case_id
            AND (c.chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor'))
                 OR c.elsewhere && (SELECT actor_keys()))));
GRANT SELECT ON event_words, steps TO gridwarden_web;

-- Maps, neighbours and the reporter's view know the new roles and texts.
CREATE OR REPLACE FUNCTION map_areas() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
BEGIN
    RETURN actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'supervisor', 'planner', 'administrator');
END $$;

-- Whether the text of a step is for the holder of a report's link: what staff say to the reporters, and what he said himself; what
-- another resident said of the same case is not his to read.
CREATE FUNCTION told_to(p_words event_words, p_event events, p_report bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(p_words.shown, false) AND coalesce((p_event.data ->> 'report_id')::bigint = p_report, p_event.posting_id IS NOT NULL)
$$;

CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'case_id', c.id, 'version', c.version, 'evaluation', c.evaluation, 'recheck', c.recheck,
        'owner', jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'desk', (
            SELECT p.desk FROM postings p WHERE p.id = c.owner_posting_id)),
        'events', (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'verb', v.verb, 'state', v.state,
                                                       'reason', CASE WHEN told_to(x, v, r.id) THEN x.words END) ORDER BY v.seq)
                   FROM events v LEFT JOIN event_words x ON x.event_id = v.id
                   WHERE v.case_id = c.id AND v.verb NOT IN ('note', 'look')))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

-- Whether a deadline has passed for a case that is open: the one place for it (grids/deadlines.py says the same).  A pause stops the
-- clock: a date that had passed by then has passed, one that lay ahead has not, however long the pause lasts.
CREATE FUNCTION past_due(p_due_at timestamptz, p_paused_at timestamptz, p_at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_due_at < coalesce(p_paused_at, p_at)
$$;

-- What is seen on maps says since when a case is paused, and into which one it was merged.
CREATE OR REPLACE VIEW seen_cases WITH (security_barrier) AS
SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at, c.closed_at, c.area_code,
       CASE WHEN c.chain && (SELECT map_areas()) THEN c.cells ELSE c.cells[1:3] END AS cells, c.paused_at, c.merged_into
FROM cases c
WHERE NOT c.private OR c.chain && (SELECT map_areas());

DROP FUNCTION case_spots;
CREATE FUNCTION case_spots(p_box geometry)
RETURNS TABLE (id bigint, category_code text, channel text, state text, confirmed boolean, reopened integer,
               received_at timestamptz, due_at timestamptz, closed_at timestamptz, paused_at timestamptz, spot geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_areas text[] := map_areas();
BEGIN
    RETURN QUERY SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at,
                        c.closed_at, c.paused_at, ST_SnapToGrid(c.geom, 0.001)
    FROM cases c WHERE c.geom && p_box AND c.chain && v_areas;
END $$;
REVOKE EXECUTE ON FUNCTION case_spots, past_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_spots, past_due TO gridwarden_web;

REVOKE EXECUTE ON FUNCTION actor_keys, handles, worked_on, works_for_owner, keeps_coming_back, told_to, relations_to, my_relations, acting_posting, add_event, one_up, owned_by, posted_owner,
    recheck_reasons, stepped, missing_need, split_off, take_step, look_at_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION actor_keys, my_relations, take_step, look_at_contact TO gridwarden_web;
GRANT EXECUTE ON FUNCTION take_step TO gridwarden_worker;
