DROP FUNCTION case_spots;
CREATE FUNCTION case_spots(p_box geometry)
RETURNS TABLE (id bigint, category_code text, channel text, state text, confirmed boolean, reopened integer,
               received_at timestamptz, due_at timestamptz, closed_at timestamptz, paused_at timestamptz, merged_into bigint, promised_at timestamptz, spot geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_areas text[] := map_areas();
BEGIN
    RETURN QUERY SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at,
                        c.closed_at, c.paused_at, c.merged_into, c.promised_at, ST_SnapToGrid(c.geom, 0.001)
    FROM cases c WHERE c.geom && p_box AND c.chain && v_areas;
END $$;
REVOKE EXECUTE ON FUNCTION case_spots FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_spots TO gridwarden_web;

DROP VIEW seen_cases;
CREATE VIEW seen_cases WITH (security_barrier) AS
SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at, c.closed_at, c.area_code,
       CASE WHEN c.chain && (SELECT map_areas()) THEN c.cells ELSE c.cells[1:3] END AS cells, c.paused_at, c.merged_into, c.promised_at
FROM cases c
WHERE NOT c.private OR c.chain && (SELECT map_areas());
GRANT SELECT ON seen_cases TO gridwarden_web;

ALTER TABLE shapes ALTER COLUMN geom SET STORAGE MAIN;
