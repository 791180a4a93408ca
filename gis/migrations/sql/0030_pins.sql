-- What a case has from the report with which it came: its pin, and how exact that is.

-- The report of a case's first line, from which its pin came, whatever was merged in or split off since.
CREATE FUNCTION pin_report(p_case bigint) RETURNS TABLE (report_id bigint)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT (e.data ->> 'report_id')::bigint FROM events e WHERE e.case_id = p_case AND e.seq = 1
$$;
REVOKE EXECUTE ON FUNCTION pin_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pin_report TO gridwarden_web;

-- As before, with pin_report().
CREATE OR REPLACE FUNCTION open_matches(p_edition editions) RETURNS TABLE (case_id bigint, code text)
LANGUAGE plpgsql VOLATILE ROWS 100000 AS $$
#variable_conflict use_column
BEGIN
    DROP TABLE IF EXISTS pg_temp.open_pins;
    CREATE TEMP TABLE open_pins ON COMMIT DROP AS
        SELECT c.id, c.geom FROM cases c WHERE c.closed_at IS NULL AND c.geom IS NOT NULL;
    CREATE INDEX open_pins_by_place ON pg_temp.open_pins USING gist (geom);
    ANALYZE pg_temp.open_pins;
    RETURN QUERY
    WITH coarse AS MATERIALIZED (
        SELECT k.id AS case_id, r.accuracy_m
        FROM (SELECT DISTINCT p.id FROM reports c JOIN pg_temp.open_pins p ON p.geom = c.geom WHERE c.accuracy_m > 500) k
        CROSS JOIN LATERAL pin_report(k.id) p JOIN reports r ON r.id = p.report_id
        WHERE r.accuracy_m > 500
    ),
    over AS MATERIALIZED (
        SELECT DISTINCT p.id FROM boundaries b
        CROSS JOIN LATERAL (SELECT o.id FROM pg_temp.open_pins o WHERE ST_Intersects(b.geom, o.geom) OFFSET 0) p
        WHERE b.edition_id = p_edition.id AND b.overlay
    ),
    held AS MATERIALIZED (
        SELECT p.id, min(b.code::text COLLATE "C") AS code, min(b.code::text COLLATE "C") FILTER (WHERE b.overlay) AS overlay
        FROM boundaries b
        CROSS JOIN LATERAL (SELECT o.id FROM pg_temp.open_pins o WHERE ST_Intersects(b.geom, o.geom) OFFSET 0) p
        WHERE b.edition_id = p_edition.id AND b.last_level GROUP BY p.id
    ),
    found AS MATERIALIZED (
        SELECT p.id, p.geom, a.accuracy_m,
               CASE WHEN a.case_id IS NOT NULL THEN NULL WHEN o.id IS NOT NULL THEN h.overlay ELSE h.code END AS code
        FROM pg_temp.open_pins p LEFT JOIN held h ON h.id = p.id LEFT JOIN over o ON o.id = p.id LEFT JOIN coarse a ON a.case_id = p.id
    )
    SELECT f.id, f.code FROM found f WHERE f.code IS NOT NULL
    UNION ALL
    SELECT f.id, (gis_match(f.geom, f.accuracy_m, p_edition)).code FROM found f WHERE f.code IS NULL;
END $$;

-- Where a case goes at an instant, by how exact its pin is.  No row: there is no such case.
CREATE OR REPLACE FUNCTION dispatch_target(p_case bigint, p_at timestamptz)
RETURNS TABLE (rule_id integer, target jsonb, automatic boolean, why jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT d.* FROM cases c
    LEFT JOIN LATERAL (SELECT r.match ->> 'outcome' AS outcome, r.accuracy_m
                       FROM pin_report(c.id) p JOIN reports r ON r.id = p.report_id) f ON true
    CROSS JOIN LATERAL dispatch_by_rules(jsonb_build_object(
        'chain', c.chain, 'category', c.category_code, 'family', (category_at(c.category_code, p_at)).family, 'channel', c.channel,
        'hazard', c.hazard, 'urgency', c.urgency, 'outcome', f.outcome, 'accuracy_m', f.accuracy_m, 'about_official', c.about_official), p_at) d
    WHERE c.id = p_case
$$;

COMMENT ON COLUMN ruled_cases.rule_id IS 'null: none fitted, or no rule that hands on by itself could be meant';
