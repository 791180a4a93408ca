-- As before; a case that went up is looked at once, too, and not at each turn.
CREATE OR REPLACE FUNCTION dispatches_due(p_at timestamptz, p_limit integer)
RETURNS TABLE (case_id bigint, version integer, posting_id integer, rule_id integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_since timestamptz := (SELECT min(lower(r.during)) FROM dispatch_rules r WHERE r.automatic AND r.during @> p_at);
BEGIN
    IF v_since IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    -- First of all what no rule was looked at for: of a pile that nobody accepts that is little.
    WITH unruled AS MATERIALIZED (
        SELECT c.id, c.received_at FROM cases c
        WHERE c.state = 'received' AND c.received_at >= v_since AND NOT EXISTS (SELECT FROM ruled_cases d WHERE d.case_id = c.id)
    ),
    fresh AS MATERIALIZED (
        SELECT c.id, c.version, c.category_code, c.chain FROM unruled u JOIN cases c ON c.id = u.id
        WHERE c.state = 'received' AND (c.about_official OR c.geom IS NULL OR NOT EXISTS (
              SELECT FROM reports r LEFT JOIN place_reports p ON p.report_id = r.id LEFT JOIN place_looks l ON l.place_id = p.anchor_id
              WHERE r.case_id = c.id AND r.geom IS NOT NULL AND (p.report_id IS NULL OR l.place_id IS NOT NULL)))
        ORDER BY u.received_at LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
    ),
    meant AS MATERIALIZED (
        -- What went up is handed down by none.
        SELECT f.id, f.version FROM fresh f
        WHERE NOT EXISTS (SELECT FROM kin(ARRAY[f.id]) k JOIN events e ON e.case_id = k.kin_id AND e.verb = 'alarm' WHERE e.data ? 'owner') AND EXISTS (
            SELECT FROM dispatch_rules r WHERE r.automatic AND r.during @> p_at
              AND (r.category_code IS NULL OR r.category_code = f.category_code)
              AND (r.family IS NULL OR EXISTS (SELECT FROM categories k WHERE k.code = f.category_code AND k.family = r.family))
              AND (r.area_code IS NULL OR r.area_code = ANY (f.chain)))
    ),
    found AS MATERIALIZED (SELECT m.id, m.version, t.* FROM meant m CROSS JOIN LATERAL dispatch_target(m.id, p_at) t),
    told AS (INSERT INTO ruled_cases SELECT f.id, d.rule_id, p_at FROM fresh f LEFT JOIN found d ON d.id = f.id
             ON CONFLICT DO NOTHING RETURNING ruled_cases.case_id)
    SELECT f.id, f.version, (f.target ->> 'posting_id')::integer, f.rule_id FROM found f JOIN told t ON t.case_id = f.id
    WHERE f.automatic AND f.target -> 'posting_id' <> 'null';
END $$;
