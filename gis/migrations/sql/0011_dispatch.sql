-- Where a case goes: rules as dated data, the first that fits wins; and a report about an official passes over that official.

ALTER TABLE categories ADD COLUMN about_official boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT what_is_about_officials_is_private CHECK (private OR NOT about_official);

-- A condition that is null always holds.  A rule is never edited: it ends, and a new one begins.
CREATE TABLE dispatch_rules (
    id               integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rank             integer NOT NULL CHECK (rank >= 0),  -- lowest first, then by id
    during           tstzrange NOT NULL CHECK (isempty(during) OR lower_inc(during) AND NOT lower_inf(during)),  -- empty: withdrawn before it began
    note             text NOT NULL CHECK (length(note) BETWEEN 1 AND 200),
    category_code    text,
    family           text,
    area_code        area_code REFERENCES areas,     -- it and all below it
    channel          text CHECK (channel IN ('app', 'wechat', 'hotline', 'village_box', 'talking_point', 'patrol')),
    hazard           boolean,
    urgency          text CHECK (urgency IN ('normal', 'urgent', 'emergency')),
    hours            text CHECK (hours IN ('office', 'outside_office')),
    outcome          text CHECK (outcome IN ('inside', 'border', 'near', 'backstop')),
    accuracy_from_m  double precision CHECK (accuracy_from_m > 0),  -- a position that is off by so much or more
    target           text NOT NULL CHECK (target IN ('head', 'desk', 'department')),
    level            text,                           -- of the desk
    department       text CHECK (department <> ''),
    automatic        boolean NOT NULL,               -- handed on at once, by the service
    made_at          timestamptz NOT NULL,
    made_by          integer REFERENCES people,
    ended_by         integer REFERENCES people,
    CHECK (category_code IS NULL OR family IS NULL),
    CHECK ((target = 'desk') = (level IS NOT NULL)),
    CHECK ((target = 'department') = (department IS NOT NULL))
);
-- Usage: dispatch_by_rules(), the rules in force at an instant.
CREATE INDEX dispatch_rules_in_force ON dispatch_rules USING gist (during);

CREATE FUNCTION refuse_another_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - '{during,ended_by}'::text[] <> to_jsonb(NEW) - '{during,ended_by}'::text[]
       OR NOT (isempty(NEW.during) OR NEW.during <@ OLD.during AND lower(NEW.during) = lower(OLD.during)) THEN
        RAISE EXCEPTION 'a rule of dispatch is never edited; it ends' USING ERRCODE = 'GW001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_rules_are_dated BEFORE UPDATE ON dispatch_rules FOR EACH ROW EXECUTE FUNCTION refuse_another_rule();
CREATE TRIGGER dispatch_rules_stay BEFORE DELETE OR TRUNCATE ON dispatch_rules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Whether an instant lies in office hours; null where no calendar knows it.
CREATE FUNCTION in_office_hours(p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_seconds double precision := work_seconds(p_at, p_at + interval '1 second');
BEGIN
    RETURN CASE WHEN v_seconds > 0.999 THEN true WHEN v_seconds < 0.001 THEN false END;
END $$;

-- The nearest desk of a chain of areas, from its last area upwards; in the end the topmost area itself, with nobody posted.
CREATE FUNCTION desk_over(p_chain text[], p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_desk jsonb;
BEGIN
    FOR up IN REVERSE cardinality(p_chain) .. 1 LOOP
        SELECT jsonb_build_object('area_code', a.code, 'level', a.level, 'role', 'desk', 'desk', p.desk, 'posting_id', p.id) INTO v_desk
        FROM postings p JOIN areas a ON a.code = p.area_code
        WHERE p.area_code = p_chain[up] AND p.role = 'desk' AND p.during @> p_at;
        IF v_desk IS NOT NULL THEN
            RETURN v_desk;
        END IF;
    END LOOP;
    RETURN (SELECT jsonb_build_object('area_code', a.code, 'level', a.level, 'role', 'desk', 'desk', NULL, 'posting_id', NULL)
            FROM areas a WHERE a.code = p_chain[1]);
END $$;

-- An answer of locate for a report about an official: cut at the county, or at the topmost area where there is none, so that
-- nobody below is told, named or asked.
CREATE FUNCTION answer_above(p_answer jsonb, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    v_last integer;
    v_cut jsonb;
BEGIN
    IF p_answer ->> 'outcome' = 'outside' THEN
        RETURN p_answer;
    END IF;
    SELECT coalesce(max(c.n) FILTER (WHERE c.area ->> 'level' = 'county'), 1) INTO v_last
    FROM jsonb_array_elements(p_answer -> 'chain') WITH ORDINALITY c (area, n);
    SELECT jsonb_agg(c.area ORDER BY c.n) INTO v_cut
    FROM jsonb_array_elements(p_answer -> 'chain') WITH ORDINALITY c (area, n) WHERE c.n <= v_last;
    RETURN p_answer || jsonb_build_object(
        'outcome', 'backstop', 'basis', 'bypass', 'grid', false, 'area', v_cut -> -1, 'head', NULL, 'chain', v_cut,
        'owner', desk_over(ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(v_cut) c), p_at),
        'also', '[]'::jsonb, 'candidates', '[]'::jsonb, 'distance_m', 0, 'border_m', NULL);
END $$;

-- To whom a rule points, given a chain of areas.  `fallbacks` says what was not there: no_head (the deputy or a desk instead),
-- about_official (a desk instead of a head), no_level (the case has no area of it), no_desk (the next one above instead),
-- no_department, nobody_posted (the topmost area has no desk).
CREATE FUNCTION rule_target(p_target text, p_level text, p_department text, p_chain text[], p_about_official boolean, p_at timestamptz,
                            OUT target jsonb, OUT fallbacks text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_place integer := cardinality(p_chain);
BEGIN
    fallbacks := '{}';
    IF p_target = 'head' AND NOT p_about_official THEN
        target := (who_answers(p_chain, (edition_at(p_at)).id, p_at)).owner;
        IF target ->> 'role' <> 'head' THEN
            fallbacks := fallbacks || 'no_head'::text;
        END IF;
    ELSIF p_target = 'department' THEN
        SELECT jsonb_build_object('area_code', a.code, 'level', a.level, 'role', 'department', 'desk', p.desk, 'posting_id', p.id) INTO target
        FROM postings p JOIN areas a ON a.code = p.area_code
        WHERE p.area_code = ANY (p_chain) AND p.role = 'department' AND p.desk = p_department AND p.during @> p_at
        ORDER BY array_position(p_chain, p.area_code::text) DESC LIMIT 1;
        IF target IS NULL THEN
            fallbacks := fallbacks || 'no_department'::text;
        END IF;
    ELSIF p_target = 'head' THEN
        fallbacks := fallbacks || 'about_official'::text;
    ELSE
        SELECT max(c.n) INTO v_place FROM unnest(p_chain) WITH ORDINALITY c (code, n) JOIN areas a ON a.code = c.code WHERE a.level = p_level;
        IF v_place IS NULL THEN
            v_place := cardinality(p_chain);
            fallbacks := fallbacks || 'no_level'::text;
        END IF;
    END IF;
    IF target IS NULL THEN
        target := desk_over(p_chain[:v_place], p_at);
        IF p_target = 'desk' AND cardinality(fallbacks) = 0 AND target ->> 'area_code' <> p_chain[v_place] THEN
            fallbacks := fallbacks || 'no_desk'::text;
        END IF;
    END IF;
    IF target -> 'posting_id' = 'null' THEN
        fallbacks := fallbacks || 'nobody_posted'::text;
    END IF;
END $$;

-- The first rule in force whose conditions all hold, and where it points; without one, whoever answers for the area.
-- p_asked: {chain, category, family, channel, hazard, urgency, outcome, accuracy_m, about_official}.  `why`: every rule that
-- was looked at, in order, with the first condition that did not hold, then what had to be fallen back on.
CREATE FUNCTION dispatch_by_rules(p_asked jsonb, p_at timestamptz, OUT rule_id integer, OUT target jsonb, OUT automatic boolean, OUT why jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_chain text[] := ARRAY(SELECT jsonb_array_elements_text(p_asked -> 'chain'));
    v_hours text := CASE in_office_hours(p_at) WHEN true THEN 'office' WHEN false THEN 'outside_office' END;
    v_rule dispatch_rules;
    v_failed jsonb;
    v_fallbacks text[];
BEGIN
    why := '[]';
    automatic := false;
    FOR v_rule IN SELECT * FROM dispatch_rules r WHERE r.during @> p_at ORDER BY r.rank, r.id LOOP
        SELECT jsonb_build_object('failed', f.name, 'wanted', f.wanted, 'found', f.found) INTO v_failed
        FROM (VALUES
            (1, 'category', v_rule.category_code, p_asked ->> 'category', v_rule.category_code = p_asked ->> 'category'),
            (2, 'family', v_rule.family, p_asked ->> 'family', v_rule.family = p_asked ->> 'family'),
            (3, 'area', v_rule.area_code::text, v_chain[cardinality(v_chain)], v_rule.area_code = ANY (v_chain)),
            (4, 'channel', v_rule.channel, p_asked ->> 'channel', v_rule.channel = p_asked ->> 'channel'),
            (5, 'hazard', v_rule.hazard::text, p_asked ->> 'hazard', v_rule.hazard = (p_asked ->> 'hazard')::boolean),
            (6, 'urgency', v_rule.urgency, p_asked ->> 'urgency', v_rule.urgency = p_asked ->> 'urgency'),
            (7, 'hours', v_rule.hours, v_hours, v_rule.hours = v_hours),
            (8, 'outcome', v_rule.outcome, p_asked ->> 'outcome', v_rule.outcome = p_asked ->> 'outcome'),
            (9, 'accuracy', v_rule.accuracy_from_m::text, p_asked ->> 'accuracy_m', (p_asked ->> 'accuracy_m')::double precision >= v_rule.accuracy_from_m)
        ) f (n, name, wanted, found, holds) WHERE f.wanted IS NOT NULL AND f.holds IS NOT TRUE ORDER BY f.n LIMIT 1;
        why := why || (jsonb_build_object('rule_id', v_rule.id, 'rank', v_rule.rank, 'note', v_rule.note, 'fits', v_failed IS NULL)
                       || coalesce(v_failed, '{}'));
        IF v_failed IS NULL THEN
            rule_id := v_rule.id;
            automatic := v_rule.automatic;
            SELECT t.target, t.fallbacks INTO target, v_fallbacks FROM rule_target(
                v_rule.target, v_rule.level, v_rule.department, v_chain, coalesce((p_asked ->> 'about_official')::boolean, false), p_at) t;
            EXIT;
        END IF;
    END LOOP;
    IF rule_id IS NULL THEN
        SELECT t.target, 'no_rule'::text || t.fallbacks INTO target, v_fallbacks
        FROM rule_target('head', NULL, NULL, v_chain, coalesce((p_asked ->> 'about_official')::boolean, false), p_at) t;
    END IF;
    why := why || coalesce((SELECT jsonb_agg(jsonb_build_object('fallback', f.code) ORDER BY f.n)
                            FROM unnest(v_fallbacks) WITH ORDINALITY f (code, n)), '[]');
END $$;

-- Where a case goes at an instant.  No row: there is no such case.
CREATE FUNCTION dispatch_target(p_case bigint, p_at timestamptz)
RETURNS TABLE (rule_id integer, target jsonb, automatic boolean, why jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT d.* FROM cases c
    CROSS JOIN LATERAL (SELECT r.match ->> 'outcome' AS outcome, r.accuracy_m FROM reports r WHERE r.case_id = c.id
                        ORDER BY r.received_at, r.id LIMIT 1) f
    CROSS JOIN LATERAL dispatch_by_rules(jsonb_build_object(
        'chain', c.chain, 'category', c.category_code, 'family', (category_at(c.category_code, p_at)).family, 'channel', c.channel,
        'hazard', c.hazard, 'urgency', c.urgency, 'outcome', f.outcome, 'accuracy_m', f.accuracy_m, 'about_official', c.about_official), p_at) d
    WHERE c.id = p_case
$$;

-- Cases at which the rules were looked at, so that the worker looks once.
CREATE TABLE ruled_cases (
    case_id  bigint PRIMARY KEY REFERENCES cases,
    rule_id  integer REFERENCES dispatch_rules,      -- null: none fitted
    at       timestamptz NOT NULL
);
-- Usage: dispatches_due(), cases that nobody has touched yet.
CREATE INDEX cases_received ON cases (received_at) WHERE state = 'received';

-- What the service hands on by itself: cases that came since the oldest automatic rule in force began and that nobody has
-- touched, each looked at once.  A case whose target is vacant stays where it is.
CREATE FUNCTION dispatches_due(p_at timestamptz, p_limit integer)
RETURNS TABLE (case_id bigint, version integer, posting_id integer, rule_id integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_since timestamptz := (SELECT min(lower(r.during)) FROM dispatch_rules r WHERE r.automatic AND r.during @> p_at);
BEGIN
    IF v_since IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
        SELECT c.id, c.version FROM cases c
        WHERE c.state = 'received' AND c.received_at >= v_since AND NOT EXISTS (SELECT FROM ruled_cases d WHERE d.case_id = c.id)
        ORDER BY c.received_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ),
    found AS MATERIALIZED (SELECT f.id, f.version, t.* FROM fresh f CROSS JOIN LATERAL dispatch_target(f.id, p_at) t),
    told AS (INSERT INTO ruled_cases SELECT f.id, f.rule_id, p_at FROM found f)
    SELECT f.id, f.version, (f.target ->> 'posting_id')::integer, f.rule_id FROM found f
    WHERE f.automatic AND f.target -> 'posting_id' <> 'null';
END $$;

-- Where a report would go, without storing one: lon lat in WGS84 with its accuracy in metres, or an area's code.
-- Errors as of receive_report: GW003, GW004, GW005, GW006.
CREATE FUNCTION dispatch_try(p_lon double precision, p_lat double precision, p_accuracy_m double precision, p_area_code text,
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
    SELECT * INTO v_found FROM dispatch_by_rules(jsonb_build_object(
        'chain', jsonb_path_query_array(v_answer, '$.chain[*].code'), 'category', p_category, 'family', v_category.family,
        'channel', p_channel, 'hazard', p_hazard, 'urgency', v_category.urgency, 'outcome', v_answer -> 'outcome',
        'accuracy_m', p_accuracy_m, 'about_official', v_category.about_official), p_at);
    RETURN jsonb_build_object('area', v_answer -> 'area', 'outcome', v_answer -> 'outcome', 'bypass', v_category.about_official,
        'rule_id', v_found.rule_id, 'target', v_found.target, 'automatic', v_found.automatic, 'why', v_found.why);
END $$;

-- Whether the actor may make and end rules for an area: an administrator of it or of one above; for all areas, of the topmost one.
CREATE FUNCTION may_rule(p_area_code text, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN actor_areas('administrator') && coalesce(
        (SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_area_code),
        ARRAY(SELECT a ->> 'code' FROM jsonb_array_elements(served_areas(p_at)) a));
END $$;

-- Makes a rule and answers its number.  p_rule: the columns of the table by name, `since` and `until` for the period; it begins
-- at p_at at the earliest.  GW070: not for this actor; GW071: refused, the detail names the field.
CREATE FUNCTION add_dispatch_rule(p_session bytea, p_at timestamptz, p_rule jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_edition editions := edition_at(p_at);
    v_rule dispatch_rules := jsonb_populate_record(NULL::dispatch_rules, p_rule - '{during,id}'::text[]);
    v_since timestamptz := greatest((p_rule ->> 'since')::timestamptz, p_at);
    v_until timestamptz := (p_rule ->> 'until')::timestamptz;
    v_wrong text;
    v_id integer;
BEGIN
    IF NOT may_rule(v_rule.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW070';
    END IF;
    v_wrong := CASE
        WHEN v_until <= v_since THEN 'until'
        WHEN (category_at(v_rule.category_code, v_since)).code IS DISTINCT FROM v_rule.category_code THEN 'category'
        WHEN v_rule.family IS NOT NULL AND NOT EXISTS (SELECT FROM categories k WHERE k.family = v_rule.family) THEN 'family'
        WHEN v_rule.family IS NOT NULL AND v_rule.category_code IS NOT NULL THEN 'family'
        WHEN v_rule.area_code IS NOT NULL AND NOT EXISTS (
            SELECT FROM boundaries b WHERE b.edition_id = v_edition.id AND b.code = v_rule.area_code) THEN 'area_code'
        WHEN v_rule.target = 'desk' AND NOT coalesce(v_rule.level = ANY (v_edition.levels), false) THEN 'level'
        WHEN v_rule.target = 'department' AND coalesce(v_rule.department, '') = '' THEN 'department'
        WHEN coalesce(v_rule.note, '') = '' THEN 'note'
        END;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the rule is refused: %', v_wrong USING ERRCODE = 'GW071', DETAIL = v_wrong;
    END IF;
    INSERT INTO dispatch_rules (rank, during, note, category_code, family, area_code, channel, hazard, urgency, hours, outcome, accuracy_from_m,
                                target, level, department, automatic, made_at, made_by)
    VALUES (v_rule.rank, tstzrange(v_since, v_until), v_rule.note, v_rule.category_code, v_rule.family, v_rule.area_code, v_rule.channel,
            v_rule.hazard, v_rule.urgency, v_rule.hours, v_rule.outcome, v_rule.accuracy_from_m, v_rule.target,
            CASE v_rule.target WHEN 'desk' THEN v_rule.level END, CASE v_rule.target WHEN 'department' THEN v_rule.department END,
            coalesce(v_rule.automatic, false), p_at, v_person)
    RETURNING id INTO v_id;
    RETURN v_id;
END $$;

-- Ends a rule at p_at; one that has not begun never comes into force.  GW070: not for this actor; GW072: none that could end.
CREATE FUNCTION end_dispatch_rule(p_session bytea, p_at timestamptz, p_id integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_rule dispatch_rules;
BEGIN
    SELECT * INTO v_rule FROM dispatch_rules r WHERE r.id = p_id AND r.during && tstzrange(p_at, NULL) FOR UPDATE;
    IF v_rule.id IS NULL THEN
        RAISE EXCEPTION 'no such rule' USING ERRCODE = 'GW072';
    ELSIF NOT may_rule(v_rule.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW070';
    END IF;
    UPDATE dispatch_rules SET ended_by = v_person,
        during = CASE WHEN lower(during) >= p_at THEN 'empty' ELSE tstzrange(lower(during), p_at) END
    WHERE id = p_id;
END $$;

-- receive_report as before, what is about an official is filed above him, and the reporter's language is kept with the contact.

-- Errors, by sqlstate: GW002 key used for another body, GW003 unknown category, GW004 unknown area, GW005 outside the
-- service area (detail: what is served), GW006 no boundaries in force, GW007 channel for staff only.
-- A repeated key with the same body answers what the first call answered and stores nothing.
DROP FUNCTION receive_report;
CREATE FUNCTION receive_report(
    p_key_digest bytea, p_body_digest bytea, p_session bytea, p_at timestamptz,
    p_number text, p_link_digest bytea, p_category text, p_channel text, p_seen_at timestamptz,
    p_words text, p_contact text,
    p_lon double precision, p_lat double precision, p_accuracy_m double precision,          -- WGS84, or null
    p_lon_given double precision, p_lat_given double precision, p_datum text,               -- as it was given
    p_area_code text, p_place_words text,
    p_cells bigint[],                                                                       -- of the pin, or null
    p_lang text DEFAULT 'zh'                                                                -- in which the reporter reads
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
                                  'match', with_names(v_earlier.match), 'repeated', true)::text;
    END IF;
    IF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    END IF;
    IF p_channel = 'patrol' AND v_person IS NULL THEN
        RAISE EXCEPTION 'channel for staff only' USING ERRCODE = 'GW007';
    END IF;
    v_told := CASE WHEN v_geom IS NULL THEN locate_area(p_area_code, p_at)
                   ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    IF v_category.about_official THEN
        v_told := answer_above(v_told, p_at);
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
    INSERT INTO outbox (topic, payload, at) VALUES ('report.received',
        jsonb_build_object('report_id', v_report, 'case_id', v_case, 'owner', v_owner,
                           'also', jsonb_path_query_array(v_answer, '$.also[*].code')), p_at);
    RETURN jsonb_build_object('number', p_number, 'received_at', p_at, 'match', v_told, 'repeated', false)::text;
END $$;

GRANT SELECT (id, rank, during, note, category_code, family, area_code, channel, hazard, urgency, hours, outcome, accuracy_from_m, target, level,
              department, automatic, made_at) ON dispatch_rules TO gridwarden_web;
REVOKE EXECUTE ON FUNCTION receive_report, refuse_another_rule, in_office_hours, desk_over, answer_above, rule_target, dispatch_by_rules, dispatch_target,
    dispatches_due, dispatch_try, may_rule, add_dispatch_rule, end_dispatch_rule FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_report, dispatch_try, add_dispatch_rule, end_dispatch_rule TO gridwarden_web;
GRANT EXECUTE ON FUNCTION dispatch_target, dispatches_due TO gridwarden_worker;
