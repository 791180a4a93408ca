-- Helper teams (帮办队): rescue, volunteers, lawyers, counsellors.  They are asked for a part of a case as a department is, and see that part alone: nothing of
-- the case is theirs but what team_parts() answers.

-- A team is posted as a department is, and its people as handlers are: `helper` of the team's name.
ALTER TABLE postings DROP CONSTRAINT postings_role_check, DROP CONSTRAINT postings_have_a_person, DROP CONSTRAINT postings_have_a_desk;
ALTER TABLE postings
    ADD CONSTRAINT postings_role_check CHECK (role IN ('head', 'deputy', 'member', 'desk', 'dispatcher', 'department', 'handler', 'clerk', 'supervisor', 'planner',
                                                       'administrator', 'team', 'helper')),
    ADD CONSTRAINT postings_have_a_person CHECK (
        CASE WHEN role = 'desk' THEN true WHEN role IN ('department', 'team') THEN person_id IS NULL ELSE person_id IS NOT NULL END),
    ADD CONSTRAINT postings_have_a_desk CHECK ((role IN ('desk', 'department', 'handler', 'team', 'helper')) = (desk IS NOT NULL)),
    ADD CONSTRAINT one_team_of_a_name EXCLUDE USING gist (area_code WITH =, desk WITH =, during WITH &&) WHERE (role = 'team');

-- What helpers are trained for, and for which families of categories that is asked first.
CREATE TABLE team_skills (
    code      text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    name_zh   text NOT NULL,
    name_en   text NOT NULL,
    families  text[] NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz,
    CHECK (until > since)
);
INSERT INTO team_skills VALUES
    ('first_aid', '急救', 'First aid', '{fire,safety,care}', '2014-12-31 16:00Z', NULL),
    ('fire_watch', '防火巡查', 'Fire watch', '{fire,burning,safety}', '2014-12-31 16:00Z', NULL),
    ('chainsaw', '油锯清障', 'Chainsaw work', '{road,safety}', '2014-12-31 16:00Z', NULL),
    ('flood_control', '防汛排涝', 'Flood control', '{water,safety}', '2014-12-31 16:00Z', NULL),
    ('clean_up', '清运保洁', 'Clearing rubbish', '{rubbish,water,advertising}', '2014-12-31 16:00Z', NULL),
    ('tree_planting', '植树护绿', 'Tree planting', '{rubbish,farmland}', '2014-12-31 16:00Z', NULL),
    ('animal_care', '动物救护', 'Animal care', '{animals}', '2014-12-31 16:00Z', NULL),
    ('legal_advice', '法律咨询', 'Legal advice', '{dispute,building,farmland,officials,noise}', '2014-12-31 16:00Z', NULL),
    ('mediation_law', '调解法务', 'Law of mediation', '{dispute}', '2014-12-31 16:00Z', NULL),
    ('grief', '哀伤辅导', 'Grief counselling', '{care}', '2014-12-31 16:00Z', NULL),
    ('family_counselling', '家庭心理疏导', 'Family counselling', '{dispute,care}', '2014-12-31 16:00Z', NULL),
    ('elderly_care', '助老帮扶', 'Care for the elderly', '{care}', '2014-12-31 16:00Z', NULL);

-- posting_id: the team, whose posting has its name, its seat and how long it is there.
CREATE TABLE teams (
    posting_id  integer PRIMARY KEY REFERENCES postings,
    kind        text NOT NULL CHECK (kind IN ('rescue', 'volunteers', 'lawyers', 'counsellors')),
    name_en     text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 80),
    version     integer NOT NULL DEFAULT 1
);

-- What a team can do, where, when, and how it is reached, from an instant on; what was before stays.
CREATE TABLE team_terms (
    posting_id  integer NOT NULL REFERENCES teams,
    version     integer NOT NULL,                    -- of the team, by which it came to be so
    since       timestamptz NOT NULL,
    made_by     integer REFERENCES people,           -- null: on the server
    skills      text[] NOT NULL CHECK (cardinality(skills) >= 1),
    areas       text[] NOT NULL CHECK (cardinality(areas) >= 1),  -- which it serves, and all below them
    hours       jsonb NOT NULL,                      -- [{"weekday": 1, "from": "08:00", "to": "18:00"}], Monday is 1; []: day and night
    contact     text NOT NULL CHECK (length(contact) BETWEEN 1 AND 200),  -- a desk's, nobody's own
    PRIMARY KEY (posting_id, version)
);
CREATE TRIGGER team_terms_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON team_terms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
GRANT SELECT ON team_skills TO gridwarden_web;

-- exact: a team is told the pin itself, and not only roughly where it is.
ALTER TABLE parts ADD COLUMN exact boolean NOT NULL DEFAULT false;

-- As before; helpers are no staff: they read no names and nothing that is for staff.
CREATE OR REPLACE FUNCTION actor_is_staff() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    person integer := actor_person();
BEGIN
    RETURN person IS NOT NULL AND EXISTS (
        SELECT FROM postings p WHERE p.person_id = person AND p.role <> 'helper'
        AND p.during @> nullif(current_setting('gridwarden.at', true), '')::timestamptz);
END $$;
CREATE POLICY own_name ON people FOR SELECT TO gridwarden_web USING (id = (SELECT actor_person()));

-- As before, and helpers; a team is made where it is given its skills and areas, and in no file.
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
                            'administrator', 'helper') AND NOT (r.role = 'team' AND r.posting_id IS NOT NULL) THEN 'unknown_role'
        WHEN r.staff_number !~ '^\S{1,32}$' THEN 'bad_number'
        WHEN r.role IN ('desk', 'department', 'handler', 'helper') AND r.desk IS NULL THEN 'desk_missing'
        WHEN r.role NOT IN ('desk', 'department', 'handler', 'team', 'helper') AND r.desk IS NOT NULL THEN 'desk_too_many'
        WHEN r.email <> '-' AND (mail_address(r.email) IS NULL OR length(r.email) > 200) THEN 'bad_email'
        WHEN r.email IS NOT NULL AND coalesce(r.person_id::text, r.name, r.staff_number) IS NULL THEN 'email_of_nobody'
        WHEN r.role IN ('department', 'team') AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN EXISTS (
            SELECT FROM postings p LEFT JOIN people w ON w.id = p.person_id WHERE p.id = r.posting_id AND (
                w.id IS NULL AND coalesce(r.name, r.staff_number) IS NOT NULL OR r.staff_number <> w.staff_number
                OR EXISTS (SELECT FROM people o WHERE o.staff_number = r.staff_number AND o.id <> w.id))) THEN 'other_holder'
        WHEN r.role NOT IN ('desk', 'department', 'team') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
    UPDATE posting_rows r SET params = jsonb_build_object('written', CASE r.fault WHEN 'unknown_role' THEN r.role WHEN 'bad_email' THEN r.email ELSE r.staff_number END)
    WHERE r.fault IN ('unknown_role', 'bad_number', 'bad_email');
END $$;

-- Whoever gets it from somebody else is told what there is to do.
UPDATE part_steps SET needs = '{words,owner,until}' WHERE verb = 'part_move';

-- As before; a team sees its part, and not the case.
CREATE OR REPLACE FUNCTION assisting_see() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM parts t WHERE t.case_id = NEW.id) THEN
        NEW.elsewhere := (
            SELECT array_agg(DISTINCT k ORDER BY k) FROM (
                SELECT unnest((owned_by(NEW, jsonb_build_object('area_code', NEW.owner_area_code, 'role', NEW.owner_role, 'posting_id', NEW.owner_posting_id))).elsewhere)
                UNION ALL
                SELECT unnest((owned_by(NEW, posted(s))).elsewhere) FROM parts t JOIN postings s ON s.id = t.posting_id
                WHERE t.case_id = NEW.id AND t.state <> 'withdrawn' AND s.role <> 'team') o (k));
    END IF;
    RETURN NEW;
END $$;

-- The people of a team, as long as there is one.
CREATE FUNCTION helpers_of(p_team postings, p_at timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT h.person_id FROM postings h
    WHERE p_team.role = 'team' AND p_team.during @> p_at AND h.role = 'helper' AND h.area_code = p_team.area_code AND h.desk = p_team.desk AND h.during @> p_at
$$;

-- By which of his postings somebody is of the team that has a part; of nobody who had to withdraw from the case's mediation.
CREATE FUNCTION helping_posting(p_part parts, p_person integer, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT min(h.id) FROM postings s JOIN postings h ON h.role = 'helper' AND h.area_code = s.area_code AND h.desk = s.desk
            WHERE s.id = p_part.posting_id AND s.role = 'team' AND s.during @> p_at AND h.person_id = p_person AND h.during @> p_at
              AND NOT EXISTS (SELECT FROM mediation_conflicts k WHERE k.case_id = p_part.case_id AND k.person_id = p_person));
END $$;

-- As before, and whoever is of a team that has it.
CREATE OR REPLACE FUNCTION relations_to_part(p_case cases, p_part parts, p_person integer, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN relations_to(p_case, p_person, NULL, p_at) && '{owner,dispatcher,above}' THEN 'lead' END,
        CASE WHEN coalesce(assisting_posting(p_case, p_part, p_person, p_at), helping_posting(p_part, p_person, p_at)) IS NOT NULL THEN 'assisting' END], NULL)
$$;

-- The teams with what holds of each at an instant.
CREATE FUNCTION teams_at(p_at timestamptz)
RETURNS TABLE (posting_id integer, area_code text, kind text, name_zh text, name_en text, version integer, skills text[], areas text[], hours jsonb, contact text,
               since timestamptz, until timestamptz, changed_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT s.id, s.area_code::text, t.kind, s.desk, t.name_en, t.version, m.skills, m.areas, m.hours, m.contact, lower(s.during), upper(s.during), m.since
    FROM teams t JOIN postings s ON s.id = t.posting_id
    CROSS JOIN LATERAL (SELECT * FROM team_terms n WHERE n.posting_id = t.posting_id AND n.since <= p_at ORDER BY n.version DESC LIMIT 1) m
$$;

-- Who can be asked for a part of a case: teams in force that serve its area; of what is private, and of what is about an official, those alone who keep silence
-- by their calling.
CREATE FUNCTION may_help(p_case cases, p_at timestamptz)
RETURNS TABLE (posting_id integer, fits boolean)
LANGUAGE sql STABLE AS $$
    SELECT t.posting_id, EXISTS (
        SELECT FROM team_skills k WHERE k.code = ANY (t.skills) AND (category_at(p_case.category_code, p_at)).family = ANY (k.families)
        AND k.since <= p_at AND coalesce(k.until > p_at, true))
    FROM teams_at(p_at) t
    WHERE t.areas && p_case.chain AND t.since <= p_at AND coalesce(t.until > p_at, true)
      AND (NOT p_case.private AND NOT p_case.about_official OR t.kind IN ('lawyers', 'counsellors'))
$$;

-- A team that can be asked, as an owner is written; null: it cannot.
CREATE FUNCTION asked_team(p_case cases, p_posting integer, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT posted(s) FROM may_help(p_case, p_at) h JOIN postings s ON s.id = h.posting_id WHERE h.posting_id = p_posting
$$;

-- How many open parts a team has.
CREATE FUNCTION open_parts(p_team integer) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM parts t WHERE t.posting_id = p_team AND t.state IN ('asked', 'working')
$$;

-- The teams, for whoever leads cases or keeps them; p_past: those too that are there no more.
CREATE FUNCTION teams_listed(p_at timestamptz, p_past boolean)
RETURNS TABLE (posting_id integer, area_code text, area text, kind text, name_zh text, name_en text, version integer, skills text[], areas text[], hours jsonb,
               contact text, since timestamptz, until timestamptz, changed_at timestamptz, open bigint, helpers bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT t.posting_id, t.area_code, area_name(t.area_code, p_at), t.kind, t.name_zh, t.name_en, t.version, t.skills, t.areas, t.hours, t.contact, t.since, t.until,
           t.changed_at, open_parts(t.posting_id), (SELECT count(*) FROM postings s, helpers_of(s, p_at) WHERE s.id = t.posting_id)
    FROM teams_at(p_at) t
    WHERE actor_areas('head', 'deputy', 'desk', 'dispatcher', 'handler', 'supervisor', 'administrator') <> '{}' AND (p_past OR coalesce(t.until > p_at, true))
    ORDER BY t.area_code, t.kind, t.name_zh, t.posting_id
$$;

-- What was said of a team before, the newest first; for whoever keeps it.
CREATE FUNCTION team_history(p_team integer, p_at timestamptz)
RETURNS TABLE (since timestamptz, made_by text, skills text[], areas text[], hours jsonb, contact text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT m.since, w.name, m.skills, m.areas, m.hours, m.contact
    FROM team_terms m JOIN postings s ON s.id = m.posting_id LEFT JOIN people w ON w.id = m.made_by
    WHERE m.posting_id = p_team AND looks_after(s.area_code, p_at) ORDER BY m.version DESC LIMIT 100
$$;

-- The teams from which whoever leads a case can choose, those first whose skills are asked for in what it is about.
CREATE FUNCTION team_choices(p_case bigint, p_at timestamptz)
RETURNS TABLE (posting_id integer, kind text, name_zh text, name_en text, skills text[], hours jsonb, contact text, open bigint, fits boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT t.posting_id, t.kind, t.name_zh, t.name_en, t.skills, t.hours, t.contact, open_parts(t.posting_id), h.fits
    FROM cases c CROSS JOIN LATERAL may_help(c, p_at) h JOIN teams_at(p_at) t ON t.posting_id = h.posting_id
    WHERE c.id = p_case AND actor_sees(c) AND relations_to(c, actor_person(), NULL, p_at) && '{owner,dispatcher,above}'
    ORDER BY h.fits DESC, t.name_zh, t.posting_id
$$;

-- What is wrong with what somebody wrote about a team: {field, fault}; null: nothing.
CREATE FUNCTION team_fault(p_data jsonb, p_new boolean, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('field', f.field, 'fault', f.fault) FROM (VALUES
        ('name_zh', 'missing', p_new AND length(p_data ->> 'name_zh') BETWEEN 1 AND 60 OR NOT p_new),
        ('name_en', 'missing', p_new AND length(p_data ->> 'name_en') BETWEEN 1 AND 80 OR NOT p_new),
        ('kind', 'missing', p_new AND p_data ->> 'kind' IN ('rescue', 'volunteers', 'lawyers', 'counsellors') OR NOT p_new),
        ('skills', 'missing', jsonb_array_length(p_data -> 'skills') > 0),
        ('skills', 'unknown', NOT EXISTS (SELECT FROM jsonb_array_elements_text(p_data -> 'skills') k
            WHERE k NOT IN (SELECT s.code FROM team_skills s WHERE s.since <= p_at AND coalesce(s.until > p_at, true)))),
        ('areas', 'missing', jsonb_array_length(p_data -> 'areas') > 0),
        ('areas', 'unknown', NOT EXISTS (SELECT FROM jsonb_array_elements_text(p_data -> 'areas') a WHERE known_chain(a, p_at) IS NULL)),
        ('areas', 'others', NOT EXISTS (SELECT FROM jsonb_array_elements_text(p_data -> 'areas') a WHERE NOT looks_after(a, p_at))),
        ('hours', 'bad', jsonb_typeof(p_data -> 'hours') = 'array' AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(p_data -> 'hours') h WHERE NOT coalesce(
                h ->> 'weekday' ~ '^[1-7]$' AND h ->> 'from' ~ '^([01]\d|2[0-3]):[0-5]\d$' AND h ->> 'to' ~ '^([01]\d|2[0-3]):[0-5]\d$|^24:00$'
                AND h ->> 'from' < h ->> 'to', false))),
        ('contact', 'missing', length(p_data ->> 'contact') BETWEEN 1 AND 200)) f (field, fault, fine)
    WHERE NOT coalesce(f.fine, false) LIMIT 1
$$;

-- Makes a team (p_team null), changes what it can do, where, when and how it is reached, or ends it with its people's postings; answers its number and version.
-- GW200: refused, {field, fault}; GW201: not for this actor; GW202: there is none of this number that still is.
CREATE FUNCTION keep_team(p_session bytea, p_at timestamptz, p_team integer, p_version integer, p_verb text, p_data jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_team teams;
    v_posting postings;
    v_until timestamptz := coalesce((p_data ->> 'until')::timestamptz, p_at);
    v_fault jsonb;
BEGIN
    IF p_verb = 'add' THEN
        IF NOT looks_after(p_data ->> 'area_code', p_at) THEN
            IF known_chain(p_data ->> 'area_code', p_at) IS NULL AND actor_areas('administrator') <> '{}' THEN
                RAISE EXCEPTION 'no such area' USING ERRCODE = 'GW200', DETAIL = '{"field": "area_code", "fault": "unknown"}';
            END IF;
            RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW201';
        END IF;
    ELSE
        SELECT * INTO v_team FROM teams t WHERE t.posting_id = p_team FOR UPDATE;
        SELECT * INTO v_posting FROM postings s WHERE s.id = p_team FOR UPDATE;
        IF v_team.posting_id IS NULL OR coalesce(upper(v_posting.during) <= p_at, false) THEN
            RAISE EXCEPTION 'no such team' USING ERRCODE = 'GW202';
        END IF;
        IF NOT looks_after(v_posting.area_code, p_at) THEN
            RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW201';
        END IF;
        IF v_team.version IS DISTINCT FROM p_version THEN
            RAISE EXCEPTION 'the team has changed' USING ERRCODE = 'GW200', DETAIL = '{"field": "version", "fault": "changed"}';
        END IF;
    END IF;
    v_fault := CASE WHEN p_verb = 'end' THEN CASE WHEN v_until < p_at OR v_until > upper(v_posting.during) THEN '{"field": "until", "fault": "past"}'::jsonb END
                    ELSE team_fault(p_data, p_verb = 'add', p_at) END;
    IF v_fault IS NULL AND p_verb = 'add' AND EXISTS (
           SELECT FROM postings s WHERE s.role IN ('team', 'department') AND s.area_code = p_data ->> 'area_code' AND s.desk = p_data ->> 'name_zh' AND coalesce(upper(s.during) > p_at, true)) THEN
        v_fault := '{"field": "name_zh", "fault": "taken"}';
    END IF;
    IF v_fault IS NOT NULL THEN
        RAISE EXCEPTION 'the team is refused' USING ERRCODE = 'GW200', DETAIL = v_fault::text;
    END IF;
    IF p_verb = 'end' THEN
        INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, was, became)
        SELECT p_at, v_person, CASE WHEN lower(s.during) < v_until THEN 'ended' ELSE 'withdrawn' END, s.id, s.person_id,
               jsonb_build_object('since', lower(s.during), 'until', upper(s.during)),
               jsonb_build_object('area_code', s.area_code, 'role', s.role, 'since', lower(s.during), 'until', greatest(lower(s.during), v_until))
        FROM postings s WHERE s.id = p_team OR s.role = 'helper' AND s.area_code = v_posting.area_code AND s.desk = v_posting.desk AND coalesce(upper(s.during) > v_until, true);
        DELETE FROM postings s WHERE s.role = 'helper' AND s.area_code = v_posting.area_code AND s.desk = v_posting.desk AND lower(s.during) >= v_until;
        UPDATE postings s SET during = tstzrange(lower(s.during), v_until)
        WHERE s.id = p_team OR s.role = 'helper' AND s.area_code = v_posting.area_code AND s.desk = v_posting.desk AND coalesce(upper(s.during) > v_until, true);
    ELSE
        IF p_verb = 'add' THEN
            INSERT INTO postings (area_code, role, desk, during) VALUES (p_data ->> 'area_code', 'team', p_data ->> 'name_zh', tstzrange(p_at, NULL)) RETURNING * INTO v_posting;
            INSERT INTO staff_changes (at, made_by, kind, posting_id, became) VALUES (p_at, v_person, 'new', v_posting.id,
                jsonb_build_object('area_code', v_posting.area_code, 'role', 'team', 'since', p_at, 'until', NULL));
            INSERT INTO teams (posting_id, kind, name_en, version) VALUES (v_posting.id, p_data ->> 'kind', p_data ->> 'name_en', 0) RETURNING * INTO v_team;
        END IF;
        INSERT INTO team_terms (posting_id, version, since, made_by, skills, areas, hours, contact)
        SELECT v_team.posting_id, v_team.version + 1, p_at, v_person, ARRAY(SELECT DISTINCT k FROM jsonb_array_elements_text(p_data -> 'skills') k ORDER BY k),
               ARRAY(SELECT DISTINCT a FROM jsonb_array_elements_text(p_data -> 'areas') a ORDER BY a), p_data -> 'hours', p_data ->> 'contact';
    END IF;
    UPDATE teams t SET version = t.version + 1 WHERE t.posting_id = v_posting.id RETURNING * INTO v_team;
    RETURN jsonb_build_object('posting_id', v_team.posting_id, 'version', v_team.version);
END $$;

-- As before; teams can be asked, and their people take the steps of those who assist without seeing the case.
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
    v_exact boolean;
    v_lacks text;
    v_seq integer;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case FOR UPDATE;
    SELECT * INTO v_part FROM parts t WHERE t.case_id = p_case AND t.nth = p_nth;
    IF v_case.id IS NULL OR NOT actor_sees(v_case) AND helping_posting(v_part, v_person, p_at) IS NULL OR p_verb <> 'part_ask' AND v_part.id IS NULL THEN
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
    v_owner := coalesce(posted_owner(v_case, (p_data #>> '{owner,posting_id}')::integer, p_at), asked_team(v_case, (p_data #>> '{owner,posting_id}')::integer, p_at));
    v_exact := coalesce((p_data ->> 'exact')::boolean, false) AND v_owner ->> 'role' = 'team' AND NOT v_case.private AND NOT v_case.about_official;
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
        INSERT INTO parts (case_id, nth, posting_id, state, asked_at, due_at, exact)
        VALUES (p_case, v_part.nth, (v_owner ->> 'posting_id')::integer, 'asked', p_at, v_until, v_exact) RETURNING * INTO v_part;
    ELSE
        UPDATE parts t SET
            state = coalesce(v_step.target, t.state), version = t.version + 1,
            posting_id = CASE WHEN 'owner' = ANY (v_step.needs) THEN (v_owner ->> 'posting_id')::integer ELSE t.posting_id END,
            exact = CASE WHEN 'owner' = ANY (v_step.needs) THEN v_exact ELSE t.exact END,
            due_at = CASE WHEN 'until' = ANY (v_step.needs) THEN v_until ELSE t.due_at END,
            ended_at = CASE WHEN coalesce(v_step.target, t.state) IN ('done', 'withdrawn') THEN p_at END
        WHERE t.id = v_part.id RETURNING * INTO v_part;
    END IF;
    -- Who sees it may be others now.
    UPDATE cases SET elsewhere = elsewhere WHERE id = p_case;
    v_seq := add_event(v_case, p_at, p_verb, CASE WHEN v_step.who = '{assisting}' THEN coalesce(assisting_posting(v_case, v_part, v_person, p_at), helping_posting(v_part, v_person, p_at)) ELSE acting_posting(v_case, v_person, p_at) END,
        p_words, false, jsonb_build_object('as', v_step.who, 'part', v_part.nth, 'part_state', v_part.state, 'posting_id', v_part.posting_id)
        || CASE WHEN v_part.posting_id <> v_before.posting_id THEN jsonb_build_object('posting_before', v_before.posting_id) ELSE '{}' END
        || CASE WHEN 'owner' = ANY (v_step.needs) AND v_exact THEN '{"exact": true}' ELSE '{}'::jsonb END
        || CASE WHEN v_part.due_at IS DISTINCT FROM v_before.due_at THEN jsonb_build_object('part_due_at', v_part.due_at) ELSE '{}' END);
    RETURN jsonb_build_object('case_id', p_case, 'nth', v_part.nth, 'state', v_part.state, 'version', v_part.version, 'due_at', v_part.due_at,
                              'posting_id', v_part.posting_id, 'seq', v_seq);
END $$;

-- What the people of a team see of a case: its part, the task, what was said of that since they have it, and roughly or exactly where it is as long as they work
-- on it.  Of what is private, and of what is about an official, neither what it is nor where.  Their open parts first, then what ended in the last 30 days.
CREATE FUNCTION team_parts(p_at timestamptz, p_case bigint, p_nth integer, p_limit integer)
RETURNS TABLE (case_id bigint, nth integer, state text, version integer, case_state text, asked_at timestamptz, due_at timestamptz, ended_at timestamptz,
               posting_id integer, name_zh text, name_en text, category_code text, area text, exact boolean, lon double precision, lat double precision,
               task text, story jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT c.id, t.nth, t.state, t.version, c.state, t.asked_at, t.due_at, t.ended_at, s.id, s.desk, m.name_en, CASE WHEN o.open THEN c.category_code END,
           CASE WHEN o.open THEN area_name(coalesce(c.area_code, c.chain[1]), p_at) END, t.exact,
           ST_X(w.spot), ST_Y(w.spot), k.words, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'verb', e.verb, 'ours', coalesce(h.role = 'helper', false), 'words', y.words) ORDER BY e.seq), '[]')
        FROM events e LEFT JOIN event_words y ON y.event_id = e.id AND e.verb NOT IN ('part_ask', 'part_move') LEFT JOIN postings h ON h.id = e.posting_id
        WHERE e.case_id = c.id AND (e.data ->> 'part')::integer = t.nth AND (e.data ->> 'posting_id')::integer = t.posting_id)
    FROM postings s JOIN teams m ON m.posting_id = s.id JOIN parts t ON t.posting_id = s.id JOIN cases c ON c.id = t.case_id
    CROSS JOIN LATERAL (SELECT NOT c.private AND NOT c.about_official AS open) o
    CROSS JOIN LATERAL (SELECT CASE WHEN o.open AND t.state IN ('asked', 'working') THEN CASE WHEN t.exact THEN c.geom ELSE ST_SnapToGrid(c.geom, 0.001) END END AS spot) w
    -- What was said to this team: not what somebody else was asked before.
    LEFT JOIN LATERAL (SELECT x.words FROM events a JOIN event_words x ON x.event_id = a.id
                       WHERE a.case_id = c.id AND a.verb IN ('part_ask', 'part_move') AND (a.data ->> 'part')::integer = t.nth
                         AND (a.data ->> 'posting_id')::integer = t.posting_id ORDER BY a.seq DESC LIMIT 1) k ON true
    WHERE s.role = 'team' AND (s.area_code, s.desk) IN (
            SELECT p.area_code, p.desk FROM postings p WHERE p.person_id = actor_person() AND p.role = 'helper' AND p.during @> p_at)
      AND helping_posting(t, actor_person(), p_at) IS NOT NULL
      AND (p_case IS NULL OR c.id = p_case AND t.nth = p_nth) AND coalesce(t.ended_at > p_at - interval '30 days', true)
    ORDER BY t.state NOT IN ('asked', 'working'), CASE WHEN t.state IN ('asked', 'working') THEN t.due_at END, t.ended_at DESC NULLS FIRST, t.id LIMIT p_limit
$$;

-- Whom rows of the outbox concern because his team has a part, or had it before that step.
CREATE FUNCTION concerned_by_teams(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT DISTINCT o.id, r.relation, 'person:' || p.id, p.lang, jsonb_build_object(
        'seq', o.payload -> 'seq', 'verb', o.payload -> 'verb', 'owner', o.payload -> 'owner', 'handed_over', false)
    FROM outbox o JOIN events e ON e.case_id = (o.payload ->> 'case_id')::bigint AND e.seq = (o.payload ->> 'seq')::integer AND e.data ? 'part'
    CROSS JOIN LATERAL (VALUES ('helper', e.data ->> 'posting_id'), ('helper_before', e.data ->> 'posting_before')) r (relation, posting_id)
    JOIN postings s ON s.id = r.posting_id::integer AND s.role = 'team', helpers_of(s, p_at) w JOIN people p ON p.id = w
    WHERE o.id = ANY (p_ids) AND mail_address(p.email) IS NOT NULL
      AND NOT EXISTS (SELECT FROM postings y WHERE y.id = e.posting_id AND y.person_id = p.id)
      AND NOT EXISTS (SELECT FROM mediation_conflicts k WHERE k.case_id = e.case_id AND k.person_id = p.id)
$$;

-- What a letter says of the part that it tells a team of, beside letter_facts(); {}: of none.
CREATE FUNCTION team_told(p_delivery bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce((
        SELECT jsonb_build_object('part', jsonb_build_object('nth', t.nth, 'due_at', t.due_at))
        FROM deliveries d JOIN events e ON e.case_id = d.case_id AND e.seq = (d.data ->> 'seq')::integer
        JOIN parts t ON t.case_id = e.case_id AND t.nth = (e.data ->> 'part')::integer
        WHERE d.id = p_delivery AND starts_with(d.template, 'helper-')), '{}')
$$;

ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE teams FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON teams TO gridwarden_owner USING (true) WITH CHECK (true);
ALTER TABLE team_terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_terms FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON team_terms TO gridwarden_owner USING (true) WITH CHECK (true);

REVOKE EXECUTE ON FUNCTION helpers_of, helping_posting, teams_at, may_help, asked_team, open_parts, teams_listed, team_history, team_choices, team_fault, keep_team,
    team_parts, concerned_by_teams, team_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION teams_listed, team_history, team_choices, keep_team, team_parts TO gridwarden_web;
GRANT EXECUTE ON FUNCTION concerned_by_teams, team_told TO gridwarden_worker;
