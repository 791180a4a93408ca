-- What was found when an edition's boundaries were checked, and whether that lets it be activated.

-- That checks were run, also where nothing was found; against: the edition that it was compared with.
CREATE TABLE edition_checks (
    edition_id  integer PRIMARY KEY REFERENCES editions ON DELETE CASCADE,
    checked_at  timestamptz NOT NULL,
    against     integer REFERENCES editions ON DELETE SET NULL,
    areas       integer NOT NULL CHECK (areas >= 0)
);

CREATE TABLE findings (
    edition_id  integer NOT NULL REFERENCES editions ON DELETE CASCADE,
    n           integer NOT NULL,
    kind        text NOT NULL CHECK (kind ~ '^[a-z][a-z_]*$'),
    severity    text NOT NULL CHECK (severity IN ('error', 'warning', 'note')),
    codes       text[] NOT NULL,                     -- text: what was found may be that there is no such area
    area_m2     double precision CHECK (area_m2 >= 0),
    shape       geometry(Geometry, 4326),            -- where it is
    repaired    geometry(Geometry, 4326),            -- what the area became, or would become
    params      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
    PRIMARY KEY (edition_id, n)
);

-- Whether the actor looks after boundaries: an administrator of a topmost area, any administrator while nothing is in force.
CREATE FUNCTION may_look_after_boundaries(p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_served jsonb := served_areas(p_at);
BEGIN
    RETURN CASE WHEN v_served IS NULL OR v_served = '[]' THEN actor_areas('administrator') <> '{}'
                ELSE actor_areas('administrator') && ARRAY(SELECT a ->> 'code' FROM jsonb_array_elements(v_served) a) END;
END $$;

-- Writes what was found, in place of what was found before; kinds in p_kept stay, because only the file could show them (a
-- ring that was repaired when it was loaded).  p_findings: an array of objects with the columns by name, shapes as hex WKB.
CREATE FUNCTION keep_findings(p_edition integer, p_at timestamptz, p_against integer, p_areas integer, p_kept text[], p_findings jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_last integer;
BEGIN
    INSERT INTO edition_checks VALUES (p_edition, p_at, p_against, p_areas)
    ON CONFLICT (edition_id) DO UPDATE SET checked_at = p_at, against = p_against, areas = p_areas;
    DELETE FROM findings WHERE edition_id = p_edition AND kind <> ALL (p_kept);
    SELECT coalesce(max(n), 0) INTO v_last FROM findings WHERE edition_id = p_edition;
    INSERT INTO findings (edition_id, n, kind, severity, codes, area_m2, shape, repaired, params)
    SELECT p_edition, v_last + f.n, f.one ->> 'kind', f.one ->> 'severity',
           ARRAY(SELECT jsonb_array_elements_text(f.one -> 'codes')), (f.one ->> 'area_m2')::double precision,
           ST_SetSRID(ST_GeomFromWKB(decode(f.one ->> 'shape', 'hex')), 4326),
           ST_SetSRID(ST_GeomFromWKB(decode(f.one ->> 'repaired', 'hex')), 4326), coalesce(f.one -> 'params', '{}')
    FROM jsonb_array_elements(p_findings) WITH ORDINALITY f (one, n);
END $$;

-- The same for an administrator.  GW130: not for this actor; GW131: no such edition.
CREATE FUNCTION keep_findings_as(p_session bytea, p_at timestamptz, p_edition integer, p_against integer, p_areas integer, p_kept text[], p_findings jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    PERFORM act_as(p_session, p_at);
    IF NOT may_look_after_boundaries(p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW130';
    ELSIF NOT EXISTS (SELECT FROM editions WHERE id = p_edition) THEN
        RAISE EXCEPTION 'no such edition' USING ERRCODE = 'GW131';
    END IF;
    PERFORM keep_findings(p_edition, p_at, p_against, p_areas, p_kept, p_findings);
END $$;

-- Why what was found forbids the activation of an edition, null if it does not: 'unchecked' (no checks were run), 'errors'
-- (whatever anybody accepts), 'warnings' (unless somebody said that they are accepted).
CREATE FUNCTION activation_forbidden(p_edition integer, p_accept_warnings boolean) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM edition_checks WHERE edition_id = p_edition) THEN 'unchecked'
        WHEN EXISTS (SELECT FROM findings WHERE edition_id = p_edition AND severity = 'error') THEN 'errors'
        WHEN NOT coalesce(p_accept_warnings, false)
             AND EXISTS (SELECT FROM findings WHERE edition_id = p_edition AND severity = 'warning') THEN 'warnings' END
$$;

-- Read by whoever looks after boundaries, and by nobody else: an edition that was not checked yet is nobody else's business.
GRANT SELECT ON findings, edition_checks TO gridwarden_web;
ALTER TABLE findings ENABLE ROW LEVEL SECURITY;
ALTER TABLE findings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON findings TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY administrators_read ON findings FOR SELECT TO gridwarden_web USING ((SELECT actor_areas('administrator')) <> '{}');

REVOKE EXECUTE ON FUNCTION may_look_after_boundaries, keep_findings, keep_findings_as, activation_forbidden FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_findings_as TO gridwarden_web;
