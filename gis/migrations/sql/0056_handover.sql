-- The end of a shift (交接班): what is open at a desk is handed to whoever comes next; how much each of those has to whom a case can go;
-- and whom a line of the outbox concerns, for pages that are open.

-- Whom a change concerns: the areas of the case, and under `owner:` whoever has it, or a part of it, from elsewhere, and whoever had it before.  A desk that
-- hands over, and whoever sits there, go by desk_key().
DROP FUNCTION news;
CREATE FUNCTION owner_key(p_owner jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT 'owner:' || CASE p_owner ->> 'role' WHEN 'department' THEN 'posting:' || (p_owner ->> 'posting_id') ELSE p_owner ->> 'area_code' END
$$;

CREATE FUNCTION desk_key(p_kind text, p_area text, p_desk text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT concat_ws(':', 'desk', p_kind, p_area, p_desk)
$$;

CREATE FUNCTION concerned_keys(p_topic text, p_payload jsonb, p_case cases) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN starts_with(p_topic, 'handover.') THEN ARRAY[desk_key(p_payload ->> 'kind', p_payload ->> 'area_code', p_payload ->> 'desk')]
                ELSE p_case.chain || ARRAY(SELECT 'owner:' || k FROM unnest(p_case.elsewhere) k) || array_remove(ARRAY[
                    (SELECT owner_key(e.data -> 'owner_before') FROM events e WHERE e.case_id = p_case.id AND e.seq = (p_payload ->> 'seq')::integer),
                    (SELECT owner_key(posted(s)) FROM events e JOIN postings s ON s.id = (e.data ->> 'posting_before')::integer
                     WHERE e.case_id = p_case.id AND e.seq = (p_payload ->> 'seq')::integer)], NULL) END
$$;

-- As before; case_id is null, and keys are there, where something else than a case changed.
CREATE FUNCTION news(p_from bigint[], p_to bigint[])
RETURNS TABLE (oldest bigint, next bigint, id bigint, case_id bigint, keys text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint, n.id, n.case_id, n.keys
    FROM pg_current_snapshot() s LEFT JOIN LATERAL (
        SELECT o.id, c.id AS case_id, concerned_keys(o.topic, o.payload, c) AS keys
        FROM unnest(p_from, p_to) r (low, high)
        JOIN outbox o ON o.id >= r.low AND o.id < coalesce(r.high, 9223372036854775807)
        LEFT JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint
    ) n ON true ORDER BY n.id
$$;

-- How many open cases each of some postings has, how many of them are late, and, where somebody is away, until when and who stands in.
CREATE FUNCTION owner_loads(p_postings integer[], p_at timestamptz)
RETURNS TABLE (posting_id integer, open bigint, late bigint, away_until timestamptz, stand_in text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, l.open, l.late, upper(a.during), w.name
    FROM postings p CROSS JOIN LATERAL (
        SELECT count(*) AS open, count(*) FILTER (WHERE past_due(c.due_at, c.paused_at, p_at) OR c.stage_due_at < p_at) AS late
        FROM cases c
        WHERE c.closed_at IS NULL AND c.owner_area_code = p.area_code AND c.owner_role = p.role AND (p.role <> 'department' OR c.owner_posting_id = p.id)) l
    LEFT JOIN absences a ON a.posting_id = p.id AND a.during @> p_at
    LEFT JOIN postings s ON s.id = a.stand_in AND s.during @> p_at LEFT JOIN people w ON w.id = s.person_id
    WHERE p.id = ANY (p_postings) AND actor_is_staff()
$$;

-- Who is away of those posted in some areas, and who stands in: for those who direct there.
CREATE FUNCTION away_below(p_at timestamptz, p_limit integer)
RETURNS TABLE (posting_id integer, role text, area_code text, area text, name text, until timestamptz, stand_in text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, p.role, p.area_code::text, b.name, h.name, upper(a.during), w.name
    FROM absences a JOIN postings p ON p.id = a.posting_id AND p.during @> p_at
    JOIN boundaries b ON b.edition_id = (edition_at(p_at)).id AND b.code = p.area_code
    JOIN people h ON h.id = p.person_id
    LEFT JOIN postings s ON s.id = a.stand_in AND s.during @> p_at LEFT JOIN people w ON w.id = s.person_id
    WHERE a.during @> p_at AND b.chain && (SELECT actor_areas('desk', 'dispatcher', 'supervisor'))
    ORDER BY b.code, p.id LIMIT p_limit
$$;

-- A hand-over: written once, never edited.  A desk is where several take turns: `desk` its desk and dispatchers, `supervisor`, `department` its handlers.
CREATE TABLE handovers (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('desk', 'supervisor', 'department')),
    area_code    area_code NOT NULL REFERENCES areas,
    desk         text,                               -- the department's name
    chain        text[] NOT NULL,                    -- of the area, as it was
    given_by     integer NOT NULL REFERENCES postings,
    given_at     timestamptz NOT NULL,
    to_posting   integer REFERENCES postings,        -- null: whoever comes next
    until        timestamptz NOT NULL,               -- what is due up to then was listed
    counts       jsonb NOT NULL,                     -- of all that mattered, also where lines were too many
    note_digest  text,
    CHECK ((kind = 'department') = (desk IS NOT NULL))
);
-- Usage: my_handovers(), those of a desk; and those of all desks below a supervisor.
CREATE INDEX handovers_by_area ON handovers (area_code, id DESC);
CREATE INDEX handovers_by_chain ON handovers USING gin (chain);

-- The cases that mattered, as they stood.
CREATE TABLE handover_lines (
    handover_id  bigint NOT NULL REFERENCES handovers,
    nth          integer NOT NULL CHECK (nth > 0),
    case_id      bigint NOT NULL REFERENCES cases,
    reasons      text[] NOT NULL,
    state        text NOT NULL,
    act_by       timestamptz NOT NULL,
    note_digest  text,
    PRIMARY KEY (handover_id, nth),
    UNIQUE (handover_id, case_id)
);

CREATE TABLE handover_acceptances (
    handover_id    bigint PRIMARY KEY REFERENCES handovers,
    accepted_by    integer NOT NULL REFERENCES postings,
    accepted_at    timestamptz NOT NULL,
    remark_digest  text
);

-- What was said.  Apart, so that it can be erased; the rows above keep its salted digest.
CREATE TABLE handover_words (
    handover_id  bigint NOT NULL REFERENCES handovers,
    about        text NOT NULL CHECK (about IN ('whole', 'line', 'remark')),
    nth          integer NOT NULL DEFAULT 0 CHECK ((about = 'line') = (nth > 0)),
    words        text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    salt         bytea NOT NULL,
    PRIMARY KEY (handover_id, about, nth)
);

CREATE TRIGGER handovers_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON handovers FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER handover_lines_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON handover_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER handover_acceptances_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON handover_acceptances
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER handover_words_are_never_edited BEFORE UPDATE ON handover_words FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Who sits at a desk.
CREATE FUNCTION at_desk(p_kind text, p_area text, p_desk text, p_at timestamptz) RETURNS SETOF postings
LANGUAGE sql STABLE AS $$
    SELECT p.* FROM postings p
    WHERE p.area_code = p_area AND p.person_id IS NOT NULL AND p.during @> p_at
      AND CASE p_kind WHEN 'desk' THEN p.role IN ('desk', 'dispatcher') WHEN 'supervisor' THEN p.role = 'supervisor'
                      WHEN 'department' THEN p.role = 'handler' AND p.desk = p_desk END
$$;

-- Until when somebody is away, in whatever posting; null: he is here.
CREATE FUNCTION away_until(p_person integer, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT max(upper(a.during)) FROM absences a JOIN postings p ON p.id = a.posting_id WHERE p.person_id = p_person AND p.during @> p_at AND a.during @> p_at
$$;

-- Whether a hand-over waits for somebody who sits at its desk: it is to him; or to nobody, or to one who no longer sits there or is away.
-- Nobody takes over from himself.
CREATE FUNCTION handover_waits(p_handover handovers, p_person integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM handover_acceptances a WHERE a.handover_id = p_handover.id)
       AND p_person IN (SELECT d.person_id FROM at_desk(p_handover.kind, p_handover.area_code, p_handover.desk, p_at) d)
       AND p_person <> (SELECT g.person_id FROM postings g WHERE g.id = p_handover.given_by)
       AND NOT EXISTS (
           SELECT FROM postings t JOIN at_desk(p_handover.kind, p_handover.area_code, p_handover.desk, p_at) d ON d.person_id = t.person_id
           WHERE t.id = p_handover.to_posting AND t.person_id <> p_person AND away_until(t.person_id, p_at) IS NULL)
$$;

-- Whether the actor reads a hand-over: he sits at its desk and wrote it, took it over, it is to him or waits for him; or he supervises there or above.
CREATE FUNCTION reads_handover(p_handover handovers) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce(p_handover.chain && actor_areas('supervisor') OR (
        w.person IN (SELECT d.person_id FROM at_desk(p_handover.kind, p_handover.area_code, p_handover.desk, w.at) d)
        AND (w.person IN (SELECT p.person_id FROM postings p WHERE p.id IN (p_handover.given_by, p_handover.to_posting,
                              (SELECT a.accepted_by FROM handover_acceptances a WHERE a.handover_id = p_handover.id)))
             OR handover_waits(p_handover, w.person, w.at))), false)
    FROM (SELECT actor_person() AS person, nullif(current_setting('gridwarden.at', true), '')::timestamptz AS at) w
$$;

ALTER TABLE handovers ENABLE ROW LEVEL SECURITY;
ALTER TABLE handovers FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON handovers TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY both_read ON handovers FOR SELECT TO gridwarden_web USING (reads_handover(handovers));
ALTER TABLE handover_acceptances ENABLE ROW LEVEL SECURITY;
ALTER TABLE handover_acceptances FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON handover_acceptances TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY both_read ON handover_acceptances FOR SELECT TO gridwarden_web USING (EXISTS (SELECT FROM handovers h WHERE h.id = handover_id));
-- Of its lines those whose cases the reader sees today.
ALTER TABLE handover_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE handover_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON handover_lines TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY both_read ON handover_lines FOR SELECT TO gridwarden_web
    USING (EXISTS (SELECT FROM handovers h WHERE h.id = handover_id) AND EXISTS (SELECT FROM cases c WHERE c.id = case_id));
ALTER TABLE handover_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE handover_words FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON handover_words TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY both_read ON handover_words FOR SELECT TO gridwarden_web USING (CASE about
    WHEN 'line' THEN EXISTS (SELECT FROM handover_lines l WHERE l.handover_id = handover_words.handover_id AND l.nth = handover_words.nth)
    ELSE EXISTS (SELECT FROM handovers h WHERE h.id = handover_words.handover_id) END);
GRANT SELECT ON handovers, handover_lines, handover_acceptances, handover_words TO gridwarden_web;

-- What is open at a desk and matters to whoever comes next, and why; `own`: it is the desk's own to work on.
--   late       a deadline has passed
--   due        a deadline comes before p_until
--   claimed    said to be solved, and nobody has answered
--   pause      paused, and that ends before p_until
--   emergency  its urgency
--   extension  more time is asked for; not where the desk itself asked
--   order      an order waits for the desk's answer, or for the supervisor's judgement
--   part       the desk was asked for a part of it, or one that it asked for was handed back
-- A plain SQL function, so that the planner sees through it.
CREATE FUNCTION handover_open(p_kind text, p_area text, p_desk text, p_at timestamptz, p_until timestamptz)
RETURNS TABLE (case_id bigint, state text, act_by timestamptz, own boolean, reasons text[])
LANGUAGE sql STABLE AS $$
    WITH department AS MATERIALIZED (
        SELECT p.id FROM postings p WHERE p_kind = 'department' AND p.area_code = p_area AND p.role = 'department' AND p.desk = p_desk AND p.during @> p_at
    ),
    here AS (
        SELECT c.*, CASE p_kind WHEN 'desk' THEN c.owner_area_code = p_area AND c.owner_role = 'desk'
                                WHEN 'department' THEN c.owner_role = 'department' AND c.owner_posting_id IN (SELECT d.id FROM department d)
                                ELSE false END AS own
        FROM cases c
        WHERE CASE p_kind WHEN 'department' THEN c.elsewhere && ARRAY(SELECT 'posting:' || d.id FROM department d)
                          WHEN 'supervisor' THEN c.chain @> ARRAY[p_area]
                          ELSE c.chain @> ARRAY[p_area] OR c.elsewhere @> ARRAY[p_area] END
          AND (c.closed_at IS NULL OR p_kind = 'supervisor' AND EXISTS (SELECT FROM orders w WHERE w.case_id = c.id AND w.ended_at IS NULL))
    ),
    judged AS (
        SELECT h.id, h.state, least(coalesce(h.paused_until, h.due_at), h.stage_due_at) AS act_by, h.own, array_remove(ARRAY[
            CASE WHEN h.urgency = 'emergency' AND h.closed_at IS NULL THEN 'emergency' END,
            CASE WHEN h.closed_at IS NULL AND (past_due(h.due_at, h.paused_at, p_at) OR h.stage_due_at < p_at) THEN 'late'
                 WHEN h.state NOT IN ('paused', 'claimed_solved') AND h.closed_at IS NULL AND least(h.due_at, h.stage_due_at) <= p_until THEN 'due' END,
            CASE WHEN h.state = 'claimed_solved' THEN 'claimed' END,
            CASE WHEN h.state = 'paused' AND h.paused_until <= p_until THEN 'pause' END,
            CASE WHEN h.asked_until IS NOT NULL AND NOT h.own AND p_kind <> 'department' THEN 'extension' END,
            CASE WHEN EXISTS (SELECT FROM orders w WHERE w.case_id = h.id AND w.ended_at IS NULL AND (p_kind = 'supervisor' OR h.own AND w.state = 'given')) THEN 'order' END,
            CASE WHEN EXISTS (
                SELECT FROM parts t JOIN postings s ON s.id = t.posting_id
                WHERE t.case_id = h.id AND (h.own AND t.state = 'handed_back' OR t.state IN ('asked', 'working') AND CASE p_kind
                    WHEN 'desk' THEN s.role = 'desk' AND s.area_code = p_area
                    WHEN 'department' THEN s.role = 'department' AND s.area_code = p_area AND s.desk = p_desk END)) THEN 'part' END], NULL) AS reasons
        FROM here h
    )
    SELECT j.* FROM judged j WHERE cardinality(j.reasons) > 0
$$;

-- What a hand-over of a desk would list now: the desk's own cases first, emergencies before others, the earliest deadline first; at most p_limit of them.
-- `until`: the end of office of the next working day; `counts`: of all, by reason and under `all`.  Null: the actor does not sit there.
CREATE FUNCTION handover_now(p_kind text, p_area text, p_desk text, p_at timestamptz, p_limit integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_until timestamptz := due_after(p_at, '{"work_days": 1}');
    v_told jsonb;
BEGIN
    IF coalesce(actor_person(), 0) NOT IN (SELECT d.person_id FROM at_desk(p_kind, p_area, p_desk, p_at) d) THEN
        RETURN NULL;
    END IF;
    WITH found AS MATERIALIZED (SELECT o.* FROM handover_open(p_kind, p_area, p_desk, p_at, v_until) o)
    SELECT jsonb_build_object(
        'until', v_until,
        'counts', jsonb_build_object('all', (SELECT count(*) FROM found))
            || coalesce((SELECT jsonb_object_agg(n.reason, n.many) FROM (SELECT r AS reason, count(*) AS many FROM found, unnest(reasons) r GROUP BY r) n), '{}'),
        'lines', coalesce((SELECT jsonb_agg(to_jsonb(f) ORDER BY f.place) FROM (
            SELECT o.*, row_number() OVER (ORDER BY NOT o.own, NOT 'emergency' = ANY (o.reasons), o.act_by, o.case_id) AS place FROM found o
            ORDER BY place LIMIT p_limit) f), '[]'))
    INTO v_told;
    RETURN v_told;
END $$;

CREATE FUNCTION salted(p_words text, p_salt bytea) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(p_salt || convert_to(p_words, 'UTF8')), 'hex')
$$;

-- Writes a hand-over with what is open at that instant.  p_version: how many the actor has written at this desk, so that none is written twice; p_notes: words
-- by the number of a case, also of one that is not listed.  GW560 not at this desk, GW561 written meanwhile, GW562 nobody to hand it to (DETAIL says why),
-- GW024 no such case for this actor.
CREATE FUNCTION write_handover(p_session bytea, p_at timestamptz, p_kind text, p_area text, p_desk text, p_version integer, p_to integer, p_words text,
                               p_notes jsonb, p_limit integer)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_by postings;
    v_to postings;
    v_written integer;
    v_now jsonb;
    v_besides bigint[];
    v_id bigint;
    v_line record;
    v_salt bytea;
    v_nth integer := 0;
BEGIN
    SELECT * INTO v_by FROM at_desk(p_kind, p_area, p_desk, p_at) d WHERE d.person_id = v_person ORDER BY d.id LIMIT 1;
    IF v_by.id IS NULL THEN
        RAISE EXCEPTION 'not at this desk' USING ERRCODE = 'GW560';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.handovers'), v_person);
    v_written := handovers_written(v_person, p_kind, p_area, p_desk);
    IF p_version IS DISTINCT FROM v_written THEN
        RAISE EXCEPTION 'written meanwhile' USING ERRCODE = 'GW561', DETAIL = jsonb_build_object('version', v_written)::text;
    END IF;
    IF p_to IS NOT NULL THEN
        SELECT * INTO v_to FROM at_desk(p_kind, p_area, p_desk, p_at) d WHERE d.id = p_to;
        IF v_to.id IS NULL OR v_to.person_id = v_person OR away_until(v_to.person_id, p_at) IS NOT NULL THEN
            RAISE EXCEPTION 'nobody to hand it to' USING ERRCODE = 'GW562', DETAIL = jsonb_build_object(
                'why', CASE WHEN v_to.id IS NULL THEN 'not_posted' WHEN v_to.person_id = v_person THEN 'yourself' ELSE 'away' END,
                'until', away_until(v_to.person_id, p_at))::text;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM jsonb_each_text(p_notes) n WHERE NOT EXISTS (SELECT FROM cases c WHERE c.id = n.key::bigint AND actor_sees(c))) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    v_now := handover_now(p_kind, p_area, p_desk, p_at, p_limit);
    v_besides := ARRAY(SELECT n.key::bigint FROM jsonb_each_text(p_notes) n
                       WHERE NOT v_now -> 'lines' @> jsonb_build_array(jsonb_build_object('case_id', n.key::bigint)) ORDER BY 1);
    v_salt := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
    INSERT INTO handovers (kind, area_code, desk, chain, given_by, given_at, to_posting, until, counts, note_digest)
    SELECT p_kind, p_area, p_desk, coalesce((SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_area), ARRAY[p_area]),
           v_by.id, p_at, p_to, (v_now ->> 'until')::timestamptz,
           v_now -> 'counts' || jsonb_build_object('lines', jsonb_array_length(v_now -> 'lines') + cardinality(v_besides)), salted(p_words, v_salt)
    RETURNING id INTO v_id;
    IF p_words IS NOT NULL THEN
        INSERT INTO handover_words (handover_id, about, words, salt) VALUES (v_id, 'whole', p_words, v_salt);
    END IF;
    FOR v_line IN
        SELECT l.case_id, l.state, l.act_by, l.reasons, n.value AS words, l.place
        FROM jsonb_to_recordset(v_now -> 'lines') l (case_id bigint, state text, act_by timestamptz, reasons text[], place bigint)
        LEFT JOIN jsonb_each_text(p_notes) n ON n.key = l.case_id::text
        UNION ALL
        SELECT c.id, c.state, least(coalesce(c.paused_until, c.due_at), c.stage_due_at), '{}', n.value, 9223372036854775807
        FROM jsonb_each_text(p_notes) n JOIN cases c ON c.id = n.key::bigint WHERE c.id = ANY (v_besides)
        ORDER BY 6, 1
    LOOP
        v_nth := v_nth + 1;
        v_salt := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
        INSERT INTO handover_lines (handover_id, nth, case_id, reasons, state, act_by, note_digest)
        VALUES (v_id, v_nth, v_line.case_id, v_line.reasons, v_line.state, v_line.act_by, salted(v_line.words, v_salt));
        IF v_line.words IS NOT NULL THEN
            INSERT INTO handover_words (handover_id, about, nth, words, salt) VALUES (v_id, 'line', v_nth, v_line.words, v_salt);
        END IF;
    END LOOP;
    INSERT INTO outbox (topic, payload, at) VALUES ('handover.write', jsonb_build_object(
        'handover_id', v_id, 'kind', p_kind, 'area_code', p_area, 'desk', p_desk, 'posting_id', v_by.id, 'to_posting', p_to), p_at);
    RETURN jsonb_build_object('id', v_id, 'lines', v_nth, 'version', v_written + 1);
END $$;

-- How many hand-overs somebody has written at a desk.
CREATE FUNCTION handovers_written(p_person integer, p_kind text, p_area text, p_desk text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer FROM handovers h JOIN postings g ON g.id = h.given_by
    WHERE h.area_code = p_area AND h.kind = p_kind AND h.desk IS NOT DISTINCT FROM p_desk AND g.person_id = p_person
$$;

-- Takes a hand-over over, with an optional remark; whoever does it twice is told what he did.  Under the lock of its row, so that exactly one does.
-- GW564 there is none for this actor, GW565 somebody else has taken it over, GW563 it waits for somebody else.
CREATE FUNCTION accept_handover(p_session bytea, p_at timestamptz, p_id bigint, p_words text)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_handover handovers;
    v_done handover_acceptances;
    v_by postings;
    v_salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
BEGIN
    SELECT * INTO v_handover FROM handovers h WHERE h.id = p_id FOR UPDATE;
    SELECT * INTO v_by FROM at_desk(v_handover.kind, v_handover.area_code, v_handover.desk, p_at) d WHERE d.person_id = v_person ORDER BY d.id LIMIT 1;
    -- Whoever sits at the desk learns that another one was faster; all others as far as they read it.
    IF v_handover.id IS NULL OR v_by.id IS NULL AND NOT reads_handover(v_handover) THEN
        RAISE EXCEPTION 'no such hand-over for this actor' USING ERRCODE = 'GW564';
    END IF;
    SELECT * INTO v_done FROM handover_acceptances a WHERE a.handover_id = p_id;
    IF v_done.handover_id IS NULL THEN
        IF NOT handover_waits(v_handover, v_person, p_at) THEN
            RAISE EXCEPTION 'it waits for somebody else' USING ERRCODE = 'GW563';
        END IF;
        INSERT INTO handover_acceptances VALUES (p_id, v_by.id, p_at, salted(p_words, v_salt)) RETURNING * INTO v_done;
        IF p_words IS NOT NULL THEN
            INSERT INTO handover_words (handover_id, about, words, salt) VALUES (p_id, 'remark', p_words, v_salt);
        END IF;
        INSERT INTO outbox (topic, payload, at) VALUES ('handover.accept', jsonb_build_object(
            'handover_id', p_id, 'kind', v_handover.kind, 'area_code', v_handover.area_code, 'desk', v_handover.desk, 'posting_id', v_by.id), p_at);
    ELSIF v_person <> (SELECT p.person_id FROM postings p WHERE p.id = v_done.accepted_by) THEN
        RAISE EXCEPTION 'somebody has taken it over' USING ERRCODE = 'GW565', DETAIL = jsonb_build_object(
            'at', v_done.accepted_at, 'name', (SELECT w.name FROM postings p JOIN people w ON w.id = p.person_id WHERE p.id = v_done.accepted_by))::text;
    END IF;
    RETURN jsonb_build_object('id', p_id, 'accepted_by', v_done.accepted_by, 'accepted_at', v_done.accepted_at);
END $$;

-- The hand-overs that the actor reads, the newest first, before p_before where one is given; `waits`: for him to take it over.  p_waiting: those alone.
CREATE FUNCTION my_handovers(p_at timestamptz, p_waiting boolean, p_kind text, p_before bigint, p_limit integer) RETURNS TABLE (id bigint, waits boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := actor_person();
    v_supervised text[] := actor_areas('supervisor');
    v_mine integer[] := ARRAY(SELECT p.id FROM postings p WHERE p.person_id = v_person);
BEGIN
    RETURN QUERY
    WITH desks AS MATERIALIZED (
        SELECT DISTINCT p.area_code, CASE p.role WHEN 'supervisor' THEN 'supervisor' WHEN 'handler' THEN 'department' ELSE 'desk' END AS kind,
               CASE p.role WHEN 'handler' THEN p.desk END AS desk
        FROM postings p WHERE p.person_id = v_person AND p.during @> p_at AND p.role IN ('desk', 'dispatcher', 'supervisor', 'handler')
    ),
    -- What was taken over long ago is sorted out before anything is asked of single rows.
    found AS (
        SELECT h AS one, a.handover_id IS NULL AND d.kind IS NOT NULL AS may_wait,
               coalesce(h.chain && v_supervised, false) OR d.kind IS NOT NULL
                   AND (h.given_by = ANY (v_mine) OR h.to_posting = ANY (v_mine) OR coalesce(a.accepted_by = ANY (v_mine), false)) AS reads
        FROM handovers h LEFT JOIN handover_acceptances a ON a.handover_id = h.id
        LEFT JOIN desks d ON d.area_code = h.area_code AND d.kind = h.kind AND d.desk IS NOT DISTINCT FROM h.desk
        WHERE (d.kind IS NOT NULL OR h.chain && v_supervised) AND (p_before IS NULL OR h.id < p_before) AND (p_kind IS NULL OR h.kind = p_kind)
    )
    SELECT (f.one).id, w.waits FROM found f CROSS JOIN LATERAL (SELECT f.may_wait AND handover_waits(f.one, v_person, p_at) AS waits) w
    WHERE CASE WHEN p_waiting THEN f.may_wait AND w.waits ELSE f.reads OR w.waits END
    ORDER BY (f.one).id DESC LIMIT p_limit;
END $$;

-- The desks at which the actor sits, by what each is called, how many hand-overs he wrote there, and who sits there beside him, with until when he is away.
CREATE FUNCTION my_desks(p_at timestamptz)
RETURNS TABLE (kind text, area_code text, desk text, area text, called text, version integer, colleagues jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT d.kind, d.area_code, d.desk, area_name(d.area_code, p_at), coalesce(d.desk, (
               SELECT p.desk FROM postings p WHERE d.kind = 'desk' AND p.area_code = d.area_code AND p.role = 'desk' AND p.during @> p_at LIMIT 1)),
           handovers_written(actor_person(), d.kind, d.area_code, d.desk),
           (SELECT coalesce(jsonb_agg(jsonb_build_object('posting_id', o.id, 'role', o.role, 'name', o.name, 'away_until', away_until(o.person_id, p_at))
                                      ORDER BY o.name, o.id), '[]')
            FROM (SELECT DISTINCT ON (a.person_id) a.id, a.role, a.person_id, w.name
                  FROM at_desk(d.kind, d.area_code, d.desk, p_at) a JOIN people w ON w.id = a.person_id
                  WHERE a.person_id <> actor_person() ORDER BY a.person_id, a.id) o)
    FROM (SELECT DISTINCT CASE WHEN p.role IN ('desk', 'dispatcher') THEN 'desk' WHEN p.role = 'handler' THEN 'department' ELSE p.role END AS kind,
                 p.area_code::text AS area_code, CASE WHEN p.role = 'handler' THEN p.desk END AS desk
          FROM postings p WHERE p.person_id = actor_person() AND p.during @> p_at AND p.role IN ('desk', 'dispatcher', 'supervisor', 'handler')) d
    ORDER BY array_position('{desk,supervisor,department}', d.kind), d.area_code, d.desk
$$;

-- Which programs a hand-over concerns: those of its areas that asked for it.
CREATE FUNCTION concerned_by_handovers(p_ids bigint[])
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.id, 'program', 'subscription:' || s.id, 'en', jsonb_build_object(
        'handover_id', h.id, 'kind', h.kind, 'area_code', h.area_code)
    FROM outbox o JOIN handovers h ON h.id = (o.payload ->> 'handover_id')::bigint
    JOIN subscriptions s ON s.ended_at IS NULL AND s.area_code = ANY (h.chain) AND o.topic = ANY (s.topics)
    WHERE o.id = ANY (p_ids) AND starts_with(o.topic, 'handover.')
$$;

REVOKE EXECUTE ON FUNCTION owner_key, desk_key, concerned_keys, news, owner_loads, away_below, at_desk, away_until, handover_waits, reads_handover, handover_open, handover_now,
    salted, write_handover, handovers_written, accept_handover, my_handovers, my_desks, concerned_by_handovers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION news, owner_loads, away_below, reads_handover, handover_now, write_handover, accept_handover, my_handovers, my_desks TO gridwarden_web;
GRANT EXECUTE ON FUNCTION concerned_by_handovers TO gridwarden_worker;
