-- Petition closure (信访终结): what somebody keeps saying is not solved, although all that law and means allow was done, can be closed for good; but only in the
-- open: at the county or above, after a hearing whose record stands in the case, with a decision that the resident reads, and with a way to the next level.

-- After how many reopenings; `refused`: of a case of which it was decided that it will not be done.  So many days before a hearing the resident is told of it,
-- and so many days long he may ask the next level.  Dated: the newest in force counts.
CREATE TABLE petition_rules (
    since        timestamptz PRIMARY KEY,
    reopened     integer NOT NULL CHECK (reopened >= 1),
    refused      integer NOT NULL CHECK (refused >= 1),
    notice_days  integer NOT NULL CHECK (notice_days >= 1),
    review_days  integer NOT NULL CHECK (review_days >= 1)
);
INSERT INTO petition_rules VALUES ('2014-12-31 16:00Z', 2, 1, 7, 30);

-- posting_id: who presides.  What was said and found, and the decision, are words of the case's events.
CREATE TABLE hearings (
    case_id        bigint NOT NULL REFERENCES cases,
    nth            integer NOT NULL CHECK (nth BETWEEN 1 AND 99),     -- in its case
    state          text NOT NULL CHECK (state IN ('called', 'held', 'closed', 'lifted', 'cancelled')),
    version        integer NOT NULL DEFAULT 1,
    posting_id     integer NOT NULL REFERENCES postings,
    called_at      timestamptz NOT NULL,
    at             timestamptz NOT NULL,
    held_at        timestamptz,                                       -- when its record was entered
    proposal       text CHECK (proposal IN ('close', 'go_on')),
    record_digest  text CHECK (record_digest ~ '^[0-9a-f]{64}$'),     -- SHA-256 of the record's file, which is kept elsewhere
    closed_at      timestamptz,                                       -- when the petition was closed by it
    review_until   timestamptz,
    ended_at       timestamptz,                                       -- cancelled, or the closure was lifted
    private        boolean NOT NULL DEFAULT false,                    -- its case was when it was held; no later category opens the record
    PRIMARY KEY (case_id, nth),
    CHECK ((held_at IS NULL) = (state IN ('called', 'cancelled'))),
    CHECK ((held_at IS NULL) = (proposal IS NULL)),
    CHECK ((closed_at IS NOT NULL) = (state IN ('closed', 'lifted'))),
    CHECK ((closed_at IS NULL) = (review_until IS NULL)),
    CHECK ((ended_at IS NOT NULL) = (state IN ('cancelled', 'lifted')))
);
-- Usage: petition_stands(), whatever touches a case that is closed; of one case there is one closure, and one hearing to come.
CREATE UNIQUE INDEX hearings_closing ON hearings (case_id) WHERE state = 'closed';
CREATE UNIQUE INDEX hearings_to_come ON hearings (case_id) WHERE state = 'called';

-- Where it is, and who took part.  Apart, so that it can be erased.  Of the resident no name: only whether he came.
CREATE TABLE hearing_places (
    case_id  bigint NOT NULL,
    nth      integer NOT NULL,
    place    text NOT NULL CHECK (length(place) BETWEEN 1 AND 200),
    PRIMARY KEY (case_id, nth),
    FOREIGN KEY (case_id, nth) REFERENCES hearings
);
CREATE TABLE hearing_people (
    case_id  bigint NOT NULL,
    nth      integer NOT NULL,
    seat     integer NOT NULL CHECK (seat BETWEEN 1 AND 40),
    role     text NOT NULL CHECK (role IN ('resident', 'department', 'lawyer', 'outside')),
    came     boolean NOT NULL,
    who      text CHECK (length(who) BETWEEN 1 AND 200),
    PRIMARY KEY (case_id, nth, seat),
    FOREIGN KEY (case_id, nth) REFERENCES hearings,
    CHECK (role <> 'resident' OR who IS NULL)
);

-- The steps, as those of a case.  grids/hearing_steps.py has the same rows.  Without sources: another one.
CREATE TABLE hearing_steps (
    verb     text PRIMARY KEY,
    sources  text[] NOT NULL,
    target   text,
    who      text[] NOT NULL,
    needs    text[] NOT NULL
);
INSERT INTO hearing_steps (verb, sources, target, who, needs) VALUES
    ('hearing_call', '{}', 'called', '{lead,supervisor,able}', '{petition,no_danger,called,presider,hearing_at,hearing_place}'),
    ('hearing_move', '{called}', NULL, '{presider}', '{hearing_at,words}'),
    ('hearing_hold', '{called}', 'held', '{presider}', '{uninvolved,hearing_begun,came,people,record_digest,proposal,words,findings}'),
    ('hearing_cancel', '{called}', 'cancelled', '{presider,lead,supervisor}', '{words}'),
    ('petition_close', '{held}', 'closed', '{presider}', '{uninvolved,proposed,petition,no_danger,since_heard,settled,words}');

ALTER TABLE hearings ENABLE ROW LEVEL SECURITY;
ALTER TABLE hearings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON hearings TO gridwarden_owner USING (true) WITH CHECK (true);
ALTER TABLE hearing_places ENABLE ROW LEVEL SECURITY;
ALTER TABLE hearing_places FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON hearing_places TO gridwarden_owner USING (true) WITH CHECK (true);
ALTER TABLE hearing_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE hearing_people FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON hearing_people TO gridwarden_owner USING (true) WITH CHECK (true);
-- Whoever sees the case; where it is and who took part, functions tell.
CREATE POLICY chain_reads ON hearings FOR SELECT TO gridwarden_web USING (EXISTS (SELECT FROM cases c WHERE c.id = hearings.case_id));
GRANT SELECT ON hearings, hearing_steps TO gridwarden_web;

-- Whether a case is closed as a petition.
CREATE FUNCTION petition_stands(p_case bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM hearings h WHERE h.case_id = p_case AND h.state = 'closed')
$$;

-- The areas of a case at which it can be heard: from its county upwards, in any case the topmost one.
CREATE FUNCTION hearing_areas(p_case cases, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT p_case.chain[1:greatest(1, (
        SELECT max(u.nth)::integer FROM unnest(p_case.chain) WITH ORDINALITY u (code, nth)
        JOIN boundaries b ON b.edition_id = (edition_at(p_at)).id AND b.code = u.code AND b.level = 'county'))]
$$;

-- Whether somebody neither works for the owner of a case nor handled or directed it, or one of its kin.  Calling and holding a hearing is neither; to have
-- closed the petition once is.
CREATE FUNCTION outside_case(p_case cases, p_person integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM postings w WHERE w.person_id = p_person AND w.during @> p_at AND works_for_owner(w, p_case))
       AND NOT EXISTS (SELECT FROM kin(ARRAY[p_case.id]) k JOIN events e ON e.case_id = k.kin_id JOIN postings p ON p.id = e.posting_id
                       WHERE p.person_id = p_person AND handles(e.verb, e.data) AND NOT starts_with(e.verb, 'hearing_'))
$$;

-- Who can preside over a hearing of a case.
CREATE FUNCTION may_preside(p_case cases, p_at timestamptz) RETURNS SETOF postings
LANGUAGE sql STABLE AS $$
    SELECT s.* FROM postings s
    WHERE s.area_code = ANY (hearing_areas(p_case, p_at)) AND s.role IN ('desk', 'dispatcher', 'supervisor') AND s.person_id IS NOT NULL AND s.during @> p_at
      AND outside_case(p_case, s.person_id, p_at)
$$;

-- What somebody is to a hearing: presides over it, is able to preside over one, leads the case (owns or directs it, or stands above who does), supervises.
CREATE FUNCTION relations_to_hearing(p_case cases, p_hearing hearings, p_person integer, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM postings p WHERE p.id = p_hearing.posting_id AND p.person_id = p_person AND p.during @> p_at) THEN 'presider' END,
        CASE WHEN relations_to(p_case, p_person, NULL, p_at) && '{owner,dispatcher,above}' THEN 'lead' END,
        CASE WHEN EXISTS (SELECT FROM postings p WHERE p.person_id = p_person AND p.during @> p_at AND p.role = 'supervisor' AND p.area_code = ANY (p_case.chain))
             THEN 'supervisor' END,
        CASE WHEN EXISTS (SELECT FROM may_preside(p_case, p_at) s WHERE s.person_id = p_person) THEN 'able' END], NULL)
$$;

-- Whether the actor reads the record of a hearing: as the other words of the case; of what is private or about an official the presider and the
-- supervisors of the chain alone.
CREATE FUNCTION reads_hearing(p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce((
        SELECT CASE WHEN c.private OR c.about_official OR EXISTS (SELECT FROM hearings h WHERE h.case_id = c.id AND h.private) THEN
                   c.chain && actor_areas('supervisor')
                   OR EXISTS (SELECT FROM hearings h JOIN postings p ON p.id = h.posting_id WHERE h.case_id = c.id AND p.person_id = actor_person()
                              AND p.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz)
               ELSE c.chain && actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor') OR c.elsewhere && actor_keys() END
        FROM cases c WHERE c.id = p_case), false)
$$;
CREATE POLICY record_is_kept ON event_words AS RESTRICTIVE FOR SELECT TO gridwarden_web
    USING (NOT EXISTS (SELECT FROM events e WHERE e.id = event_id AND e.verb = 'hearing_hold' AND NOT reads_hearing(e.case_id)));

-- The first thing that a step of a hearing lacks whatever is said with it; null: nothing.
CREATE FUNCTION hearing_waits(p_case cases, p_hearing hearings, p_step hearing_steps, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT n FROM unnest(p_step.needs) WITH ORDINALITY u (n, place), (SELECT * FROM petition_rules r WHERE r.since <= p_at ORDER BY r.since DESC LIMIT 1) rule
    WHERE NOT coalesce(CASE n
        -- Reopened again and again, and nobody confirmed a solution; what is claimed has its re-check first.
        WHEN 'petition' THEN p_case.state IN ('accepted', 'dispatched', 'in_progress', 'closed', 'will_not_do') AND p_case.confirmed IS NOT TRUE
            AND p_case.reopened >= CASE WHEN EXISTS (SELECT FROM events e WHERE e.case_id = p_case.id AND e.verb = 'will_not_do') THEN rule.refused ELSE rule.reopened END
            AND NOT petition_stands(p_case.id)
        -- A danger is never closed away.
        WHEN 'no_danger' THEN p_case.urgency <> 'emergency' AND NOT p_case.hazard AND NOT 'hazard' = ANY (p_case.recheck)
        WHEN 'called' THEN NOT EXISTS (SELECT FROM hearings h WHERE h.case_id = p_case.id AND h.state = 'called')
                           AND (SELECT count(*) < 99 FROM hearings h WHERE h.case_id = p_case.id)
        WHEN 'uninvolved' THEN EXISTS (SELECT FROM may_preside(p_case, p_at) s WHERE s.id = p_hearing.posting_id)
        WHEN 'hearing_begun' THEN p_hearing.at <= p_at
        WHEN 'proposed' THEN p_hearing.proposal = 'close' AND p_hearing.nth = (SELECT max(h.nth) FROM hearings h WHERE h.case_id = p_case.id AND h.state <> 'cancelled')
        -- What was tried after it was not heard.
        WHEN 'since_heard' THEN NOT EXISTS (SELECT FROM events e WHERE e.case_id = p_case.id AND e.verb IN ('claim', 'merge_in') AND e.seq > (
            SELECT max(v.seq) FROM events v WHERE v.case_id = p_case.id AND v.verb = 'hearing_hold' AND v.data -> 'hearing' = to_jsonb(p_hearing.nth)))
        WHEN 'settled' THEN NOT EXISTS (SELECT FROM mediations m WHERE m.case_id = p_case.id AND m.ended_at IS NULL) AND NOT 'parts' = ANY (lacking(p_case))
        ELSE true END, false)
    ORDER BY place LIMIT 1
$$;

-- The first thing that was not said with a step, or cannot be; null: nothing.
CREATE FUNCTION hearing_lacks(p_case cases, p_step hearing_steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
    WITH people AS (
        SELECT x.* FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(p_data -> 'people') = 'array' THEN p_data -> 'people' ELSE '[]' END)
            x (role text, came boolean, who text)
    ),
    rule AS (SELECT * FROM petition_rules r WHERE r.since <= p_at ORDER BY r.since DESC LIMIT 1)
    SELECT n FROM unnest(p_step.needs) WITH ORDINALITY u (n, place) WHERE NOT coalesce(CASE n
        WHEN 'presider' THEN EXISTS (SELECT FROM may_preside(p_case, p_at) s WHERE s.id = (p_data ->> 'posting_id')::integer)
        WHEN 'hearing_at' THEN (p_data ->> 'at')::timestamptz BETWEEN p_at + (SELECT rule.notice_days FROM rule) * interval '1 day' AND p_at + interval '1 year'
        WHEN 'hearing_place' THEN length(btrim(p_data ->> 'place')) BETWEEN 1 AND 200
        WHEN 'came' THEN (SELECT count(*) = 1 AND bool_and(y.came IS NOT NULL) FROM people y WHERE y.role = 'resident')
        -- The departments are heard, and somebody who is of none of them hears it, too.
        WHEN 'people' THEN (SELECT count(*) <= 40 AND bool_or(y.role = 'department' AND y.came) AND bool_or(y.role IN ('lawyer', 'outside') AND y.came)
                                   AND bool_and(y.came IS NOT NULL AND CASE y.role WHEN 'resident' THEN y.who IS NULL
                                                ELSE y.role IN ('department', 'lawyer', 'outside') AND length(btrim(y.who)) BETWEEN 1 AND 200 END) FROM people y)
        WHEN 'record_digest' THEN p_data ->> 'record_digest' IS NULL OR p_data ->> 'record_digest' ~ '^[0-9a-f]{64}$'
        WHEN 'proposal' THEN p_data ->> 'proposal' IN ('close', 'go_on')
        WHEN 'findings' THEN length(btrim(p_data ->> 'findings')) BETWEEN 1 AND 4000
        WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000
        ELSE true END, false)
    ORDER BY place LIMIT 1
$$;

-- The steps of a hearing that somebody may take, of another one where p_hearing is null, each with what it waits for; null: for nothing.
CREATE FUNCTION hearing_open_to(p_case cases, p_hearing hearings, p_person integer, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(s.verb, hearing_waits(p_case, p_hearing, s, p_at)), '{}') FROM hearing_steps s
    WHERE CASE WHEN p_hearing.nth IS NULL THEN s.sources = '{}' ELSE p_hearing.state = ANY (s.sources) END
      AND s.who && relations_to_hearing(p_case, p_hearing, p_person, p_at)
$$;
CREATE FUNCTION hearing_allowed(p_open jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(o.key ORDER BY o.key), '[]') FROM jsonb_each(p_open) o WHERE o.value = 'null'
$$;

-- Who may open again what was closed as a petition: whoever directs or supervises above the level that closed it; at the topmost level somebody else.
CREATE FUNCTION may_lift(p_case cases, p_hearing hearings, p_person integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM postings h, postings p
        WHERE h.id = p_hearing.posting_id AND p.person_id = p_person AND p.during @> p_at AND p.role IN ('desk', 'dispatcher', 'supervisor')
          AND (array_position(p_case.chain, p.area_code::text) < coalesce(array_position(p_case.chain, h.area_code::text), 1)
               OR p.area_code = p_case.chain[1] AND coalesce(array_position(p_case.chain, h.area_code::text), 1) = 1 AND p.person_id <> h.person_id))
$$;

-- By whom and when a petition was closed, and which way is left: the area of the next level up (null: the topmost level closed it), until when it can be asked.
CREATE FUNCTION petition_closing(p_case bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('closed_at', h.closed_at, 'area', area_name(s.area_code, p_at), 'role', s.role, 'desk', s.desk, 'review_until', h.review_until,
        'next', (SELECT area_name(c.chain[up], p_at) FROM generate_series(array_position(c.chain, s.area_code::text) - 1, 1, -1) up LIMIT 1))
    FROM hearings h JOIN cases c ON c.id = h.case_id JOIN postings s ON s.id = h.posting_id WHERE h.case_id = p_case AND h.state = 'closed'
$$;

-- What was closed as a petition is worked on again only by a level above, or somebody else of the topmost one; nor is it solved by any later word.
CREATE FUNCTION petition_kept() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz := nullif(current_setting('gridwarden.at', true), '')::timestamptz;
    v_hearing hearings;
BEGIN
    SELECT * INTO v_hearing FROM hearings h WHERE h.case_id = NEW.id AND h.state = 'closed';
    IF v_hearing.case_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.closed_at IS NOT NULL THEN
        NEW.confirmed := CASE WHEN NEW.confirmed IS NOT NULL THEN false END;
        RETURN NEW;
    END IF;
    IF NOT may_lift(NEW, v_hearing, actor_person(), v_at) THEN
        RAISE EXCEPTION 'closed as a petition' USING ERRCODE = 'GW025', DETAIL = petition_closing(NEW.id, v_at)::text;
    END IF;
    UPDATE hearings h SET state = 'lifted', version = h.version + 1, ended_at = v_at WHERE h.case_id = v_hearing.case_id AND h.nth = v_hearing.nth;
    RETURN NEW;
END $$;
CREATE TRIGGER petition_kept BEFORE UPDATE OF closed_at, confirmed ON cases FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION petition_kept();

-- What the actor learns of the hearings of a case that he sees: each with the steps that are his and what they wait for (`open`), under "another" those of a new
-- one; where it is and who took part for those who read its record.  Null: he does not see the case.
CREATE FUNCTION hearings_told(p_case bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_case cases;
    v_person integer := actor_person();
    v_reads boolean;
    v_closing hearings;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case;
    IF v_case.id IS NULL OR NOT actor_sees(v_case) THEN
        RETURN NULL;
    END IF;
    v_reads := reads_hearing(p_case);
    SELECT * INTO v_closing FROM hearings h WHERE h.case_id = p_case AND h.state = 'closed';
    RETURN jsonb_build_object(
        'case_id', p_case, 'reads', v_reads, 'another', hearing_open_to(v_case, NULL, v_person, p_at),
        'rule', (SELECT to_jsonb(r) - 'since' FROM petition_rules r WHERE r.since <= p_at ORDER BY r.since DESC LIMIT 1),
        'closing', petition_closing(p_case, p_at), 'may_lift', v_closing.case_id IS NOT NULL AND may_lift(v_case, v_closing, v_person, p_at),
        'hearings', (SELECT coalesce(jsonb_agg(to_jsonb(h) - '{case_id,private}'::text[] || jsonb_build_object(
            'open', hearing_open_to(v_case, h, v_person, p_at),
            'place', CASE WHEN v_reads THEN (SELECT w.place FROM hearing_places w WHERE w.case_id = p_case AND w.nth = h.nth) END,
            'people', CASE WHEN v_reads THEN (SELECT coalesce(jsonb_agg(jsonb_build_object('role', y.role, 'came', y.came, 'who', y.who) ORDER BY y.seat), '[]')
                                              FROM hearing_people y WHERE y.case_id = p_case AND y.nth = h.nth) ELSE '[]' END) ORDER BY h.nth), '[]')
            FROM hearings h WHERE h.case_id = p_case));
END $$;

-- Who can be asked to preside over a hearing of a case, for those who may call one.
CREATE FUNCTION hearing_candidates(p_case bigint, p_at timestamptz)
RETURNS TABLE (posting_id integer, role text, area_code text, area_name text, desk text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT s.id, s.role, s.area_code::text, area_name(s.area_code, p_at), s.desk
    FROM cases c CROSS JOIN LATERAL may_preside(c, p_at) s
    WHERE c.id = p_case AND actor_sees(c) AND relations_to_hearing(c, NULL, actor_person(), p_at) <> '{}'
    ORDER BY array_position(c.chain, s.area_code::text) DESC, s.role, s.id
$$;

-- What whoever holds the link of a report learns of the hearings of its case: when and where, how they ended; and which way is left where it was closed.
CREATE FUNCTION reporter_hearings(p_number text, p_link_digest bytea, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object('closing', petition_closing(r.case_id, p_at), 'hearings', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('nth', h.nth, 'state', h.state, 'at', h.at, 'place', w.place, 'proposal', h.proposal) ORDER BY h.nth), '[]')
        FROM hearings h LEFT JOIN hearing_places w USING (case_id, nth) WHERE h.case_id = r.case_id AND (NOT r.joined OR coalesce(h.ended_at, h.at) >= r.received_at)))
    FROM reports r WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

-- Takes a step of a hearing, or calls one (p_nth null; p_version is then how many the case has); under the lock of the case, with an event of it.  Its record is
-- two events: what was said, and what was found, which the resident reads.  GW020 it has changed, GW021 not from its state, GW022 for others, GW023 something
-- is missing, GW024 no such case or hearing for this actor.
CREATE FUNCTION take_hearing_step(p_session bytea, p_at timestamptz, p_case bigint, p_nth integer, p_version integer, p_verb text, p_words text, p_data jsonb)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_case cases;
    v_before hearings;
    v_hearing hearings;
    v_step hearing_steps;
    v_is text[];
    v_open jsonb;
    v_lacks text;
    v_posting integer;
    v_told jsonb;
    v_seq integer;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case FOR UPDATE;
    SELECT * INTO v_before FROM hearings h WHERE h.case_id = p_case AND h.nth = p_nth;
    IF v_case.id IS NULL OR NOT actor_sees(v_case) OR p_nth IS NOT NULL AND v_before.nth IS NULL THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    v_is := relations_to_hearing(v_case, v_before, v_person, p_at);
    v_open := hearing_open_to(v_case, v_before, v_person, p_at);
    IF p_version IS DISTINCT FROM coalesce(v_before.version, (SELECT count(*)::integer FROM hearings h WHERE h.case_id = p_case)) THEN
        RAISE EXCEPTION 'the hearing has changed' USING ERRCODE = 'GW020', DETAIL = (
            SELECT jsonb_build_object('version', coalesce(v_before.version, count(*)::integer), 'state', coalesce('hearing_' || v_before.state, 'hearing'),
                                      'last', (SELECT e.verb FROM events e WHERE e.case_id = p_case ORDER BY e.seq DESC LIMIT 1))
            FROM hearings h WHERE h.case_id = p_case)::text;
    END IF;
    SELECT * INTO v_step FROM hearing_steps s
    WHERE s.verb = p_verb AND CASE WHEN v_before.nth IS NULL THEN s.sources = '{}' ELSE v_before.state = ANY (s.sources) END;
    IF v_step.verb IS NULL THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'GW021', DETAIL = jsonb_build_object(
            'state', coalesce('hearing_' || v_before.state, v_case.state), 'allowed', hearing_allowed(v_open))::text;
    END IF;
    IF NOT v_step.who && v_is THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object('who', v_step.who, 'allowed', hearing_allowed(v_open))::text;
    END IF;
    v_lacks := coalesce(hearing_waits(v_case, v_before, v_step, p_at), hearing_lacks(v_case, v_step, p_at, p_words, p_data));
    IF v_lacks IS NOT NULL THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = jsonb_build_object('need', v_lacks,
            'days', (SELECT r.notice_days FROM petition_rules r WHERE r.since <= p_at ORDER BY r.since DESC LIMIT 1))::text;
    END IF;
    v_posting := CASE WHEN 'presider' = ANY (v_is) AND 'presider' = ANY (v_step.who) THEN v_before.posting_id ELSE acting_posting(v_case, v_person, p_at) END;
    IF v_before.nth IS NULL THEN
        INSERT INTO hearings (case_id, nth, state, posting_id, called_at, at)
        VALUES (p_case, p_version + 1, 'called', (p_data ->> 'posting_id')::integer, p_at, (p_data ->> 'at')::timestamptz) RETURNING * INTO v_hearing;
    ELSE
        UPDATE hearings h SET state = coalesce(v_step.target, h.state), version = h.version + 1,
            at = CASE p_verb WHEN 'hearing_move' THEN (p_data ->> 'at')::timestamptz ELSE h.at END,
            held_at = CASE p_verb WHEN 'hearing_hold' THEN p_at ELSE h.held_at END,
            private = h.private OR p_verb = 'hearing_hold' AND v_case.private,
            proposal = CASE p_verb WHEN 'hearing_hold' THEN p_data ->> 'proposal' ELSE h.proposal END,
            record_digest = CASE p_verb WHEN 'hearing_hold' THEN p_data ->> 'record_digest' ELSE h.record_digest END,
            closed_at = CASE p_verb WHEN 'petition_close' THEN p_at ELSE h.closed_at END,
            review_until = CASE p_verb WHEN 'petition_close' THEN p_at + (
                SELECT r.review_days FROM petition_rules r WHERE r.since <= p_at ORDER BY r.since DESC LIMIT 1) * interval '1 day' ELSE h.review_until END,
            ended_at = CASE p_verb WHEN 'hearing_cancel' THEN p_at ELSE h.ended_at END
        WHERE h.case_id = p_case AND h.nth = p_nth RETURNING * INTO v_hearing;
    END IF;
    IF length(btrim(p_data ->> 'place')) BETWEEN 1 AND 200 AND p_verb IN ('hearing_call', 'hearing_move') THEN
        INSERT INTO hearing_places VALUES (p_case, v_hearing.nth, btrim(p_data ->> 'place')) ON CONFLICT (case_id, nth) DO UPDATE SET place = excluded.place;
    ELSIF p_verb = 'hearing_hold' THEN
        INSERT INTO hearing_people SELECT p_case, v_hearing.nth, y.seat, y.person ->> 'role', (y.person ->> 'came')::boolean, btrim(y.person ->> 'who')
        FROM jsonb_array_elements(p_data -> 'people') WITH ORDINALITY y (person, seat);
    ELSIF p_verb = 'petition_close' THEN
        -- What was still worked on ends, and nobody confirmed it; what had ended stays as it was.
        UPDATE cases c SET state = CASE WHEN c.closed_at IS NULL THEN 'closed' ELSE c.state END, confirmed = CASE WHEN c.closed_at IS NULL THEN false ELSE c.confirmed END,
            asked_until = NULL, stage_due_at = CASE WHEN c.closed_at IS NULL THEN NULL ELSE c.stage_due_at END, closed_at = coalesce(c.closed_at, p_at),
            version = c.version + 1
        WHERE c.id = p_case RETURNING * INTO v_case;
    END IF;
    v_told := jsonb_build_object('as', (SELECT jsonb_agg(w) FROM unnest(v_step.who) w WHERE w = ANY (v_is)), 'hearing', v_hearing.nth)
        || CASE WHEN p_verb IN ('hearing_call', 'hearing_move') THEN jsonb_build_object('hearing_at', v_hearing.at) ELSE '{}' END
        || CASE WHEN p_verb = 'hearing_move' THEN jsonb_build_object('hearing_at_before', v_before.at) ELSE '{}' END
        || CASE WHEN p_verb = 'hearing_call' THEN jsonb_build_object('posting_id', v_hearing.posting_id) ELSE '{}' END
        || CASE WHEN p_verb = 'hearing_hold' AND v_hearing.record_digest IS NOT NULL THEN jsonb_build_object('record_digest', v_hearing.record_digest) ELSE '{}' END
        || CASE WHEN p_verb = 'petition_close' AND petition_closing(p_case, p_at) ->> 'next' IS NOT NULL
                THEN jsonb_build_object('review_until', v_hearing.review_until) ELSE '{}' END;
    v_seq := add_event(v_case, p_at, p_verb, v_posting, p_words, p_verb <> 'hearing_hold', v_told);
    IF p_verb = 'hearing_hold' THEN
        v_seq := add_event(v_case, p_at, 'hearing_find', v_posting, btrim(p_data ->> 'findings'), true, v_told - 'record_digest' || jsonb_build_object('proposal', v_hearing.proposal));
    END IF;
    RETURN jsonb_build_object('case_id', p_case, 'nth', v_hearing.nth, 'state', v_hearing.state, 'version', v_hearing.version, 'at', v_hearing.at,
                              'posting_id', v_hearing.posting_id, 'review_until', v_hearing.review_until, 'case_state', v_case.state, 'seq', v_seq);
END $$;

-- Whom a step of a hearing concerns besides those of the case: who presides over it.
CREATE FUNCTION concerned_by_hearings(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.id, 'presider', 'person:' || p.id, p.lang, jsonb_build_object(
        'seq', o.payload -> 'seq', 'verb', o.payload -> 'verb', 'state', o.payload -> 'state',
        'category', c.category_code, 'area_code', c.area_code, 'owner', o.payload -> 'owner', 'handed_over', false)
    FROM outbox o JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint
         JOIN events e ON e.case_id = c.id AND e.seq = (o.payload ->> 'seq')::integer
         JOIN hearings h ON h.case_id = c.id AND h.nth = (e.data ->> 'hearing')::integer
         JOIN postings s ON s.id = h.posting_id AND s.during @> p_at JOIN people p ON p.id = s.person_id
    WHERE o.id = ANY (p_ids) AND o.topic IN ('case.hearing_call', 'case.hearing_cancel') AND mail_address(p.email) IS NOT NULL
      -- Nobody is told what he did himself.
      AND NOT EXISTS (SELECT FROM postings d WHERE d.id = (o.payload ->> 'posting_id')::integer AND d.person_id = p.id)
$$;

-- What a letter says of the hearing that it tells of, beside letter_facts(); {}: of none.
CREATE FUNCTION hearing_in_letter(p_delivery bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce((
        SELECT jsonb_build_object('hearing', jsonb_build_object('at', h.at, 'place', w.place, 'proposal', h.proposal, 'closing', petition_closing(h.case_id, p_at)))
        FROM deliveries d JOIN events e ON e.case_id = d.case_id AND e.seq = (d.data ->> 'seq')::integer
             JOIN hearings h ON h.case_id = e.case_id AND h.nth = (e.data ->> 'hearing')::integer LEFT JOIN hearing_places w ON (w.case_id, w.nth) = (h.case_id, h.nth)
        WHERE d.id = p_delivery), '{}')
$$;

-- What was closed as a petition at the places of a case: the cases that the actor sees, with when and by whom; the newest first.
CREATE FUNCTION petitions_at_place(p_case bigint, p_at timestamptz) RETURNS TABLE (case_id bigint, closing jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT c.id, petition_closing(c.id, p_at) FROM hearings h JOIN cases c ON c.id = h.case_id
    WHERE h.state = 'closed' AND c.id <> p_case AND actor_sees(c) AND EXISTS (SELECT FROM cases o WHERE o.id = p_case AND actor_sees(o))
      AND c.id IN (SELECT o.case_id FROM reports r JOIN place_reports p ON p.report_id = r.id JOIN place_reports q ON q.anchor_id = p.anchor_id
                   JOIN reports o ON o.id = q.report_id WHERE r.case_id = p_case)
    ORDER BY h.closed_at DESC
$$;

-- As before (0051_looks.sql); what was closed as a petition is opened again by no report: that is a new case.
CREATE OR REPLACE FUNCTION come_again(p_places bigint[]) RETURNS TABLE (case_id bigint, into_id bigint, report_id bigint, place_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_places bigint[] := ARRAY(SELECT l.id FROM unnest(p_places) l (id) WHERE EXISTS (
        SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = l.id AND c.state = 'closed' AND NOT c.private));
    v_open text[] := (SELECT m.sources FROM steps m WHERE m.verb = 'merge');
BEGIN
    IF v_places = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (p.anchor_id, c.id) p.anchor_id, c.id, c.chain, c.state, c.urgency, c.private, c.about_official, c.channel IN ('letterbox', 'visit') AS past_grid, c.closed_at,
               r.id AS first_id, r.received_at AS first_at,
               r.channel = 'patrol' OR r.taken_by IS NOT NULL AND r.channel IN ('app', 'wechat') AS by_staff
        FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = ANY (v_places) ORDER BY p.anchor_id, c.id, r.received_at, r.id
    ),
    first_open AS MATERIALIZED (
        SELECT DISTINCT ON (o.anchor_id, o.chain[1:2]) o.* FROM told o
        WHERE o.state = ANY (v_open) AND NOT o.by_staff AND NOT o.private ORDER BY o.anchor_id, o.chain[1:2], o.first_at, o.first_id
    ),
    near AS MATERIALIZED (
        SELECT DISTINCT ON (n.id) n.id, n.first_id, n.first_at, n.anchor_id, n.chain, o.id AS into_id
        FROM first_open n JOIN told o ON o.anchor_id = n.anchor_id AND o.state = 'closed' AND NOT o.private AND o.chain[1:2] = n.chain[1:2]
                                     AND n.first_at BETWEEN o.closed_at AND o.closed_at + interval '30 days'
        WHERE n.state = 'received' AND NOT n.about_official AND n.past_grid IS NOT TRUE AND n.urgency <> 'emergency' AND NOT petition_stands(o.id)
          -- Where its reporters told of it at two places, it is that of the first.
          AND n.first_id = (SELECT r.id FROM reports r WHERE r.case_id = n.id ORDER BY r.received_at, r.id LIMIT 1)
          AND n.first_at >= (SELECT max(o.closed_at) FROM told o WHERE o.anchor_id = n.anchor_id)
        ORDER BY n.id, o.closed_at DESC, o.id DESC
    )
    SELECT DISTINCT ON (n.into_id) n.id, n.into_id, n.first_id, n.anchor_id
    FROM near n
    WHERE untouched(n.id) AND (one_up((SELECT c FROM cases c WHERE c.id = n.into_id), n.first_at, 1) ->> 'area_code') = ANY (n.chain)
    ORDER BY n.into_id, n.first_at, n.first_id;
END $$;

-- As before (0046_come_again.sql); the petition may have been closed since it was asked.
CREATE OR REPLACE FUNCTION opened_again(p_case bigint, p_into bigint, p_report bigint, p_at timestamptz) RETURNS void
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
    IF v_case.state = 'received' AND untouched(p_case) AND v_into.state = 'closed' AND NOT petition_stands(p_into) THEN
        PERFORM take_step(NULL, NULL, p_at, p_into, v_into.version, 'reopen', NULL, jsonb_build_object('again', p_report));
        PERFORM take_step(NULL, NULL, p_at, p_case, v_case.version, 'join', NULL, jsonb_build_object('into', p_into));
    END IF;
END $$;

-- As before (0017_promises.sql), and whether it was closed as a petition, so that it is not for whoever reported there to open again.
CREATE OR REPLACE FUNCTION closed_at_place(p_number text, p_link bytea, p_at timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.closed_at DESC, f.case_id DESC), '[]') FROM (
            SELECT c.id AS case_id, c.version, c.category_code AS category, c.state, c.confirmed, c.received_at, c.closed_at, petition_closing(c.id, p_at) AS petition
            FROM reports r JOIN cases c ON c.geom && box_around(r.geom, 50)
            WHERE r.number = p_number AND r.key_digest = p_link AND c.state IN ('declined', 'closed', 'will_not_do')
              AND c.closed_at > p_at - interval '90 days' AND report_at_place(c, p_link, p_at) IS NOT NULL
            ORDER BY c.closed_at DESC, c.id DESC LIMIT p_limit) f);
END $$;

-- Usage: grids.patrols.findings_of(), what was found on patrol, the newest first.
CREATE INDEX reports_of_patrols ON reports (received_at DESC) WHERE channel = 'patrol';

-- As before, and closing a petition is a closing that nobody confirmed.
CREATE OR REPLACE FUNCTION place_seen(p_place bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_told jsonb;
BEGIN
    WITH place AS (SELECT p.anchor_id AS id FROM place_reports p WHERE p.report_id = p_place AND EXISTS (SELECT FROM places a WHERE a.id = p_place)),
    members AS MATERIALIZED (
        SELECT r.id, r.number, r.received_at, r.channel, r.area_code, r.geom, r.case_id, p.family
        FROM place JOIN place_reports p ON p.anchor_id = place.id JOIN reports r ON r.id = p.report_id
    ),
    worked AS MATERIALIZED (
        SELECT c.*, actor_sees(c) AS mine FROM cases c WHERE c.id IN (SELECT m.case_id FROM members m)
    ),
    -- Also in the cases with which its reports began, and which went into others.
    steps AS MATERIALIZED (
        SELECT e.case_id, e.seq, e.verb, e.state, e.data FROM events e WHERE e.case_id IN (SELECT k.kin_id FROM kin(ARRAY(SELECT w.id FROM worked w)) k)
    ),
    own AS (
        SELECT w.id FROM worked w UNION SELECT s.case_id FROM steps s WHERE s.verb IN ('receive', 'archive') AND (s.data ->> 'report_id')::bigint IN (SELECT m.id FROM members m)
    ),
    ended AS (
        SELECT s.*, row_number() OVER (PARTITION BY s.case_id ORDER BY s.seq DESC) AS nth FROM steps s JOIN own ON own.id = s.case_id
        WHERE s.verb IN ('confirm', 'pass_recheck', 'lapse', 'decline', 'will_not_do', 'archive', 'petition_close') AND s.state IN ('closed', 'declined', 'will_not_do')
          -- A petition closes what was open; what had ended ended once.
          AND (s.verb <> 'petition_close' OR EXISTS (SELECT FROM events b WHERE b.case_id = s.case_id AND b.seq = s.seq - 1 AND b.state NOT IN ('closed', 'will_not_do')))
    ),
    lines AS (
        SELECT count(*) FILTER (WHERE s.verb = 'claim') AS claimed, count(*) FILTER (WHERE s.verb IN ('deny', 'reopen')) AS reopened
        FROM steps s JOIN own ON own.id = s.case_id
    )
    SELECT jsonb_build_object(
        'id', place.id, 'family', (SELECT min(m.family) FROM members m),
        'lon', ST_X(a.geom), 'lat', ST_Y(a.geom), 'reports', (SELECT count(*) FROM members),
        -- Whoever left no contact counts as somebody else each time.
        'reporters', (SELECT count(DISTINCT coalesce(lower(btrim(k.contact)), m.id::text)) FROM members m LEFT JOIN report_contacts k ON k.report_id = m.id),
        'first_at', (SELECT min(m.received_at) FROM members m), 'last_at', (SELECT max(m.received_at) FROM members m),
        'channels', (SELECT jsonb_object_agg(x.channel, x.n) FROM (
            -- That somebody wrote past the grid is told to those alone who have the letter.
            SELECT m.channel, count(*) AS n FROM members m
            WHERE m.channel NOT IN ('letterbox', 'visit') OR EXISTS (SELECT FROM worked w WHERE w.id = m.case_id AND w.mine) GROUP BY m.channel) x),
        'areas', (SELECT jsonb_agg(DISTINCT m.area_code) FROM members m WHERE m.area_code IS NOT NULL),
        'cases', (SELECT count(*) FROM worked), 'open', (SELECT count(*) FROM worked w WHERE w.closed_at IS NULL),
        -- What silence closed is confirmed by whoever says so later.
        'closed', (SELECT count(*) FROM ended), 'confirmed', (
            SELECT count(*) FROM ended n WHERE n.verb IN ('confirm', 'pass_recheck')
               OR n.nth = 1 AND EXISTS (SELECT FROM worked w WHERE w.id = n.case_id AND w.confirmed)), 'claimed', lines.claimed, 'reopened', lines.reopened,
        'unsolved_since', (
            -- What was closed before somebody confirmed a solution has been solved with it; what is open has not.
            SELECT min(w.received_at) FROM worked w WHERE w.state <> 'merged' AND w.confirmed IS NOT TRUE
              AND (w.closed_at IS NULL OR w.received_at > coalesce((SELECT max(o.closed_at) FROM worked o WHERE o.confirmed), '-infinity'))),
        -- What rang here for cases of others tells no more than that it rang.
        'alarms', coalesce((SELECT jsonb_agg(jsonb_build_object('rule_id', l.rule_id, 'note', u.note, 'at', l.at, 'facts', l.facts,
                                'case_id', CASE WHEN w.mine THEN l.case_id END) ORDER BY l.at, l.rule_id, l.case_id)
                            FROM alarms l JOIN place_rules u ON u.id = l.rule_id LEFT JOIN worked w ON w.id = l.case_id
                            -- Also by another number, that it had before.
                            WHERE l.place_id IN (SELECT m.id FROM members m)), '[]'),
        'seen', (SELECT jsonb_agg(jsonb_build_object(
            'case_id', w.id, 'category_code', w.category_code, 'state', w.state, 'confirmed', w.confirmed, 'reopened', w.reopened, 'area_code', w.area_code,
            'received_at', w.received_at, 'due_at', w.due_at, 'paused_at', w.paused_at, 'closed_at', w.closed_at,
            'reports', (SELECT jsonb_agg(jsonb_build_object('number', m.number, 'received_at', m.received_at, 'channel', m.channel,
                            'lon', ST_X(m.geom), 'lat', ST_Y(m.geom)) ORDER BY m.received_at, m.id) FROM members m WHERE m.case_id = w.id)
        ) ORDER BY w.received_at DESC, w.id DESC) FROM worked w WHERE w.mine))
    INTO v_told FROM place JOIN places a ON a.id = place.id, lines
    WHERE EXISTS (SELECT FROM worked w WHERE w.mine);
    RETURN v_told;
END $$;

-- While a hearing is called nothing goes into its case, nor does it go into another: who was invited is heard about what he said.
CREATE FUNCTION heard_by_itself() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM hearings h WHERE h.case_id IN (NEW.id, NEW.merged_into) AND h.state = 'called') THEN
        RAISE EXCEPTION 'a hearing is called' USING ERRCODE = 'GW023', DETAIL = '{"need": "hearing"}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER heard_by_itself BEFORE UPDATE OF merged_into ON cases FOR EACH ROW
    WHEN (OLD.merged_into IS NULL AND NEW.merged_into IS NOT NULL) EXECUTE FUNCTION heard_by_itself();

REVOKE EXECUTE ON FUNCTION petition_stands, hearing_areas, outside_case, may_preside, relations_to_hearing, reads_hearing, hearing_waits, hearing_lacks, hearing_open_to,
    hearing_allowed, may_lift, petition_closing, petition_kept, hearings_told, hearing_candidates, reporter_hearings, take_hearing_step, concerned_by_hearings,
    hearing_in_letter, petitions_at_place, heard_by_itself FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reads_hearing, hearings_told, hearing_candidates, reporter_hearings, take_hearing_step, petitions_at_place TO gridwarden_web;
GRANT EXECUTE ON FUNCTION concerned_by_hearings, hearing_in_letter TO gridwarden_worker;
