-- Editions are loaded whole: one function, one statement for each table, for the shell and for administrators.

-- SHA-256 of all that its areas say (gis/boundary_draft.py); null: not loaded from a file.
-- The constraint also serves the question whether the same was loaded before.
ALTER TABLE editions ADD COLUMN digest bytea CONSTRAINT editions_are_loaded_once UNIQUE;

-- Loads an edition and answers its number; nothing is in force by it.  The arrays hold one value for each area, parents before
-- their children; a chain is codes with slashes between, the topmost first; geometries are WKB, lon lat in EPSG:4326.
-- GW180: the name is taken; GW181: an area would change its level (detail: code, before, after); GW182: the same is loaded
-- already (detail: the edition's name).
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

-- The same for an administrator.  GW130: not for this actor.
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

REVOKE EXECUTE ON FUNCTION load_edition, load_edition_as FROM PUBLIC;
GRANT EXECUTE ON FUNCTION load_edition_as TO gridwarden_web;
