-- As it was before.
GRANT EXECUTE ON FUNCTION was_in_force, edition_before, activation_refused TO gridwarden_web;
REVOKE EXECUTE ON FUNCTION may_look_after_boundaries FROM gridwarden_web;
DROP POLICY administrators_read ON edition_checks;
DROP POLICY owner_may ON edition_checks;
ALTER TABLE edition_checks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE edition_checks DISABLE ROW LEVEL SECURITY;
DROP POLICY administrators_read ON findings;
CREATE POLICY administrators_read ON findings FOR SELECT TO gridwarden_web USING ((SELECT actor_areas('administrator')) <> '{}');
DROP FUNCTION take_back;
DROP TABLE taken_back;
ALTER FUNCTION may_look_after_boundaries SECURITY INVOKER RESET search_path;

DROP FUNCTION load_edition_as, load_edition;
CREATE FUNCTION load_edition(
    p_at timestamptz, p_name text, p_levels text[], p_source text, p_datum text, p_digest bytea,
    p_codes text[], p_names text[], p_level text[], p_parents text[], p_chains text[], p_overlay boolean[],
    p_households integer[], p_residents integer[], p_synthetic boolean[], p_area_m2 double precision[],
    p_labels bytea[], p_outlines bytea[]) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer;
    v_said text;
BEGIN
    -- Two that load at once: the second waits and is told what the first did.
    LOCK TABLE editions IN SHARE ROW EXCLUSIVE MODE;
    SELECT e.name INTO v_said FROM editions e WHERE e.digest = p_digest;
    IF FOUND THEN
        RAISE EXCEPTION 'the same is loaded' USING ERRCODE = 'GW182', DETAIL = v_said;
    END IF;
    IF EXISTS (SELECT FROM editions e WHERE e.name = p_name) THEN
        RAISE EXCEPTION 'the name is taken' USING ERRCODE = 'GW180';
    END IF;
    SELECT jsonb_build_object('code', g.code, 'before', a.level, 'after', g.level)::text INTO v_said
    FROM unnest(p_codes, p_level) g (code, level) JOIN areas a ON a.code = g.code WHERE a.level <> g.level ORDER BY g.code LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an area keeps its level' USING ERRCODE = 'GW181', DETAIL = v_said;
    END IF;
    INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at, digest)
    VALUES (p_name, p_levels, p_source, p_datum, true = ALL (p_synthetic), p_at, p_digest) RETURNING id INTO v_edition;
    INSERT INTO areas (code, level) SELECT g.code, g.level FROM unnest(p_codes, p_level) g (code, level) ON CONFLICT DO NOTHING;
    INSERT INTO boundaries (edition_id, code, level, name, parent_code, chain, overlay, households, residents, area_m2, synthetic, label, geom)
    SELECT v_edition, g.code, g.level, g.name, g.parent, string_to_array(g.chain, '/'), g.overlay, g.households, g.residents, g.area_m2,
           g.synthetic, ST_GeomFromWKB(g.label, 4326), ST_GeomFromWKB(g.outline, 4326)
    FROM unnest(p_codes, p_level, p_names, p_parents, p_chains, p_overlay, p_households, p_residents, p_area_m2, p_synthetic, p_labels, p_outlines)
        g (code, level, name, parent, chain, overlay, households, residents, area_m2, synthetic, label, outline);
    ANALYZE areas, boundaries;
    RETURN v_edition;
END $$;

CREATE FUNCTION load_edition_as(
    p_session bytea, p_at timestamptz, p_name text, p_levels text[], p_source text, p_datum text, p_digest bytea,
    p_codes text[], p_names text[], p_level text[], p_parents text[], p_chains text[], p_overlay boolean[],
    p_households integer[], p_residents integer[], p_synthetic boolean[], p_area_m2 double precision[],
    p_labels bytea[], p_outlines bytea[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    PERFORM check_looks_after_boundaries(p_session, p_at);
    RETURN load_edition(p_at, p_name, p_levels, p_source, p_datum, p_digest, p_codes, p_names, p_level, p_parents, p_chains,
                        p_overlay, p_households, p_residents, p_synthetic, p_area_m2, p_labels, p_outlines);
END $$;

CREATE FUNCTION take_back(p_from timestamptz, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET lock_timeout = '10s' AS $$
BEGIN
    LOCK TABLE activations IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM activations WHERE valid_from = p_from AND valid_from >= earliest_activation(p_at);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing to take back' USING ERRCODE = 'GW142';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION take_back_as(p_session bytea, p_at timestamptz, p_from timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    PERFORM check_looks_after_boundaries(p_session, p_at);
    PERFORM take_back(p_from, p_at);
END $$;

REVOKE EXECUTE ON FUNCTION take_back, load_edition, load_edition_as FROM PUBLIC;
GRANT EXECUTE ON FUNCTION load_edition_as TO gridwarden_web;

CREATE OR REPLACE FUNCTION be_away(p_session bytea, p_at timestamptz, p_absence jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_posted postings;
    v_since date := (p_absence ->> 'since')::date;
    v_begins timestamptz := CASE WHEN v_since = day_of(p_at) THEN p_at ELSE day_begins(v_since) END;
    v_ends timestamptz := day_begins((p_absence ->> 'until')::date);
    v_stand_in postings;
    v_told jsonb;
    v_wrong text;
    v_id integer;
BEGIN
    SELECT * INTO v_posted FROM postings p WHERE p.id = (p_absence ->> 'posting_id')::integer FOR UPDATE;
    IF v_posted.id IS NULL OR NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    SELECT * INTO v_stand_in FROM postings p WHERE p.id = (p_absence ->> 'stand_in')::integer AND p.area_code = v_posted.area_code
        AND p.role = 'deputy' AND p.id <> v_posted.id AND p.during @> tstzrange(v_begins, v_ends);
    v_wrong := CASE
        WHEN v_posted.role NOT IN ('head', 'deputy') THEN 'role'
        WHEN v_begins >= v_ends OR v_begins IS NULL OR v_ends IS NULL THEN 'from_after_until'
        WHEN v_begins < p_at THEN 'away_in_past'
        WHEN NOT v_posted.during && tstzrange(v_begins, v_ends) THEN 'not_posted_then'
        WHEN EXISTS (SELECT FROM absences a WHERE a.posting_id = v_posted.id AND a.during && tstzrange(v_begins, v_ends)) THEN 'away_already'
        WHEN p_absence ->> 'stand_in' IS NOT NULL AND v_stand_in.id IS NULL THEN 'stand_in' END;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'refused: %', v_wrong USING ERRCODE = 'GW102', DETAIL = jsonb_build_object('code', v_wrong)::text;
    END IF;
    IF p_absence ->> 'name' IS NOT NULL OR p_absence ->> 'staff_number' IS NOT NULL THEN
        v_told := change_postings(jsonb_build_array(jsonb_build_object('n', 1, 'area_code', v_posted.area_code, 'role', 'deputy',
            'name', p_absence -> 'name', 'staff_number', p_absence -> 'staff_number', 'since', v_since, 'until', p_absence -> 'until')),
            p_at, v_person, NULL, false, true);
        IF v_told -> 'faults' <> '[]' THEN
            RAISE EXCEPTION 'the stand-in is refused' USING ERRCODE = 'GW102', DETAIL = (v_told #> '{faults,0}')::text;
        END IF;
        v_stand_in.id := (v_told #>> '{changes,0,posting_id}')::integer;
    END IF;
    INSERT INTO absences (posting_id, during, stand_in, reason, made_at, made_by)
    VALUES (v_posted.id, tstzrange(v_begins, v_ends), v_stand_in.id, p_absence ->> 'reason', p_at, v_person) RETURNING id INTO v_id;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, became)
    VALUES (p_at, v_person, 'away', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', v_id, 'since', v_begins, 'until', v_ends, 'stand_in', v_stand_in.id));
    RETURN v_id;
END $$;

CREATE OR REPLACE FUNCTION be_back(p_session bytea, p_at timestamptz, p_absence integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_absence absences;
    v_posted postings;
BEGIN
    SELECT * INTO v_absence FROM absences a WHERE a.id = p_absence AND upper(a.during) > p_at FOR UPDATE;
    SELECT * INTO v_posted FROM postings p WHERE p.id = v_absence.posting_id;
    IF v_absence.id IS NULL THEN
        RAISE EXCEPTION 'no such absence' USING ERRCODE = 'GW103';
    ELSIF NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    IF lower(v_absence.during) >= p_at THEN
        DELETE FROM absences WHERE id = p_absence;
    ELSE
        UPDATE absences SET during = tstzrange(lower(during), p_at) WHERE id = p_absence;
    END IF;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, was)
    VALUES (p_at, v_person, 'back', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', p_absence, 'since', lower(v_absence.during), 'until', upper(v_absence.during)));
END $$;

ALTER TABLE absences DROP COLUMN posted_for_it;
