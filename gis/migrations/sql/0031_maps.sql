-- Outlines are written once and read by every tile: packing them takes longer than the place it saves is worth.
ALTER TABLE shapes ALTER COLUMN geom SET STORAGE EXTERNAL;

-- What the layer of unsolved cases asks of each: of itself, or of the one that it was merged into.  A call of merged_unsolved() for
-- each merged one took ten times as long as everything else; it is left for those whose other case was merged again (end_merged_into).
CREATE OR REPLACE VIEW seen_cases WITH (security_barrier) AS
SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at, c.closed_at, c.area_code,
       CASE WHEN c.chain && (SELECT map_areas()) THEN c.cells ELSE c.cells[1:3] END AS cells, c.paused_at, c.merged_into, c.promised_at,
       CASE WHEN c.merged_into IS NULL THEN c.closed_at ELSE i.closed_at END AS end_closed_at,
       CASE WHEN c.merged_into IS NULL THEN least(c.promised_at, c.due_at) ELSE least(i.promised_at, i.due_at) END AS end_promised_at,
       CASE WHEN c.merged_into IS NULL THEN c.reopened ELSE i.reopened END AS end_reopened,
       CASE WHEN c.merged_into IS NULL THEN c.confirmed ELSE i.confirmed END AS end_confirmed,
       i.merged_into AS end_merged_into
FROM cases c LEFT JOIN cases i ON i.id = c.merged_into
WHERE NOT c.private OR c.chain && (SELECT map_areas());

-- The same for the spots of a tile.
DROP FUNCTION case_spots;
CREATE FUNCTION case_spots(p_box geometry)
RETURNS TABLE (id bigint, category_code text, channel text, state text, confirmed boolean, reopened integer,
               received_at timestamptz, due_at timestamptz, closed_at timestamptz, paused_at timestamptz, spot geometry,
               end_closed_at timestamptz, end_promised_at timestamptz, end_reopened integer, end_confirmed boolean, end_merged_into bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_areas text[] := map_areas();
BEGIN
    RETURN QUERY SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at,
                        c.closed_at, c.paused_at, ST_SnapToGrid(c.geom, 0.001),
                        CASE WHEN c.merged_into IS NULL THEN c.closed_at ELSE i.closed_at END,
                        CASE WHEN c.merged_into IS NULL THEN least(c.promised_at, c.due_at) ELSE least(i.promised_at, i.due_at) END,
                        CASE WHEN c.merged_into IS NULL THEN c.reopened ELSE i.reopened END,
                        CASE WHEN c.merged_into IS NULL THEN c.confirmed ELSE i.confirmed END, i.merged_into
    FROM cases c LEFT JOIN cases i ON i.id = c.merged_into WHERE c.geom && p_box AND c.chain && v_areas;
END $$;
REVOKE EXECUTE ON FUNCTION case_spots FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_spots TO gridwarden_web;
