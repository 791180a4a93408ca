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
ALTER FUNCTION desk_counts RESET enable_indexscan;
