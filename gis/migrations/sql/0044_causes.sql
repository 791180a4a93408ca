-- Common causes: what rises in many areas at once is raised as one thing, once, and seen by whoever directs all of these areas.

CREATE TABLE common_causes (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family     text NOT NULL,
    level      text NOT NULL,                        -- of its areas
    raised_at  timestamptz NOT NULL,
    since      timestamptz NOT NULL,                 -- the period in which it was first found, to the end of the last one in which it was
    until      timestamptz NOT NULL,
    facts      jsonb NOT NULL,                       -- of the last one: count, expected, q, most, periods, of, days, areas [{area, count, expected, q}]
    CHECK (since < until)
);

-- What common causes are told from, as grids/common_causes_read.py says: names of the areas, categories, and reports by family's code, area and period.
CREATE FUNCTION received_by_area(p_level text, p_days integer, p_since timestamptz, p_until timestamptz, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
BEGIN
    RETURN jsonb_build_object(
        'areas', (SELECT jsonb_agg(jsonb_build_array(u.key, b.name) ORDER BY u.n) FROM units u JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key
                  WHERE u.edition_id = v_edition AND u.kind = p_level),
        'categories', (SELECT jsonb_agg(jsonb_build_array(k.code, k.family, k.young) ORDER BY k.code) FROM (
                           SELECT DISTINCT ON (c.code) c.code, c.family, c.about_official,
                                  min(c.since) OVER (PARTITION BY c.code) > (SELECT min(r.received_at) FROM reports r WHERE r.received_at >= p_since) AS young
                           FROM categories c WHERE c.since < p_until ORDER BY c.code, c.since DESC) k
                       WHERE NOT k.about_official),
        -- Counted before it is asked where: there are some hundred thousand reports a year, and few codes.
        'counts', (SELECT jsonb_agg(jsonb_build_array(n.category_code, n.key, n.ago, n.n)) FROM (
            SELECT r.category_code, u.key, r.ago, sum(r.n) AS n FROM (
                SELECT r.category_code, r.area_code, (day_of(p_until - interval '1 day') - day_of(r.received_at)) / p_days AS ago, count(*) AS n
                FROM reports r
                WHERE r.received_at >= p_since AND r.received_at < p_until AND r.channel <> 'patrol' AND (r.taken_by IS NULL OR r.channel NOT IN ('app', 'wechat'))
                GROUP BY 1, 2, 3) r
            LEFT JOIN lineage l ON l.edition_id = v_edition AND l.kind = p_level AND l.code = r.area_code
            LEFT JOIN units u ON u.edition_id = l.edition_id AND u.kind = l.kind AND u.n = l.n
            GROUP BY 1, 2, 3) n));
END $$;

-- Keeps what was found in a period: a family that rose in the period before, too, goes on; another one is raised.  Answers how many were raised.
CREATE FUNCTION raise_causes(p_level text, p_since timestamptz, p_until timestamptz, p_at timestamptz, p_rows jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_raised integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.common_causes'));
    UPDATE common_causes c SET until = greatest(c.until, p_until), facts = x.facts FROM jsonb_to_recordset(p_rows) x (family text, facts jsonb)
    WHERE c.family = x.family AND c.level = p_level AND c.until >= p_since;
    INSERT INTO common_causes (family, level, raised_at, since, until, facts)
    SELECT x.family, p_level, p_at, p_since, p_until, x.facts FROM jsonb_to_recordset(p_rows) x (family text, facts jsonb)
    WHERE NOT EXISTS (SELECT FROM common_causes c WHERE c.family = x.family AND c.level = p_level AND c.until >= p_since);
    GET DIAGNOSTICS v_raised = ROW_COUNT;
    RETURN v_raised;
END $$;

-- What was raised and lasted until an instant or longer, for whoever directs or plans all of its areas; the newest first.
CREATE FUNCTION causes_seen(p_at timestamptz, p_since timestamptz)
RETURNS TABLE (id integer, family text, level text, raised_at timestamptz, since timestamptz, until timestamptz, facts jsonb, names jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
    v_mine text[] := actor_areas('desk', 'dispatcher', 'supervisor', 'planner');
BEGIN
    RETURN QUERY
    SELECT c.id, c.family, c.level, c.raised_at, c.since, c.until, c.facts, a.names
    FROM common_causes c CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(x.area, area_name(x.area, p_at)) AS names, bool_and(coalesce(b.chain && v_mine, false)) AS mine
        FROM jsonb_to_recordset(c.facts -> 'areas') x (area text) LEFT JOIN boundaries b ON b.edition_id = v_edition AND b.code = x.area) a
    WHERE c.until >= p_since AND a.mine
    ORDER BY c.raised_at DESC, c.id DESC;
END $$;

REVOKE EXECUTE ON FUNCTION received_by_area, raise_causes, causes_seen FROM PUBLIC;
GRANT EXECUTE ON FUNCTION received_by_area, raise_causes TO gridwarden_worker;
GRANT EXECUTE ON FUNCTION causes_seen TO gridwarden_web;
