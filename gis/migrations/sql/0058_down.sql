-- Teams cannot be kept without: they stay in the history as departments that are there no more, their people as handlers of those.
CREATE OR REPLACE FUNCTION take_part_step(
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
CREATE OR REPLACE FUNCTION relations_to_part(p_case cases, p_part parts, p_person integer, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN relations_to(p_case, p_person, NULL, p_at) && '{owner,dispatcher,above}' THEN 'lead' END,
        CASE WHEN assisting_posting(p_case, p_part, p_person, p_at) IS NOT NULL THEN 'assisting' END], NULL)
$$;
CREATE OR REPLACE FUNCTION assisting_see() RETURNS trigger
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
CREATE OR REPLACE FUNCTION posting_places(p_at timestamptz, p_within text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
    v_blanks text := E' \t\r\n\u3000';
BEGIN
    UPDATE posting_rows r SET area_code = nullif(btrim(r.area_code, v_blanks), ''), role = nullif(btrim(r.role, v_blanks), ''),
        name = nullif(btrim(r.name, v_blanks), ''), staff_number = nullif(btrim(r.staff_number, v_blanks), ''),
        desk = nullif(btrim(r.desk, v_blanks), ''), email = nullif(btrim(r.email, v_blanks), '');
    UPDATE posting_rows r SET area_code = p.area_code, role = p.role, person_id = p.person_id, desk = p.desk,
        since = coalesce(r.since, day_of(lower(p.during))), name_public = coalesce(r.name_public, p.name_public)
    FROM postings p WHERE p.id = r.posting_id;
    UPDATE posting_rows r SET chain = b.chain FROM (
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b WHERE b.code IN (SELECT area_code FROM posting_rows)
        ORDER BY b.code, b.edition_id = v_edition DESC NULLS LAST, b.edition_id DESC) b
    WHERE b.code = r.area_code;
    UPDATE posting_rows r SET fault = CASE
        WHEN r.posting_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.id = r.posting_id) THEN 'posting_gone'
        WHEN r.area_code IS NULL THEN 'area_missing'
        WHEN r.chain IS NULL THEN 'unknown_area'
        WHEN NOT r.chain && p_within THEN 'area_of_others'
        WHEN r.role IS NULL THEN 'role_missing'
        WHEN r.role NOT IN ('head', 'deputy', 'member', 'desk', 'dispatcher', 'department', 'handler', 'clerk', 'supervisor', 'planner',
                            'administrator') THEN 'unknown_role'
        WHEN r.staff_number !~ '^\S{1,32}$' THEN 'bad_number'
        WHEN r.role IN ('desk', 'department', 'handler') AND r.desk IS NULL THEN 'desk_missing'
        WHEN r.role NOT IN ('desk', 'department', 'handler') AND r.desk IS NOT NULL THEN 'desk_too_many'
        WHEN r.email <> '-' AND (mail_address(r.email) IS NULL OR length(r.email) > 200) THEN 'bad_email'
        WHEN r.email IS NOT NULL AND coalesce(r.person_id::text, r.name, r.staff_number) IS NULL THEN 'email_of_nobody'
        WHEN r.role = 'department' AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN EXISTS (
            SELECT FROM postings p LEFT JOIN people w ON w.id = p.person_id WHERE p.id = r.posting_id AND (
                w.id IS NULL AND coalesce(r.name, r.staff_number) IS NOT NULL OR r.staff_number <> w.staff_number
                OR EXISTS (SELECT FROM people o WHERE o.staff_number = r.staff_number AND o.id <> w.id))) THEN 'other_holder'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
    UPDATE posting_rows r SET params = jsonb_build_object('written', CASE r.fault WHEN 'unknown_role' THEN r.role WHEN 'bad_email' THEN r.email ELSE r.staff_number END)
    WHERE r.fault IN ('unknown_role', 'bad_number', 'bad_email');
END $$;
CREATE OR REPLACE FUNCTION actor_is_staff() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    person integer := actor_person();
BEGIN
    RETURN person IS NOT NULL AND EXISTS (
        SELECT FROM postings p WHERE p.person_id = person
        AND p.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz);
END $$;
DROP POLICY own_name ON people;
DROP FUNCTION team_told, concerned_by_teams, team_parts, keep_team, team_fault, team_choices, team_history, teams_listed, open_parts, asked_team, may_help, teams_at,
    helping_posting, helpers_of;
ALTER TABLE parts DROP COLUMN exact;
DROP TABLE team_terms, teams, team_skills;
ALTER TABLE postings DROP CONSTRAINT one_team_of_a_name, DROP CONSTRAINT postings_role_check, DROP CONSTRAINT postings_have_a_person, DROP CONSTRAINT postings_have_a_desk;
DELETE FROM postings WHERE role = 'helper' AND lower(during) >= now();
-- A department of the same name is another one.
UPDATE postings p SET desk = p.desk || '（帮办队）' WHERE p.role IN ('team', 'helper')
    AND EXISTS (SELECT FROM postings d WHERE d.role = 'department' AND d.area_code = p.area_code AND d.desk = p.desk);
UPDATE postings SET role = CASE role WHEN 'team' THEN 'department' ELSE 'handler' END, during = tstzrange(lower(during), greatest(lower(during) + interval '1 second', least(upper(during), now())))
WHERE role IN ('team', 'helper');
ALTER TABLE postings
    ADD CONSTRAINT postings_role_check CHECK (role IN (
        'head', 'deputy', 'member', 'desk', 'dispatcher', 'department', 'handler', 'clerk', 'supervisor', 'planner', 'administrator')),
    ADD CONSTRAINT postings_have_a_person CHECK (
        CASE role WHEN 'desk' THEN true WHEN 'department' THEN person_id IS NULL ELSE person_id IS NOT NULL END),
    ADD CONSTRAINT postings_have_a_desk CHECK ((role IN ('desk', 'department', 'handler')) = (desk IS NOT NULL));

UPDATE part_steps SET needs = '{owner,until}' WHERE verb = 'part_move';
