-- The mediation room: a dispute between people is talked over with a mediator, in sittings, towards an agreement.  Private: what is said there is
-- the mediator's desk's and the supervisor's of the chain; all others who see the case learn that it is in mediation, and how that ended.

-- posting_id: the mediator, a department or a desk of the case's chain, and so whoever works for it; null: one has to be named.
-- above_code: from this area upwards, since the one below it had to withdraw.  Null: from anywhere in the chain.
CREATE TABLE mediations (
    case_id     bigint PRIMARY KEY REFERENCES cases,
    posting_id  integer REFERENCES postings,
    above_code  text REFERENCES areas,
    state       text NOT NULL CHECK (state IN ('opened', 'vacant', 'agreed', 'failed', 'withdrawn')),
    outcome     text CHECK (outcome IN ('lawyer', 'court')),  -- where it goes, since it failed here
    version     integer NOT NULL DEFAULT 1,
    opened_at   timestamptz NOT NULL,
    ended_at    timestamptz,
    CHECK ((state = 'failed') = (outcome IS NOT NULL)),
    CHECK ((state IN ('opened', 'vacant')) = (ended_at IS NULL)),
    CHECK (state <> 'opened' OR posting_id IS NOT NULL)
);
-- Usage: what a mediator has.
CREATE INDEX mediations_by_posting ON mediations (posting_id);

CREATE TABLE mediation_parties (
    case_id   bigint NOT NULL REFERENCES mediations,
    nth       integer NOT NULL CHECK (nth BETWEEN 1 AND 99),
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (case_id, nth)
);

-- Who they are.  Apart, so that it can be erased, and for nobody to select: every look is an event (look_at_parties).
CREATE TABLE mediation_party_words (
    case_id  bigint NOT NULL,
    nth      integer NOT NULL,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    contact  text CHECK (length(contact) BETWEEN 1 AND 200),
    PRIMARY KEY (case_id, nth),
    FOREIGN KEY (case_id, nth) REFERENCES mediation_parties
);

-- What was said in one is words of the event by which it was held.
CREATE TABLE mediation_sittings (
    case_id  bigint NOT NULL REFERENCES mediations,
    nth      integer NOT NULL CHECK (nth BETWEEN 1 AND 99),
    at       timestamptz NOT NULL,                    -- later than now: it is planned
    held_at  timestamptz,                             -- when that was noted
    PRIMARY KEY (case_id, nth)
);

-- Who had to withdraw, because the dispute is about him: the mediator's desk as it was, person by person.  They read no more of it, whatever
-- they are besides, and mediate in it no more.
CREATE TABLE mediation_conflicts (
    case_id     bigint NOT NULL REFERENCES mediations,
    person_id   integer NOT NULL REFERENCES people,
    posting_id  integer NOT NULL REFERENCES postings,
    at          timestamptz NOT NULL,
    PRIMARY KEY (case_id, person_id)
);

-- The steps, as those of a case.  grids/mediations.py has the same rows.  No sources: it makes one.
CREATE TABLE mediation_steps (
    verb     text PRIMARY KEY,
    sources  text[] NOT NULL,
    target   text,
    who      text[] NOT NULL,
    needs    text[] NOT NULL
);
INSERT INTO mediation_steps (verb, sources, target, who, needs) VALUES
    ('mediation_open', '{agreed,failed,withdrawn}', 'opened', '{lead}', '{mediator}'),
    ('mediation_party', '{opened}', NULL, '{mediator}', '{room,name}'),
    ('mediation_sitting', '{opened}', NULL, '{mediator}', '{room,at}'),
    ('mediation_move', '{opened}', NULL, '{mediator}', '{sitting,at}'),
    ('mediation_held', '{opened}', NULL, '{mediator}', '{sitting,begun,words}'),
    ('mediation_agree', '{opened}', 'agreed', '{mediator}', '{parties,held,words}'),
    ('mediation_fail', '{opened}', 'failed', '{mediator}', '{outcome,words}'),
    ('mediation_hand_over', '{opened,vacant}', 'opened', '{lead,mediator,supervisor}', '{mediator,words}'),
    ('mediation_conflict', '{opened,agreed,failed}', 'vacant', '{mediator,above,supervisor}', '{words}'),
    ('mediation_withdraw', '{opened,vacant}', 'withdrawn', '{lead,mediator,supervisor}', '{words}');

-- Who works for a mediator.
CREATE FUNCTION mediators(p_posting integer, p_at timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE AS $$
    SELECT w FROM postings s, people_of(jsonb_build_object('area_code', s.area_code, 'role', s.role, 'posting_id', s.id), p_at) w
    WHERE s.id = p_posting AND s.during @> p_at
$$;

-- Two ways of writing one name.
CREATE FUNCTION bare_name(p_name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(p_name, '[\s\u3000·•]', '', 'g'))
$$;

-- Whether a mediator shares a name with one of the parties.
CREATE FUNCTION is_party(p_case bigint, p_posting integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mediators(p_posting, p_at) m JOIN people p ON p.id = m
                   JOIN mediation_party_words w ON w.case_id = p_case AND bare_name(w.name) = bare_name(p.name))
$$;

-- Who can be asked to mediate in a case: a department or a desk of its chain for which somebody works, and nobody who had to withdraw or is a party.
CREATE FUNCTION may_mediate(p_case cases, p_at timestamptz) RETURNS SETOF postings
LANGUAGE sql STABLE AS $$
    SELECT s.* FROM postings s
    WHERE s.area_code = ANY (p_case.chain) AND s.role IN ('department', 'desk') AND s.during @> p_at
      AND EXISTS (SELECT FROM mediators(s.id, p_at))
      AND NOT EXISTS (SELECT FROM mediations m WHERE m.case_id = p_case.id AND (
              m.posting_id = s.id AND m.state = 'opened'
              OR m.above_code = ANY (p_case.chain) AND array_position(p_case.chain, s.area_code::text) > array_position(p_case.chain, m.above_code)))
      AND NOT EXISTS (SELECT FROM mediation_conflicts k WHERE k.case_id = p_case.id
                      AND (k.posting_id = s.id OR k.person_id IN (SELECT mediators(s.id, p_at))))
      AND NOT is_party(p_case.id, s.id, p_at)
$$;

-- What somebody is to a mediation: works for the mediator; leads the case (owns or directs it, or stands above who does), and where the mediator had
-- to withdraw, from the level that has to name another one upwards; stands above the mediator; supervises.  Whoever had to withdraw is nothing to it.
CREATE FUNCTION relations_to_mediation(p_case cases, p_person integer, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_mediation mediations;
    v_its integer;
    v_own integer;
BEGIN
    IF p_person IS NULL OR EXISTS (SELECT FROM mediation_conflicts k WHERE k.case_id = p_case.id AND k.person_id = p_person) THEN
        RETURN '{}';
    END IF;
    SELECT * INTO v_mediation FROM mediations m WHERE m.case_id = p_case.id;
    SELECT array_position(p_case.chain, s.area_code::text) INTO v_its FROM postings s WHERE s.id = v_mediation.posting_id;
    SELECT min(array_position(p_case.chain, p.area_code::text)) INTO v_own FROM postings p
    WHERE p.person_id = p_person AND p.during @> p_at AND p.role IN ('desk', 'dispatcher');
    RETURN array_remove(ARRAY[
        CASE WHEN p_person IN (SELECT mediators(v_mediation.posting_id, p_at)) THEN 'mediator' END,
        CASE WHEN relations_to(p_case, p_person, NULL, p_at) && '{owner,dispatcher,above}'
                  AND (v_mediation.above_code IS NULL OR v_own <= coalesce(array_position(p_case.chain, v_mediation.above_code), 1)) THEN 'lead' END,
        CASE WHEN v_own < v_its OR v_own = v_its AND (SELECT s.role FROM postings s WHERE s.id = v_mediation.posting_id) = 'department' THEN 'above' END,
        CASE WHEN p_case.chain && ARRAY(SELECT p.area_code::text FROM postings p
                                        WHERE p.person_id = p_person AND p.during @> p_at AND p.role = 'supervisor') THEN 'supervisor' END], NULL);
END $$;

-- Whether the actor reads what is said in a mediation.
CREATE FUNCTION reads_mediation(p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce((SELECT relations_to_mediation(c, actor_person(), nullif(current_setting('gridwarden.at', true), '')::timestamptz) && '{mediator,supervisor}'
                     FROM cases c WHERE c.id = p_case), false)
$$;

ALTER TABLE mediations ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediations FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON mediations TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY mediators_read ON mediations FOR SELECT TO gridwarden_web USING (reads_mediation(case_id));
ALTER TABLE mediation_parties ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediation_parties FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON mediation_parties TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY mediators_read ON mediation_parties FOR SELECT TO gridwarden_web USING (reads_mediation(case_id));
ALTER TABLE mediation_sittings ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediation_sittings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON mediation_sittings TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY mediators_read ON mediation_sittings FOR SELECT TO gridwarden_web USING (reads_mediation(case_id));
ALTER TABLE mediation_party_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediation_party_words FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON mediation_party_words TO gridwarden_owner USING (true) WITH CHECK (true);
ALTER TABLE mediation_conflicts ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediation_conflicts FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON mediation_conflicts TO gridwarden_owner USING (true) WITH CHECK (true);
GRANT SELECT ON mediations, mediation_parties, mediation_sittings, mediation_steps TO gridwarden_web;

-- Lines of a case's history that tell of its mediation are for those who read it, and their words with them.
CREATE POLICY mediation_is_private ON events AS RESTRICTIVE FOR SELECT TO gridwarden_web
    USING (NOT data ? 'mediation' OR reads_mediation(case_id));
CREATE POLICY mediation_is_private ON event_words AS RESTRICTIVE FOR SELECT TO gridwarden_web
    USING (EXISTS (SELECT FROM events e WHERE e.id = event_id));

-- A department that mediates sees the case, as one that owns it does.
CREATE FUNCTION mediating_see() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_posting integer := (SELECT s.id FROM mediations m JOIN postings s ON s.id = m.posting_id WHERE m.case_id = NEW.id AND s.role = 'department');
BEGIN
    IF v_posting IS NOT NULL THEN
        NEW.elsewhere := ARRAY(SELECT DISTINCT k FROM unnest(NEW.elsewhere || ('posting:' || v_posting)) k ORDER BY k);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mediating_see BEFORE UPDATE OF elsewhere ON cases FOR EACH ROW EXECUTE FUNCTION mediating_see();

-- What is being mediated is neither said to be solved nor ended otherwise, nor made public, before that has come to an end.
CREATE FUNCTION mediation_first() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM mediations m WHERE m.case_id = NEW.id AND m.ended_at IS NULL) THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = '{"need": "mediation"}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mediation_first BEFORE UPDATE OF state, private ON cases FOR EACH ROW
    WHEN (NEW.state <> OLD.state AND NEW.state IN ('claimed_solved', 'declined', 'will_not_do', 'merged') OR OLD.private AND NOT NEW.private)
    EXECUTE FUNCTION mediation_first();

-- What the actor learns of the mediation of a case that he sees: that there is one, and how it ended; `relations`: what he is to it.  The version, the
-- mediator, and that one is missing, are for those who are something to it.  Null: he does not see the case.
CREATE FUNCTION mediation_told(p_case bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_case cases;
    v_mediation mediations;
    v_is text[];
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case;
    IF v_case.id IS NULL OR NOT actor_sees(v_case) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO v_mediation FROM mediations m WHERE m.case_id = p_case;
    v_is := relations_to_mediation(v_case, actor_person(), p_at);
    RETURN jsonb_build_object('case_id', p_case, 'relations', v_is, 'may_be', v_case.private AND NOT v_case.about_official, 'case_state', v_case.state,
                              'state', CASE WHEN v_mediation.state = 'vacant' AND cardinality(v_is) = 0 THEN 'opened' ELSE v_mediation.state END,
                              'outcome', v_mediation.outcome)
        || CASE WHEN v_mediation.case_id IS NOT NULL AND cardinality(v_is) > 0 THEN jsonb_build_object(
               'version', v_mediation.version, 'posting_id', v_mediation.posting_id, 'above_code', v_mediation.above_code,
               'opened_at', v_mediation.opened_at, 'ended_at', v_mediation.ended_at) ELSE '{}' END;
END $$;

-- To whom the actor can give the mediation of a case: nobody, where it is not his to give.
CREATE FUNCTION mediation_candidates(p_case bigint, p_at timestamptz)
RETURNS TABLE (posting_id integer, role text, area_code text, area_name text, desk text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT s.id, s.role, s.area_code::text, area_name(s.area_code, p_at), s.desk
    FROM cases c CROSS JOIN LATERAL may_mediate(c, p_at) s
    WHERE c.id = p_case AND actor_sees(c) AND relations_to_mediation(c, actor_person(), p_at) && '{lead,mediator,supervisor}'
    ORDER BY array_position(c.chain, s.area_code::text) DESC, s.role, s.desk, s.id
$$;

-- The mediations that are the actor's: those he mediates, those that wait for him to name a mediator, and those in which he supervises; the next sitting
-- first.  `mine`: as the mediator.
CREATE FUNCTION my_mediations(p_at timestamptz, p_limit integer)
RETURNS TABLE (case_id bigint, number text, category_code text, area_code text, area_name text, state text, outcome text, case_state text, opened_at timestamptz,
               ended_at timestamptz, sitting_at timestamptz, sitting_nth integer, relations text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT c.id, (SELECT r.number FROM reports r WHERE r.case_id = c.id ORDER BY r.received_at, r.id LIMIT 1), c.category_code, c.area_code::text,
           area_name(coalesce(c.area_code, c.chain[1]), p_at), m.state, m.outcome, c.state, m.opened_at, m.ended_at, s.at, s.nth, i.found
    FROM mediations m JOIN cases c ON c.id = m.case_id
    LEFT JOIN LATERAL (SELECT y.at, y.nth FROM mediation_sittings y WHERE y.case_id = m.case_id AND y.held_at IS NULL AND m.state = 'opened'
                       ORDER BY y.at, y.nth LIMIT 1) s ON true
    CROSS JOIN LATERAL relations_to_mediation(c, actor_person(), p_at) i (found)
    WHERE actor_sees(c) AND (i.found && '{mediator,supervisor}' OR m.state = 'vacant' AND 'lead' = ANY (i.found))
    ORDER BY m.ended_at IS NOT NULL, s.at, m.ended_at DESC, m.opened_at, m.case_id LIMIT p_limit
$$;

-- What a step of a mediation lacks; null: nothing.
CREATE FUNCTION mediation_lacks(p_case cases, p_step mediation_steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT n FROM unnest(p_step.needs) WITH ORDINALITY u (n, place) WHERE NOT coalesce(CASE n
        WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000
        WHEN 'mediator' THEN EXISTS (SELECT FROM may_mediate(p_case, p_at) s WHERE s.id = (p_data ->> 'posting_id')::integer)
        WHEN 'room' THEN 99 > CASE p_step.verb WHEN 'mediation_party' THEN (SELECT count(*) FROM mediation_parties y WHERE y.case_id = p_case.id)
                                               ELSE (SELECT count(*) FROM mediation_sittings y WHERE y.case_id = p_case.id) END
        WHEN 'name' THEN length(btrim(p_data ->> 'name')) BETWEEN 1 AND 100 AND coalesce(length(p_data ->> 'contact'), 0) <= 200
        WHEN 'at' THEN p_data ->> 'at' IS NOT NULL
        WHEN 'sitting' THEN EXISTS (SELECT FROM mediation_sittings y WHERE y.case_id = p_case.id AND y.nth = (p_data ->> 'sitting')::integer AND y.held_at IS NULL)
        WHEN 'begun' THEN EXISTS (SELECT FROM mediation_sittings y WHERE y.case_id = p_case.id AND y.nth = (p_data ->> 'sitting')::integer AND y.at <= p_at)
        WHEN 'parties' THEN (SELECT count(*) >= 2 FROM mediation_parties y WHERE y.case_id = p_case.id)
        WHEN 'held' THEN EXISTS (SELECT FROM mediation_sittings y WHERE y.case_id = p_case.id AND y.held_at IS NOT NULL)
        WHEN 'outcome' THEN p_data ->> 'outcome' IN ('lawyer', 'court') END, false)
    ORDER BY place LIMIT 1
$$;

-- The mediator withdraws, from this instant: whoever works for him reads and writes nothing more of it, and the level above has to name another one.
-- Where it is the owner of the case, that goes up, too.
CREATE FUNCTION mediator_gone(p_case cases, p_mediation mediations, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_owner jsonb := jsonb_build_object('area_code', p_case.owner_area_code, 'role', p_case.owner_role, 'posting_id', p_case.owner_posting_id);
    v_up jsonb := one_up(p_case, p_at, 1);
    v_its integer := (SELECT array_position(p_case.chain, s.area_code::text) FROM postings s WHERE s.id = p_mediation.posting_id);
    v_case cases;
BEGIN
    INSERT INTO mediation_conflicts SELECT p_case.id, w, p_mediation.posting_id, p_at FROM mediators(p_mediation.posting_id, p_at) w ON CONFLICT DO NOTHING;
    UPDATE mediations m SET posting_id = NULL, above_code = coalesce((
        SELECT p_case.chain[up] FROM generate_series(v_its - 1, 1, -1) up
        WHERE EXISTS (SELECT FROM people_of(jsonb_build_object('area_code', p_case.chain[up], 'role', 'desk'), p_at)) LIMIT 1), p_case.chain[1])
    WHERE m.case_id = p_case.id;
    IF p_case.closed_at IS NULL AND p_case.state <> 'claimed_solved'
       AND (v_up ->> 'area_code', v_up ->> 'role') IS DISTINCT FROM (p_case.owner_area_code::text, p_case.owner_role) AND EXISTS (
           SELECT FROM people_of(v_owner, p_at) w JOIN mediation_conflicts k ON k.case_id = p_case.id AND k.person_id = w) THEN
        v_case := owned_by(p_case, v_up);
        UPDATE cases c SET owner_area_code = v_case.owner_area_code, owner_role = v_case.owner_role, owner_posting_id = v_case.owner_posting_id,
            elsewhere = v_case.elsewhere, version = c.version + 1
        WHERE c.id = p_case.id RETURNING * INTO v_case;
        PERFORM add_event(v_case, p_at, 'follow', NULL, NULL, false, jsonb_build_object(
            'as', '["service"]'::jsonb, 'why', 'mediation', 'owner', v_up, 'owner_before', v_owner));
    ELSE
        UPDATE cases c SET elsewhere = (owned_by(c, v_owner)).elsewhere WHERE c.id = p_case.id;
    END IF;
END $$;

-- Takes a step of a mediation, under the lock of its case.  Errors as take_step; the version is the mediation's own, 0 where there is none yet.
-- A party who bears the name of somebody who works for the mediator is taken down, and the mediator withdraws: unless he says that it is a namesake.
CREATE FUNCTION take_mediation_step(
    p_session bytea, p_at timestamptz, p_case bigint, p_version integer, p_verb text, p_words text, p_data jsonb
) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_case cases;
    v_before mediations;
    v_now mediations;
    v_step mediation_steps;
    v_is text[];
    v_worked boolean;
    v_lacks text;
    v_as integer;
    v_nth integer;
    v_data jsonb := '{}';
    v_seq integer;
    v_gone boolean := p_verb = 'mediation_conflict';
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case FOR UPDATE;
    IF v_case.id IS NULL OR NOT actor_sees(v_case) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    SELECT * INTO v_before FROM mediations m WHERE m.case_id = p_case;
    v_is := relations_to_mediation(v_case, v_person, p_at);
    -- Whoever is nothing to it is told nothing of how far it is.
    IF cardinality(v_is) = 0 THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object(
            'who', (SELECT s.who FROM mediation_steps s WHERE s.verb = p_verb), 'allowed', '[]'::jsonb)::text;
    END IF;
    IF coalesce(v_before.version, 0) IS DISTINCT FROM p_version THEN
        RAISE EXCEPTION 'the mediation has changed' USING ERRCODE = 'GW020', DETAIL = jsonb_build_object(
            'version', coalesce(v_before.version, 0), 'state', coalesce('mediation_' || v_before.state, v_case.state),
            'last', (SELECT e.verb FROM events e WHERE e.case_id = p_case AND (e.data ? 'mediation' OR v_before.version IS NULL) ORDER BY e.seq DESC LIMIT 1))::text;
    END IF;
    v_worked := v_case.state IN ('received', 'accepted', 'dispatched', 'in_progress', 'paused');
    -- That the mediator has to withdraw can turn out at any time.
    SELECT * INTO v_step FROM mediation_steps s
    WHERE s.verb = p_verb AND (v_before.state = ANY (s.sources) OR p_verb = 'mediation_open' AND v_before.case_id IS NULL)
      AND (v_worked OR v_gone) AND NOT (v_gone AND v_before.posting_id IS NULL);
    IF v_step.verb IS NULL THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'GW021', DETAIL = jsonb_build_object('state', coalesce('mediation_' || v_before.state, v_case.state), 'allowed', (
            SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM mediation_steps s
            WHERE v_before.state = ANY (s.sources) AND s.who && v_is AND v_worked))::text;
    END IF;
    IF NOT v_step.who && v_is THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object('who', v_step.who, 'allowed', (
            SELECT coalesce(jsonb_agg(s.verb ORDER BY s.verb), '[]') FROM mediation_steps s WHERE v_before.state = ANY (s.sources) AND s.who && v_is))::text;
    END IF;
    v_lacks := CASE WHEN p_verb = 'mediation_open' AND (NOT v_case.private OR v_case.about_official) THEN 'private'
                    ELSE mediation_lacks(v_case, v_step, p_at, p_words, p_data) END;
    IF v_lacks IS NOT NULL THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = jsonb_build_object('need', v_lacks)::text;
    END IF;
    -- In whose name: the mediator's own posting, where it is his step.
    IF 'mediator' = ANY (v_is) AND 'mediator' = ANY (v_step.who) THEN
        SELECT min(p.id) INTO v_as FROM postings s JOIN postings p ON p.area_code = s.area_code AND p.person_id = v_person AND p.during @> p_at
            AND CASE s.role WHEN 'department' THEN p.role = 'handler' AND p.desk = s.desk ELSE p.role IN ('desk', 'dispatcher') END
        WHERE s.id = v_before.posting_id;
    END IF;
    v_as := coalesce(v_as, acting_posting(v_case, v_person, p_at));
    v_now := v_before;
    v_now.state := coalesce(v_step.target, v_before.state);
    IF v_gone AND NOT v_worked THEN
        v_now.state := v_before.state;
    END IF;
    v_now.version := coalesce(v_before.version, 0) + 1;
    IF 'mediator' = ANY (v_step.needs) THEN
        v_now.posting_id := (p_data ->> 'posting_id')::integer;
        v_data := jsonb_build_object('posting_id', v_now.posting_id) || CASE WHEN v_before.posting_id IS NULL THEN '{}'
            ELSE jsonb_build_object('posting_before', v_before.posting_id) END;
    END IF;
    IF v_now.state = 'failed' THEN
        v_now.outcome := coalesce(v_before.outcome, p_data ->> 'outcome');
        v_data := v_data || jsonb_build_object('outcome', v_now.outcome);
    ELSE
        v_now.outcome := NULL;
    END IF;
    v_now.ended_at := CASE WHEN v_now.state IN ('opened', 'vacant') THEN NULL ELSE coalesce(v_before.ended_at, p_at) END;
    IF v_before.case_id IS NULL THEN
        v_now.case_id := p_case;
        v_now.opened_at := p_at;
        INSERT INTO mediations SELECT (v_now).*;
    ELSE
        UPDATE mediations m SET posting_id = v_now.posting_id, state = v_now.state, outcome = v_now.outcome, version = v_now.version, ended_at = v_now.ended_at
        WHERE m.case_id = p_case;
    END IF;
    CASE p_verb
    WHEN 'mediation_party' THEN
        INSERT INTO mediation_parties SELECT p_case, count(*) + 1, p_at FROM mediation_parties y WHERE y.case_id = p_case RETURNING nth INTO v_nth;
        INSERT INTO mediation_party_words VALUES (p_case, v_nth, btrim(p_data ->> 'name'), nullif(btrim(p_data ->> 'contact'), ''));
        v_data := jsonb_build_object('party', v_nth);
    WHEN 'mediation_sitting' THEN
        INSERT INTO mediation_sittings SELECT p_case, count(*) + 1, (p_data ->> 'at')::timestamptz FROM mediation_sittings y WHERE y.case_id = p_case
        RETURNING nth INTO v_nth;
        v_data := jsonb_build_object('sitting', v_nth, 'sitting_at', (p_data ->> 'at')::timestamptz);
    WHEN 'mediation_move' THEN
        v_nth := (p_data ->> 'sitting')::integer;
        UPDATE mediation_sittings y SET at = (p_data ->> 'at')::timestamptz WHERE y.case_id = p_case AND y.nth = v_nth;
        v_data := jsonb_build_object('sitting', v_nth, 'sitting_at', (p_data ->> 'at')::timestamptz);
    WHEN 'mediation_held' THEN
        v_nth := (p_data ->> 'sitting')::integer;
        UPDATE mediation_sittings y SET held_at = p_at WHERE y.case_id = p_case AND y.nth = v_nth;
        v_data := jsonb_build_object('sitting', v_nth);
    ELSE
        NULL;
    END CASE;
    v_seq := add_event(v_case, p_at, p_verb, v_as, p_words, false, jsonb_build_object(
        'as', (SELECT jsonb_agg(w) FROM unnest(v_step.who) w WHERE w = ANY (v_is)), 'mediation', v_now.state)
        || CASE WHEN v_gone THEN jsonb_build_object('posting_before', v_before.posting_id) ELSE v_data END);
    IF p_verb = 'mediation_party' AND NOT coalesce((p_data ->> 'namesake')::boolean, false) AND is_party(p_case, v_now.posting_id, p_at) THEN
        v_gone := true;
        UPDATE mediations m SET state = 'vacant', posting_id = NULL, version = m.version + 1 WHERE m.case_id = p_case;
        v_seq := add_event(v_case, p_at, 'mediation_conflict', NULL, NULL, false, jsonb_build_object(
            'as', '["service"]'::jsonb, 'mediation', 'vacant', 'party', v_nth, 'posting_before', v_before.posting_id));
    END IF;
    IF v_gone THEN
        PERFORM mediator_gone(v_case, v_before, p_at);
    ELSIF v_now.posting_id IS DISTINCT FROM v_before.posting_id THEN
        UPDATE cases c SET elsewhere = (owned_by(c, jsonb_build_object(
            'area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id))).elsewhere WHERE c.id = p_case;
    END IF;
    SELECT * INTO v_now FROM mediations m WHERE m.case_id = p_case;
    RETURN jsonb_build_object('case_id', p_case, 'state', v_now.state, 'outcome', v_now.outcome, 'version', v_now.version, 'posting_id', v_now.posting_id,
                              'nth', v_nth, 'seq', v_seq, 'conflict', v_gone);
END $$;

-- Who the parties are: for the mediator's desk and a supervisor of the chain; every look is an event.  GW024: not for this actor.
CREATE FUNCTION look_at_parties(p_session bytea, p_at timestamptz, p_case bigint) RETURNS TABLE (nth integer, name text, contact text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
#variable_conflict use_column
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_case cases;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case FOR UPDATE;
    IF v_case.id IS NULL OR NOT EXISTS (SELECT FROM mediations m WHERE m.case_id = p_case)
       OR NOT relations_to_mediation(v_case, v_person, p_at) && '{mediator,supervisor}' THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    PERFORM add_event(v_case, p_at, 'look', acting_posting(v_case, v_person, p_at), NULL, false, jsonb_build_object(
        'mediation', (SELECT m.state FROM mediations m WHERE m.case_id = p_case),
        'parties', (SELECT count(*) FROM mediation_parties y WHERE y.case_id = p_case)));
    RETURN QUERY SELECT y.nth, w.name, w.contact FROM mediation_parties y LEFT JOIN mediation_party_words w USING (case_id, nth)
                 WHERE y.case_id = p_case ORDER BY y.nth;
END $$;

-- Whom a step of a mediation concerns besides those of the case: who mediates now, and where the mediator had to withdraw, who has to name another one.
CREATE FUNCTION mediation_concerned(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.id, w.relation, 'person:' || p.id, p.lang, jsonb_build_object(
        'seq', o.payload -> 'seq', 'verb', o.payload -> 'verb', 'state', c.state, 'category', c.category_code, 'area_code', c.area_code, 'handed_over', false,
        'owner', jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id))
    FROM outbox o JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint JOIN mediations m ON m.case_id = c.id
    CROSS JOIN LATERAL (
        SELECT 'mediator' AS relation, x.id FROM events e, mediators(m.posting_id, p_at) x (id)
        -- To whom it was given by that step, if he still has it.
        WHERE o.topic IN ('case.mediation_open', 'case.mediation_hand_over') AND e.case_id = c.id AND e.seq = (o.payload ->> 'seq')::integer
          AND (e.data ->> 'posting_id')::integer = m.posting_id
        UNION ALL
        SELECT 'lead', x.id FROM people_of(jsonb_build_object('area_code', m.above_code, 'role', 'desk'), p_at) x (id)
        WHERE o.topic = 'case.mediation_conflict' AND m.state = 'vacant') w
    JOIN people p ON p.id = w.id
    WHERE o.id = ANY (p_ids) AND mail_address(p.email) IS NOT NULL
      -- Nobody is told what he did himself, nor of what he had to withdraw from.
      AND NOT EXISTS (SELECT FROM postings d WHERE d.id = (o.payload ->> 'posting_id')::integer AND d.person_id = p.id)
      AND NOT EXISTS (SELECT FROM mediation_conflicts k WHERE k.case_id = c.id AND k.person_id = p.id)
$$;

-- What a reporter is told of a mediation are general words: that there is one, and how it ended.
ALTER FUNCTION reporter_view(text, bytea) RENAME TO reporter_view_of_case;
CREATE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT v.told || jsonb_build_object(
        'mediation', (SELECT jsonb_build_object('state', CASE m.state WHEN 'vacant' THEN 'opened' ELSE m.state END, 'outcome', m.outcome)
                      FROM mediations m WHERE m.case_id = (v.told ->> 'case_id')::bigint),
        'events', (SELECT coalesce(jsonb_agg(e ORDER BY place), '[]') FROM jsonb_array_elements(v.told -> 'events') WITH ORDINALITY u (e, place)
                   WHERE NOT starts_with(e ->> 'verb', 'mediation_')
                      OR e ->> 'verb' IN ('mediation_open', 'mediation_agree', 'mediation_fail', 'mediation_withdraw')))
    FROM reporter_view_of_case(p_number, p_link_digest) v (told) WHERE v.told IS NOT NULL
$$;

REVOKE EXECUTE ON FUNCTION reporter_view_of_case, mediators, bare_name, is_party, may_mediate, relations_to_mediation, reads_mediation, mediating_see, mediation_first, mediation_told,
    mediation_candidates, my_mediations, mediation_lacks, mediator_gone, take_mediation_step, look_at_parties, mediation_concerned, reporter_view FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reads_mediation, mediation_told, mediation_candidates, my_mediations, take_mediation_step, look_at_parties, reporter_view TO gridwarden_web;
GRANT EXECUTE ON FUNCTION mediation_concerned TO gridwarden_worker;
