-- The other doors: the secretary's letterbox and the rota of officials who receive visitors.  What comes through them goes past the grid.

-- A letter can be a program's, too; a visit is entered by staff.
ALTER TABLE reports DROP CONSTRAINT reports_channel_check, ADD CONSTRAINT reports_channel_check CHECK (
    channel IN ('app', 'wechat', 'hotline', 'village_box', 'talking_point', 'patrol', 'letterbox', 'visit'));
ALTER TABLE dispatch_rules DROP CONSTRAINT dispatch_rules_channel_check, ADD CONSTRAINT dispatch_rules_channel_check CHECK (
    channel IN ('app', 'wechat', 'hotline', 'village_box', 'talking_point', 'patrol', 'letterbox', 'visit'));
ALTER TABLE api_keys DROP CONSTRAINT api_keys_channels_check, ADD CONSTRAINT api_keys_channels_check CHECK (
    cardinality(channels) > 0 AND channels <@ ARRAY['app', 'wechat', 'hotline', 'village_box', 'talking_point', 'letterbox']);

-- Who receives visitors where and when.  Dated: what was planned for a day that has passed stays as it was.  No name stands here: the posting has it.
CREATE TABLE rota (
    id                   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area_code            area_code NOT NULL REFERENCES areas,
    during               tstzrange NOT NULL CHECK (lower_inc(during) AND lower(during) < upper(during)),
    posting_id           integer REFERENCES postings,       -- the official
    title                text CHECK (length(title) BETWEEN 1 AND 60),   -- what he is called in public; without, his role and desk
    room                 text NOT NULL CHECK (length(room) BETWEEN 1 AND 120),
    note                 text CHECK (length(note) BETWEEN 1 AND 300),
    stand_in_posting_id  integer REFERENCES postings,
    stand_in_title       text CHECK (length(stand_in_title) BETWEEN 1 AND 60),
    moved_to             text CHECK (length(moved_to) BETWEEN 1 AND 200),   -- where or when instead, in words
    withdrawn_at         timestamptz,
    version              integer NOT NULL DEFAULT 1,
    planned_by           integer NOT NULL REFERENCES people,
    planned_at           timestamptz NOT NULL,
    changed_by           integer REFERENCES people,
    changed_at           timestamptz,
    CHECK (posting_id IS NOT NULL OR title IS NOT NULL),
    CHECK (moved_to IS NULL OR stand_in_posting_id IS NULL AND stand_in_title IS NULL),
    -- Also serves rota_between(): what an area has on some days.
    CONSTRAINT one_official_in_a_room EXCLUDE USING gist (area_code WITH =, room WITH =, during WITH &&) WHERE (withdrawn_at IS NULL AND moved_to IS NULL),
    CONSTRAINT one_room_for_an_official EXCLUDE USING gist (
        (CASE WHEN stand_in_title IS NULL OR stand_in_posting_id IS NOT NULL THEN coalesce(stand_in_posting_id, posting_id) END) WITH =, during WITH &&)
        WHERE (withdrawn_at IS NULL AND moved_to IS NULL)
);

-- Which visitor's words were taken down on which of these days.  The report tells of which case it is, and who may read it.
CREATE TABLE rota_visits (
    report_id  bigint PRIMARY KEY REFERENCES reports,
    rota_id    integer NOT NULL REFERENCES rota
);
-- Usage: what came of the visits of a day.
CREATE INDEX rota_visits_by_rota ON rota_visits (rota_id);

ALTER TABLE rota ENABLE ROW LEVEL SECURITY;
ALTER TABLE rota FORCE ROW LEVEL SECURITY;
ALTER TABLE rota_visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE rota_visits FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON rota TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON rota_visits TO gridwarden_owner USING (true) WITH CHECK (true);
-- Whoever sees the report.
CREATE POLICY chain_reads ON rota_visits FOR SELECT TO gridwarden_web USING (EXISTS (SELECT FROM reports r WHERE r.id = rota_visits.report_id));
GRANT SELECT ON rota_visits TO gridwarden_web;

-- A chain of areas down to a level: to its last area of it or of one above; to the topmost one where there is none.
CREATE FUNCTION chain_to(p_chain text[], p_level text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT p_chain[:coalesce(max(u.n), 1)] FROM unnest(p_chain) WITH ORDINALITY u (code, n) JOIN areas a ON a.code = u.code
    WHERE array_position('{city,county,township}'::text[], a.level) <= array_position('{city,county,township}'::text[], p_level)
$$;

-- An answer of locate for what goes past the grid, to the desk of a level (null: the township): cut there, so that nobody below is told, named or asked.
-- The one place where this is decided.  What is about an official stays cut above him.
CREATE FUNCTION past_grid(p_answer jsonb, p_level text, p_basis text, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_chain text[];
    v_cut jsonb;
BEGIN
    IF p_answer IS NULL OR p_answer ->> 'outcome' = 'outside' THEN
        RETURN p_answer;
    END IF;
    v_chain := chain_to(ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(p_answer -> 'chain') c), coalesce(p_level, 'township'));
    SELECT jsonb_agg(c.area ORDER BY c.n) INTO v_cut
    FROM jsonb_array_elements(p_answer -> 'chain') WITH ORDINALITY c (area, n) WHERE c.n <= cardinality(v_chain);
    RETURN p_answer || jsonb_build_object(
        'outcome', 'backstop', 'basis', CASE WHEN p_answer ->> 'basis' = 'bypass' THEN 'bypass' ELSE p_basis END, 'grid', false,
        'area', v_cut -> -1, 'head', NULL, 'chain', v_cut, 'owner', desk_over(v_chain, p_at),
        'also', '[]'::jsonb, 'candidates', '[]'::jsonb, 'distance_m', 0, 'border_m', NULL, 'overlay', false, 'tolerance_m', NULL);
END $$;

-- Whether somebody may plan who receives visitors of an area: its desk, and who administers it, or those of an area above.
CREATE FUNCTION may_plan_rota(p_area text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(actor_areas('desk', 'dispatcher', 'administrator') && (
        SELECT b.chain FROM boundaries b
        WHERE b.edition_id = (edition_at(nullif(current_setting('gridwarden.at', true), '')::timestamptz)).id AND b.code = p_area), false)
$$;

-- Whether somebody may take down what a visitor of such a day says: who receives, and the staff of the area and of those above.
CREATE FUNCTION may_take_visit(p_rota rota, p_person integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM postings p WHERE p.person_id = p_person AND p.during @> p_at AND (
            p.id IN (p_rota.posting_id, p_rota.stand_in_posting_id)
            OR p.role IN ('desk', 'dispatcher', 'clerk', 'supervisor', 'administrator') AND p.area_code = ANY (
                SELECT unnest(b.chain) FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_rota.area_code)))
$$;

-- The answer for a letter or a visit.  p_door: {level} of a letter, {rota_id} of a visit on a planned day, whose area is the level.
-- GW570: no such day, or not one on which visitors were received yet; GW571: for others; GW572: what is told lies outside its area.
CREATE FUNCTION at_door(p_answer jsonb, p_channel text, p_door jsonb, p_person integer, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_rota rota;
    v_chain text[];
    v_told jsonb;
    v_cut text[];
BEGIN
    IF p_channel <> 'visit' OR p_door ->> 'rota_id' IS NULL THEN
        RETURN past_grid(p_answer, p_door ->> 'level', p_channel, p_at);
    END IF;
    SELECT * INTO v_rota FROM rota r WHERE r.id = (p_door ->> 'rota_id')::integer;
    IF v_rota.id IS NULL OR v_rota.withdrawn_at IS NOT NULL OR (lower(v_rota.during) AT TIME ZONE 'Asia/Shanghai')::date > (p_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'no visitors on such a day' USING ERRCODE = 'GW570';
    ELSIF NOT may_take_visit(v_rota, p_person, p_at) THEN
        RAISE EXCEPTION 'visits for others' USING ERRCODE = 'GW571';
    ELSIF p_answer IS NULL OR p_answer ->> 'edition' IS NULL THEN
        RETURN p_answer;
    END IF;
    v_chain := (SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = v_rota.area_code);
    v_told := past_grid(p_answer, (SELECT a.level FROM areas a WHERE a.code = v_rota.area_code), p_channel, p_at);
    v_cut := ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(v_told -> 'chain') c);
    IF v_told ->> 'outcome' = 'outside' OR v_cut <> (CASE WHEN v_told ->> 'basis' = 'bypass' THEN v_chain[:cardinality(v_cut)] ELSE v_chain END) THEN
        RAISE EXCEPTION 'outside the area of the day' USING ERRCODE = 'GW572', DETAIL = jsonb_build_object('area_code', v_rota.area_code)::text;
    END IF;
    RETURN v_told;
END $$;

-- Whether a planned day can still be changed: until it has passed.
CREATE FUNCTION refuse_past_day(p_during tstzrange, p_at timestamptz) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF (lower(p_during) AT TIME ZONE 'Asia/Shanghai')::date < (p_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'a day that has passed' USING ERRCODE = 'GW575', DETAIL = jsonb_build_object(
            'from', lower(p_during))::text;
    END IF;
END $$;

-- Refuses two officials in one room, and one official in two rooms, at a time; the caller holds the lock of the rota.
CREATE FUNCTION refuse_clash(p_rota rota) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_there rota;
    v_official integer := CASE WHEN p_rota.stand_in_title IS NULL OR p_rota.stand_in_posting_id IS NOT NULL
                               THEN coalesce(p_rota.stand_in_posting_id, p_rota.posting_id) END;
BEGIN
    IF p_rota.withdrawn_at IS NOT NULL OR p_rota.moved_to IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT * INTO v_there FROM rota r
    WHERE r.id IS DISTINCT FROM p_rota.id AND r.during && p_rota.during AND r.withdrawn_at IS NULL AND r.moved_to IS NULL
      AND (r.area_code = p_rota.area_code AND r.room = p_rota.room
           OR v_official = CASE WHEN r.stand_in_title IS NULL OR r.stand_in_posting_id IS NOT NULL THEN coalesce(r.stand_in_posting_id, r.posting_id) END)
    ORDER BY r.during LIMIT 1;
    IF v_there.id IS NOT NULL THEN
        RAISE EXCEPTION 'two at one time' USING ERRCODE = 'GW574', DETAIL = jsonb_build_object(
            'clash', CASE WHEN v_there.area_code = p_rota.area_code AND v_there.room = p_rota.room THEN 'room' ELSE 'official' END,
            'from', lower(v_there.during), 'until', upper(v_there.during), 'room', v_there.room)::text;
    END IF;
END $$;

-- Whether a posting can receive visitors of an area on a day: held then, in the area or in one above, by somebody.
CREATE FUNCTION receives(p_posting integer, p_area text, p_during tstzrange, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_posting IS NULL OR EXISTS (
        SELECT FROM postings p JOIN boundaries b ON b.edition_id = (edition_at(p_at)).id AND b.code = p_area
        WHERE p.id = p_posting AND p.person_id IS NOT NULL AND p.role NOT IN ('planner', 'member', 'handler', 'helper')
          AND p.during @> lower(p_during) AND p.area_code = ANY (b.chain))
$$;

-- Plans days: [{area_code, from, until, posting_id, title, room, note}], all or none; answers their numbers.
-- GW571 for others, GW573 a field that is missing or cannot be (the detail names it), GW574 two at one time, GW575 a day that has passed.
CREATE FUNCTION plan_rota(p_session bytea, p_at timestamptz, p_days jsonb) RETURNS integer[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_day jsonb;
    v_rota rota;
    v_field text;
    v_made integer[] := '{}';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.rota'));
    FOR v_day IN SELECT * FROM jsonb_array_elements(p_days) LOOP
        IF v_person IS NULL OR NOT may_plan_rota(v_day ->> 'area_code') THEN
            RAISE EXCEPTION 'rota for others' USING ERRCODE = 'GW571';
        END IF;
        v_rota := NULL;
        v_rota.area_code := v_day ->> 'area_code';
        v_rota.posting_id := (v_day ->> 'posting_id')::integer;
        v_rota.title := nullif(btrim(v_day ->> 'title'), '');
        v_rota.room := btrim(v_day ->> 'room');
        v_rota.note := nullif(btrim(v_day ->> 'note'), '');
        v_field := CASE
            WHEN NOT EXISTS (SELECT FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = v_rota.area_code
                             AND (b.level IN ('city', 'county', 'township') OR b.parent_code IS NULL)) THEN 'area_code'
            WHEN coalesce((v_day ->> 'until')::timestamptz <= (v_day ->> 'from')::timestamptz, true)
                 OR (v_day ->> 'until')::timestamptz > (v_day ->> 'from')::timestamptz + interval '16 hours'
                 OR (v_day ->> 'from')::timestamptz > p_at + interval '366 days' THEN 'until'
            WHEN coalesce(length(v_rota.room), 0) NOT BETWEEN 1 AND 120 THEN 'room'
            WHEN length(v_rota.note) > 300 THEN 'note'
            WHEN length(v_rota.title) > 60 OR v_rota.title IS NULL AND v_rota.posting_id IS NULL THEN 'title' END;
        IF v_field IS NULL THEN
            v_rota.during := tstzrange((v_day ->> 'from')::timestamptz, (v_day ->> 'until')::timestamptz);
            v_field := CASE WHEN NOT receives(v_rota.posting_id, v_rota.area_code, v_rota.during, p_at) THEN 'posting_id' END;
        END IF;
        IF v_field IS NOT NULL THEN
            RAISE EXCEPTION 'cannot be planned' USING ERRCODE = 'GW573', DETAIL = jsonb_build_object('field', v_field)::text;
        END IF;
        PERFORM refuse_past_day(v_rota.during, p_at);
        PERFORM refuse_clash(v_rota);
        INSERT INTO rota (area_code, during, posting_id, title, room, note, planned_by, planned_at)
        VALUES (v_rota.area_code, v_rota.during, v_rota.posting_id, v_rota.title, v_rota.room, v_rota.note, v_person, p_at)
        RETURNING id INTO v_rota.id;
        v_made := v_made || v_rota.id;
    END LOOP;
    RETURN v_made;
END $$;

-- Changes a planned day, and answers its version.  p_kind: 'stand_in' {posting_id, title}, 'moved' {words}, 'as_planned' (neither any more), 'withdraw'.
-- Beside the errors of plan_rota: GW570 no such day, GW576 changed meanwhile.
CREATE FUNCTION change_rota(p_session bytea, p_at timestamptz, p_id integer, p_version integer, p_kind text, p_data jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_rota rota;
    v_field text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.rota'));
    SELECT * INTO v_rota FROM rota r WHERE r.id = p_id;
    IF v_rota.id IS NULL OR v_rota.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'no such day' USING ERRCODE = 'GW570';
    ELSIF v_person IS NULL OR NOT may_plan_rota(v_rota.area_code) THEN
        RAISE EXCEPTION 'rota for others' USING ERRCODE = 'GW571';
    ELSIF v_rota.version IS DISTINCT FROM p_version THEN
        RAISE EXCEPTION 'changed meanwhile' USING ERRCODE = 'GW576';
    END IF;
    PERFORM refuse_past_day(v_rota.during, p_at);
    v_rota.stand_in_posting_id := CASE p_kind WHEN 'stand_in' THEN (p_data ->> 'posting_id')::integer END;
    v_rota.stand_in_title := CASE p_kind WHEN 'stand_in' THEN nullif(btrim(p_data ->> 'title'), '') END;
    v_rota.moved_to := CASE p_kind WHEN 'moved' THEN nullif(btrim(p_data ->> 'words'), '') END;
    v_rota.withdrawn_at := CASE p_kind WHEN 'withdraw' THEN p_at END;
    v_field := CASE
        WHEN p_kind IS NULL OR p_kind NOT IN ('stand_in', 'moved', 'as_planned', 'withdraw') THEN 'kind'
        WHEN p_kind = 'stand_in' AND (length(v_rota.stand_in_title) > 60 OR v_rota.stand_in_title IS NULL AND v_rota.stand_in_posting_id IS NULL) THEN 'title'
        WHEN p_kind = 'stand_in' AND (v_rota.stand_in_posting_id = v_rota.posting_id OR NOT receives(
            v_rota.stand_in_posting_id, v_rota.area_code, v_rota.during, p_at)) THEN 'posting_id'
        WHEN p_kind = 'moved' AND coalesce(length(v_rota.moved_to), 0) NOT BETWEEN 1 AND 200 THEN 'words' END;
    IF v_field IS NOT NULL THEN
        RAISE EXCEPTION 'cannot be changed' USING ERRCODE = 'GW573', DETAIL = jsonb_build_object('field', v_field)::text;
    END IF;
    PERFORM refuse_clash(v_rota);
    UPDATE rota r SET stand_in_posting_id = v_rota.stand_in_posting_id, stand_in_title = v_rota.stand_in_title, moved_to = v_rota.moved_to,
        withdrawn_at = v_rota.withdrawn_at, version = r.version + 1, changed_by = v_person, changed_at = p_at WHERE r.id = p_id;
    RETURN p_version + 1;
END $$;

-- Who receives as a reader may know him; null: nobody.
CREATE FUNCTION receiver(p_title text, p_posting integer) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_title IS NOT NULL OR p_posting IS NOT NULL THEN jsonb_build_object(
        'title', p_title, 'posting_id', p_posting, 'role', p.role, 'desk', p.desk, 'area_code', p.area_code,
        'name', CASE WHEN actor_is_staff() OR name_is_public(p) THEN w.name END) END
    FROM (SELECT) one LEFT JOIN postings p ON p.id = p_posting LEFT JOIN people w ON w.id = p.person_id
$$;

-- Why a day is not worked: the name of the holiday, '' at a week's end; null where it is worked.
CREATE FUNCTION day_off(p_day date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN coalesce(d.kind, CASE WHEN extract(isodow FROM p_day) > 5 THEN 'holiday' ELSE 'workday' END) = 'holiday' THEN coalesce(d.name, '') END
    FROM (SELECT) one LEFT JOIN LATERAL (SELECT k.kind, k.name FROM calendar_days k WHERE k.day = p_day ORDER BY k.source LIMIT 1) d ON true
$$;

-- The days of [p_from, p_until): of an area, of those above it and of those below (null: of all), or one of a number.  A name stands there for staff, and where
-- the posting says that it is public.  `away`: he is absent then, and nothing is said of it yet.  `mine`: the actor may change it; `takes`: he may take down what a visitor says.
CREATE FUNCTION rota_between(p_area text, p_id integer, p_from timestamptz, p_until timestamptz, p_at timestamptz)
RETURNS TABLE (id integer, area_code text, area_name text, level text, from_at timestamptz, until_at timestamptz, room text, note text, moved_to text, withdrawn boolean, version integer,
               official jsonb, stand_in jsonb, away boolean, holiday text, mine boolean, takes boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH asked AS (SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_area),
    found AS (
        SELECT r.* FROM rota r LEFT JOIN boundaries o ON o.edition_id = (edition_at(p_at)).id AND o.code = r.area_code
        WHERE (p_id IS NULL OR r.id = p_id) AND r.during && tstzrange(p_from, p_until)
          AND (p_area IS NULL OR r.area_code = ANY (SELECT unnest(a.chain) FROM asked a) OR p_area = ANY (o.chain))
    )
    SELECT r.id, r.area_code::text, a.name, a.level, lower(r.during), upper(r.during), r.room, r.note, r.moved_to, r.withdrawn_at IS NOT NULL, r.version,
           receiver(r.title, r.posting_id), receiver(r.stand_in_title, r.stand_in_posting_id),
           num_nonnulls(r.stand_in_title, r.stand_in_posting_id, r.moved_to, r.withdrawn_at) = 0
               AND EXISTS (SELECT FROM absences b WHERE b.posting_id = r.posting_id AND b.during && r.during),
           day_off((lower(r.during) AT TIME ZONE 'Asia/Shanghai')::date), may_plan_rota(r.area_code), may_take_visit(r, actor_person(), p_at)
    FROM found r LEFT JOIN boundaries a ON a.edition_id = (edition_at(p_at)).id AND a.code = r.area_code
    ORDER BY r.during, r.area_code, r.id
$$;

-- Who may be named on the rota of an area: those who hold a posting in it or above it on a day.  For whoever may plan it.
CREATE FUNCTION rota_officials(p_area text, p_at timestamptz)
RETURNS TABLE (posting_id integer, area_code text, role text, desk text, name text, name_public boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, p.area_code::text, p.role, p.desk, w.name, p.name_public
    FROM boundaries b JOIN postings p ON p.area_code = ANY (b.chain) AND p.during @> p_at JOIN people w ON w.id = p.person_id
    WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_area AND may_plan_rota(p_area) AND p.role NOT IN ('planner', 'member', 'handler', 'helper')
    ORDER BY array_position(b.chain, p.area_code::text) DESC, p.role, p.desk, p.id
$$;

-- Whom the end of a case concerns because he received the visitor who told of it: whoever did, else whoever took it down.
CREATE FUNCTION concerned_by_visits(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT DISTINCT o.id, 'receiver', 'person:' || p.id, p.lang, jsonb_build_object(
        'seq', o.payload -> 'seq', 'verb', o.payload -> 'verb', 'state', o.payload -> 'state',
        'category', c.category_code, 'area_code', c.area_code, 'owner', o.payload -> 'owner', 'handed_over', false)
    FROM outbox o JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint
         JOIN reports r ON r.case_id = c.id JOIN rota_visits v ON v.report_id = r.id JOIN rota t ON t.id = v.rota_id
         LEFT JOIN postings s ON s.id = CASE WHEN t.stand_in_title IS NULL OR t.stand_in_posting_id IS NOT NULL THEN coalesce(t.stand_in_posting_id, t.posting_id) END
         JOIN people p ON p.id = coalesce(s.person_id, r.taken_by)
    WHERE o.id = ANY (p_ids) AND o.topic IN ('case.confirm', 'case.pass_recheck', 'case.lapse', 'case.decline', 'case.will_not_do', 'case.petition_close')
      AND mail_address(p.email) IS NOT NULL AND EXISTS (SELECT FROM postings h WHERE h.person_id = p.id AND h.during @> p_at)
      -- Nobody is written to about what he did himself.
      AND NOT EXISTS (SELECT FROM postings h WHERE h.id = (o.payload ->> 'posting_id')::integer AND h.person_id = p.id)
$$;

-- As before, and through which door: what came by letter or visit goes past the grid.
DROP FUNCTION receive_report;
CREATE FUNCTION receive_report(
    p_key_digest bytea, p_body_digest bytea, p_session bytea, p_at timestamptz,
    p_number text, p_link_digest bytea, p_category text, p_channel text, p_seen_at timestamptz,
    p_words text, p_contact text,
    p_lon double precision, p_lat double precision, p_accuracy_m double precision,          -- WGS84, or null
    p_lon_given double precision, p_lat_given double precision, p_datum text,               -- as it was given
    p_area_code text, p_place_words text,
    p_cells bigint[],                                                                       -- of the pin, or null
    p_lang text DEFAULT 'zh',                                                               -- in which the reporter reads
    p_same_as bigint DEFAULT NULL,                                                          -- the case of which he says that it is the same
    p_door jsonb DEFAULT NULL                                                               -- of a letter or a visit, as of at_door()
) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = gridwarden, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_report bigint := nextval('reports_id_seq');
    v_case bigint := nextval('cases_id_seq');
    v_person integer := act_as(p_session, p_at);
    v_known idempotency_keys;
    v_earlier reports;
    v_category categories := category_at(p_category, p_at);
    v_told jsonb;                                    -- with the head's name, where the actor may see it
    v_answer jsonb;                                  -- without: what is kept
    v_owner jsonb;
    v_chain text[];
    v_geom geometry := ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326);
    v_salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
    v_into cases;
BEGIN
    -- A racer with the same key waits here for the first one to commit.
    INSERT INTO idempotency_keys VALUES (p_key_digest, p_body_digest, v_report, p_at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO v_known FROM idempotency_keys WHERE key_digest = p_key_digest;
        IF v_known.body_digest <> p_body_digest THEN
            RAISE EXCEPTION 'this idempotency key was used for another report' USING ERRCODE = 'GW002';
        END IF;
        SELECT * INTO v_earlier FROM reports WHERE id = v_known.report_id;
        RETURN jsonb_build_object('number', v_earlier.number, 'received_at', v_earlier.received_at,
                                  'match', with_names(v_earlier.match), 'repeated', true,
                                  'joined', v_earlier.joined)::text;
    END IF;
    IF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    END IF;
    IF p_channel IN ('patrol', 'visit') AND v_person IS NULL THEN
        RAISE EXCEPTION 'channel for staff only' USING ERRCODE = 'GW007';
    END IF;
    v_told := CASE WHEN v_geom IS NULL THEN locate_area(p_area_code, p_at)
                   ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    IF v_category.about_official THEN
        v_told := answer_above(v_told, p_at);
    END IF;
    IF p_channel IN ('letterbox', 'visit') THEN
        v_told := at_door(v_told, p_channel, p_door, v_person, p_at);
    END IF;
    v_answer := CASE WHEN v_told -> 'head' = 'null' THEN v_told ELSE v_told #- '{head,name}' END;
    IF v_answer ->> 'edition' IS NULL AND edition_at(p_at) IS NULL THEN
        RAISE EXCEPTION 'no boundaries in force' USING ERRCODE = 'GW006';
    ELSIF v_answer IS NULL THEN
        RAISE EXCEPTION 'unknown area' USING ERRCODE = 'GW004';
    END IF;
    IF v_answer ->> 'outcome' = 'outside' AND v_person IS NULL THEN
        RAISE EXCEPTION 'outside the service area' USING ERRCODE = 'GW005', DETAIL = served_areas(p_at)::text;
    END IF;
    SELECT f.chain, f.owner INTO v_chain, v_owner FROM filed_under(v_answer, p_at) f;
    INSERT INTO cases (id, category_code, private, urgency, area_code, chain, owner_area_code, owner_role, owner_posting_id,
                       received_at, due_at, stage_due_at, geom, cells, channel, about_official)
    OVERRIDING SYSTEM VALUE VALUES (
        v_case, p_category, v_category.private, v_category.urgency, v_answer #>> '{area,code}', v_chain,
        v_owner ->> 'area_code', v_owner ->> 'role', (v_owner ->> 'posting_id')::integer,
        p_at, due_after(p_at, v_category.deadlines -> 'solve'), due_after(p_at, v_category.deadlines -> 'accept'), v_geom, p_cells, p_channel,
        v_category.about_official);
    INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision,
                         lon_given, lat_given, datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by,
                         cells)
    OVERRIDING SYSTEM VALUE VALUES (
        v_report, p_number, p_link_digest, v_case, p_category, p_channel, p_at, p_seen_at,
        CASE WHEN v_geom IS NULL THEN 'area' ELSE 'point' END, p_lon_given, p_lat_given, p_datum, p_accuracy_m, v_geom,
        v_answer #>> '{area,code}', v_chain, v_answer, CASE WHEN p_seen_at = p_at THEN (v_answer #>> '{head,posting_id}')::integer
             ELSE head_on(v_answer #>> '{area,code}', p_seen_at) END, v_person, p_cells);
    INSERT INTO report_words (report_id, words, place_words, salt, chain)
    VALUES (v_report, p_words, p_place_words, v_salt, v_chain);
    IF p_contact IS NOT NULL THEN
        INSERT INTO report_contacts (report_id, contact, taken_by, lang) VALUES (v_report, p_contact, v_person, p_lang);
    END IF;
    INSERT INTO events (case_id, seq, at, verb, state, data) VALUES (v_case, 1, p_at, 'receive', 'received',
        jsonb_build_object('report_id', v_report, 'channel', p_channel, 'outcome', v_answer -> 'outcome',
                           'edition', v_answer -> 'edition', 'owner', v_owner,
                           'words_digest', encode(sha256(v_salt || convert_to(p_words, 'UTF8')), 'hex')));
    IF p_channel = 'visit' AND p_door ->> 'rota_id' IS NOT NULL THEN
        INSERT INTO rota_visits VALUES (v_report, (p_door ->> 'rota_id')::integer);
    END IF;
    -- What goes past those who have a case is not put with it.
    IF p_same_as IS NOT NULL AND p_channel NOT IN ('letterbox', 'visit') THEN
        v_into := joined_to(p_session, p_link_digest, p_at, v_case, p_same_as);
    END IF;
    INSERT INTO outbox (topic, payload, at) VALUES ('report.received',
        jsonb_build_object('report_id', v_report, 'case_id', coalesce(v_into.id, v_case), 'owner', v_owner,
                           'also', jsonb_path_query_array(v_answer, '$.also[*].code'))
        || CASE WHEN v_into.id IS NULL THEN '{}' ELSE jsonb_build_object('joined', true, 'owner', jsonb_build_object(
               'area_code', v_into.owner_area_code, 'role', v_into.owner_role, 'posting_id', v_into.owner_posting_id)) END, p_at);
    RETURN jsonb_build_object('number', p_number, 'received_at', p_at, 'match', v_told, 'repeated', false, 'joined', v_into.id IS NOT NULL)::text;
END $$;

-- As before; a letter or a visit is tried as one.
CREATE OR REPLACE FUNCTION dispatch_try(p_lon double precision, p_lat double precision, p_accuracy_m double precision, p_area_code text,
                             p_category text, p_channel text, p_hazard boolean, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_category categories := category_at(p_category, p_at);
    v_answer jsonb := CASE WHEN p_lon IS NULL THEN locate_area(p_area_code, p_at) ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    v_found record;
BEGIN
    IF edition_at(p_at) IS NULL THEN
        RAISE EXCEPTION 'no boundaries in force' USING ERRCODE = 'GW006';
    ELSIF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    ELSIF v_answer IS NULL THEN
        RAISE EXCEPTION 'unknown area' USING ERRCODE = 'GW004';
    ELSIF v_answer ->> 'outcome' = 'outside' THEN
        RAISE EXCEPTION 'outside the service area' USING ERRCODE = 'GW005', DETAIL = served_areas(p_at)::text;
    END IF;
    IF v_category.about_official THEN
        v_answer := answer_above(v_answer, p_at);
    END IF;
    IF p_channel IN ('letterbox', 'visit') THEN
        v_answer := past_grid(v_answer, NULL, p_channel, p_at);
    END IF;
    SELECT * INTO v_found FROM dispatch_by_rules(jsonb_build_object(
        'chain', jsonb_path_query_array(v_answer, '$.chain[*].code'), 'category', p_category, 'family', v_category.family,
        'channel', p_channel, 'hazard', p_hazard, 'urgency', v_category.urgency, 'outcome', v_answer -> 'outcome',
        'accuracy_m', p_accuracy_m, 'about_official', v_category.about_official), p_at);
    RETURN jsonb_build_object('area', v_answer -> 'area', 'outcome', v_answer -> 'outcome', 'bypass', v_category.about_official,
        'rule_id', v_found.rule_id, 'target', v_found.target, 'automatic', v_found.automatic, 'why', v_found.why);
END $$;

-- As before; what went past the grid stays past it, whatever the borders.
CREATE OR REPLACE FUNCTION open_changes(p_edition editions, p_at timestamptz, p_cases bigint[])
RETURNS TABLE (case_id bigint, version integer, area_before text, area text, chain_before text[], chain text[], owner_before jsonb, owner jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    v_top text := (SELECT min(b.code::text COLLATE "C") FROM boundaries b WHERE b.edition_id = p_edition.id AND b.parent_code IS NULL);
BEGIN
    RETURN QUERY
    WITH matched AS MATERIALIZED (SELECT m.case_id, m.code FROM open_matches(p_edition) m WHERE p_cases IS NULL),
    named AS MATERIALIZED (
        SELECT c.id, (
            SELECT b.code::text FROM reports r CROSS JOIN LATERAL unnest(r.chain) WITH ORDINALITY u (code, n)
            JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = u.code
            WHERE r.id = (SELECT f.id FROM reports f WHERE f.case_id = c.id ORDER BY f.received_at, f.id LIMIT 1)
            ORDER BY u.n DESC LIMIT 1) AS code
        FROM cases c WHERE c.closed_at IS NULL AND c.geom IS NULL AND p_cases IS NULL
    ),
    placed AS MATERIALIZED (
        SELECT m.case_id, m.code FROM matched m UNION ALL SELECT n.id, n.code FROM named n
        UNION ALL
        SELECT c.id, (SELECT b.code::text FROM unnest(c.chain) WITH ORDINALITY u (code, n)
                      JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = u.code
                      WHERE c.area_code IS NOT NULL ORDER BY u.n DESC LIMIT 1)
        FROM cases c WHERE c.id = ANY (p_cases)
    ),
    -- Narrow until it is known what changes: nearly always nothing does.  About an official it is filed above all that is below
    -- the county, or the topmost area where there is none.
    stands AS MATERIALIZED (
        SELECT c.id, c.owner_posting_id IS NULL OR coalesce(d.during @> p_at, false) AS posted, b.code::text AS area,
               -- Past the grid it stays at its level, also where it is about an official.
               coalesce(CASE WHEN c.channel IN ('letterbox', 'visit') THEN chain_to(b.chain, (SELECT a.level FROM areas a WHERE a.code = c.chain[cardinality(c.chain)]))
                   WHEN c.about_official THEN b.chain[:coalesce((
                   SELECT max(u.n) FROM unnest(b.chain) WITH ORDINALITY u (code, n) JOIN areas a ON a.code = u.code AND a.level = 'county'), 1)]
                   ELSE b.chain END, ARRAY[v_top]) AS chain, c.chain AS chain_before, c.area_code IS NOT NULL AS inside_before,
               o.code IS NULL AS ownerless
        FROM placed p JOIN cases c ON c.id = p.case_id AND c.closed_at IS NULL
        LEFT JOIN postings d ON d.id = c.owner_posting_id
        LEFT JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = p.code
        LEFT JOIN boundaries o ON o.edition_id = p_edition.id AND o.code = c.owner_area_code
    ),
    moved AS MATERIALIZED (
        SELECT c.id, c.version, c.area_code::text AS area_before, CASE WHEN s.area IS NOT NULL THEN s.chain[cardinality(s.chain)] END AS area,
               s.chain_before, s.chain, s.posted, c.about_official,
               jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id) AS owner_before
        FROM stands s JOIN cases c ON c.id = s.id
        WHERE NOT s.posted OR s.chain <> s.chain_before OR s.inside_before <> (s.area IS NOT NULL) OR s.ownerless
    ),
    -- Once for all cases of one owner in one area.
    owners AS MATERIALIZED (
        SELECT k.*, owner_after(k.owner_before, k.posted, k.chain_before, k.chain, k.about_official, p_edition.id, p_at) AS owner
        FROM (SELECT DISTINCT m.owner_before, m.posted, m.chain_before, m.chain, m.about_official FROM moved m) k
    )
    SELECT m.id, m.version, m.area_before, m.area, m.chain_before, m.chain, m.owner_before, o.owner
    FROM moved m JOIN owners o USING (owner_before, posted, chain_before, chain, about_official)
    WHERE m.chain <> m.chain_before OR m.area IS DISTINCT FROM m.area_before OR o.owner <> m.owner_before;
END $$;

-- As before; what came past the grid is shown as the same to nobody: whoever reports it would take it there, or learn that it exists.
CREATE OR REPLACE FUNCTION akin(p_case cases, p_category text, p_point geometry, p_area_code text, p_at timestamptz) RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_family text := (category_at(p_category, p_at)).family;
    v_sees boolean := actor_sees(p_case);
    v_near double precision;
BEGIN
    IF p_case.state = 'merged' OR p_case.about_official OR p_case.channel IN ('letterbox', 'visit') OR NOT v_sees AND (p_case.private OR p_case.closed_at IS NOT NULL)
       OR (category_at(p_case.category_code, p_at)).family IS DISTINCT FROM v_family THEN
        RETURN NULL;
    ELSIF p_case.geom IS NULL OR p_point IS NULL THEN
        RETURN CASE WHEN p_case.area_code = p_area_code THEN 0 END;
    END IF;
    v_near := 1 - metres_between(p_point, CASE WHEN v_sees THEN p_case.geom ELSE ST_SnapToGrid(p_case.geom, 0.001) END) / (2 * place_radius(v_family, p_at));
    RETURN CASE WHEN v_near >= 0 THEN v_near END;
END $$;

-- As before; to the city's letterbox all below it is near enough.
CREATE OR REPLACE FUNCTION posted_owner(p_case cases, p_posting integer, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('area_code', p.area_code, 'role', p.role, 'posting_id', p.id)
        FROM postings p JOIN boundaries b ON b.edition_id = (edition_at(p_at)).id AND b.code = p.area_code
        WHERE p.id = p_posting AND p.during @> p_at AND p.role IN ('head', 'deputy', 'desk', 'department')
          AND (p.area_code = ANY (p_case.chain) OR b.chain && CASE WHEN p_case.channel IN ('letterbox', 'visit') THEN p_case.chain ELSE p_case.chain[2:] END)
          -- A report about an official stays with those who may know of it, and no head gets it.
          AND (NOT p_case.about_official OR p.area_code = ANY (p_case.chain) AND p.role IN ('desk', 'department')));
END $$;

-- As before; a letter and a visit are what somebody else said, too.
CREATE OR REPLACE FUNCTION recheck_reasons(p_case cases, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN p_case.recurring OR 'recurring' = ANY (p_case.recheck) OR keeps_coming_back(p_case, NULL, p_at) THEN 'recurring' END,
        CASE WHEN p_case.hazard THEN 'hazard' END,
        CASE WHEN p_case.recheck_above THEN 'above' END,
        CASE WHEN p_case.reopened > 0 THEN 'reopened' END,
        CASE WHEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND (r.taken_by = actor_person() OR worked_on(p_case.id, r.taken_by))
                          AND r.channel IN ('hotline', 'village_box', 'talking_point', 'letterbox', 'visit')) THEN 'own_report' END,
        -- Once drawn it stays drawn: a failed re-check is followed by another one.
        CASE WHEN 'sampled' = ANY (p_case.recheck) OR random() < (SELECT s.share FROM recheck_shares s WHERE s.since <= p_at ORDER BY s.since DESC LIMIT 1) THEN 'sampled' END], NULL);
END $$;

-- As before; what goes past those who had a case does not open it again by itself.
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
        WHERE n.state = 'received' AND NOT n.about_official AND n.past_grid IS NOT TRUE AND n.urgency <> 'emergency'
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

REVOKE EXECUTE ON FUNCTION chain_to, past_grid, may_plan_rota, may_take_visit, at_door, refuse_past_day, refuse_clash, receives, receiver, day_off, plan_rota, change_rota,
    rota_between, rota_officials, concerned_by_visits, receive_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION past_grid, day_off, plan_rota, change_rota, rota_between, rota_officials, receive_report TO gridwarden_web;
GRANT EXECUTE ON FUNCTION concerned_by_visits TO gridwarden_worker;
