-- Which rows of a map the actor may see, and how closely: the one place for it.  The views run as their owner, so what they
-- leave out cannot be had through them: no words, no contact, no exact pin.  A figure of any layer is a count of these rows.

ALTER TABLE postings DROP CONSTRAINT postings_role_check;
ALTER TABLE postings ADD CONSTRAINT postings_role_check
    CHECK (role IN ('head', 'deputy', 'member', 'desk', 'planner', 'administrator'));

-- The areas whose rows the actor sees on maps; a planner sees no list of cases with words.
CREATE FUNCTION map_areas() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
BEGIN
    RETURN actor_areas('head', 'deputy', 'member', 'desk', 'planner', 'administrator');
END $$;
ALTER FUNCTION actor_areas(text[]) PARALLEL RESTRICTED;
ALTER FUNCTION actor_person() PARALLEL RESTRICTED;

-- Everybody sees that something was reported, unless it is private; a private one the staff of its chain.
-- Everybody sees cells that are larger than a grid (resolutions 5 to 7); the staff of its chain sees finer ones.
CREATE VIEW seen_reports WITH (security_barrier) AS
SELECT r.id, r.category_code, r.channel, r.received_at, r.area_code,
       CASE WHEN r.chain && (SELECT map_areas()) THEN r.cells ELSE r.cells[1:3] END AS cells
FROM reports r
WHERE r.category_code NOT IN (SELECT k.code FROM categories k WHERE k.private)
   OR r.chain && (SELECT map_areas());

CREATE VIEW seen_cases WITH (security_barrier) AS
SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at, c.closed_at, c.area_code,
       CASE WHEN c.chain && (SELECT map_areas()) THEN c.cells ELSE c.cells[1:3] END AS cells
FROM cases c
WHERE NOT c.private OR c.chain && (SELECT map_areas());

-- Where the reports and cases in a box were, for the staff of their chain, to a thousandth of a degree: some 100 m.
-- Functions, because the box has to be looked up by the exact place, which nobody is told.
CREATE FUNCTION report_spots(p_box geometry)
RETURNS TABLE (id bigint, category_code text, channel text, received_at timestamptz, spot geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_areas text[] := map_areas();
BEGIN
    RETURN QUERY SELECT r.id, r.category_code, r.channel, r.received_at, ST_SnapToGrid(r.geom, 0.001)
    FROM reports r WHERE r.geom && p_box AND r.chain && v_areas;
END $$;

CREATE FUNCTION case_spots(p_box geometry)
RETURNS TABLE (id bigint, category_code text, channel text, state text, confirmed boolean, reopened integer,
               received_at timestamptz, due_at timestamptz, closed_at timestamptz, spot geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_areas text[] := map_areas();
BEGIN
    RETURN QUERY SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at,
                        c.closed_at, ST_SnapToGrid(c.geom, 0.001)
    FROM cases c WHERE c.geom && p_box AND c.chain && v_areas;
END $$;

GRANT SELECT ON seen_reports, seen_cases TO gridwarden_web;
REVOKE EXECUTE ON FUNCTION map_areas, report_spots, case_spots FROM PUBLIC;
GRANT EXECUTE ON FUNCTION map_areas, report_spots, case_spots TO gridwarden_web;
