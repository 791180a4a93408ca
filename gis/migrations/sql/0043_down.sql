DROP FUNCTION places_beside, decided_at, decide_place, place_director, settled_as_one, settled_of, settled_in, spots_of;

CREATE OR REPLACE FUNCTION settle_places(p_taken bigint[], p_rows jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    INSERT INTO place_reports (report_id, family, reach_m, road, along_m, anchor_id)
    SELECT s.report_id, s.family, s.reach_m, s.road, s.along_m, s.anchor_id
    FROM jsonb_to_recordset(p_rows) s (report_id bigint, family text, reach_m double precision, road text, along_m double precision, anchor_id bigint)
    ON CONFLICT (report_id) DO UPDATE SET anchor_id = excluded.anchor_id;
    INSERT INTO places (id, family, stands, geom)
    SELECT s.report_id, s.family, true, r.geom FROM jsonb_to_recordset(p_rows) s (report_id bigint, family text, anchor_id bigint)
    JOIN reports r ON r.id = s.report_id WHERE s.anchor_id = s.report_id
    ON CONFLICT (id) DO UPDATE SET stands = true;
    UPDATE places a SET stands = false FROM jsonb_to_recordset(p_rows) s (report_id bigint, anchor_id bigint)
    WHERE a.id = s.report_id AND s.anchor_id <> s.report_id AND a.stands;
    INSERT INTO place_looks SELECT DISTINCT s.anchor_id FROM jsonb_to_recordset(p_rows) s (anchor_id bigint) ORDER BY 1
    ON CONFLICT (place_id) DO UPDATE SET later = false;
    DELETE FROM place_queue q WHERE q.report_id = ANY (p_taken);
END $$;

DROP VIEW settled_reports, place_decided;
DROP TABLE place_decisions;

CREATE FUNCTION spots_of(p_reports bigint[], p_snap_m double precision)
RETURNS TABLE (report_id bigint, received_at timestamptz, family text, lon double precision, lat double precision, radius_m double precision,
               accuracy_m double precision, road text, along_m double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT r.id, r.received_at, k.family, ST_X(r.geom), ST_Y(r.geom), place_radius(k.family, r.received_at), r.accuracy_m, s.road, s.along_m
    FROM reports r CROSS JOIN LATERAL category_at(r.category_code, r.received_at) k
    LEFT JOIN LATERAL (
        SELECT n.road, ST_Length(ST_LineSubstring(n.line, 0, ST_LineLocatePoint(n.line, r.geom))::geography) AS along_m FROM (
            SELECT t.code || '/' || d.path[1] AS road, d.geom AS line
            FROM sites t CROSS JOIN LATERAL ST_Dump(ST_Multi(ST_LineMerge(t.geom))) d
            WHERE t.kind IN ('road', 'ditch') AND ST_Dimension(t.geom) = 1 AND t.during @> r.received_at AND t.geom && box_around(r.geom, p_snap_m)
        ) n
        WHERE n.line && box_around(r.geom, p_snap_m) AND metres_between(r.geom, n.line) <= p_snap_m
        ORDER BY metres_between(r.geom, n.line), n.road LIMIT 1
    ) s ON true
    WHERE r.id = ANY (p_reports) AND r.geom IS NOT NULL AND NOT k.about_official
$$;

CREATE FUNCTION settled_in(p_family text, p_west double precision[], p_south double precision[], p_east double precision[], p_north double precision[],
                           p_anchors boolean)
RETURNS TABLE (report_id bigint, received_at timestamptz, lon double precision, lat double precision, reach_m double precision, road text,
               along_m double precision, anchor_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    IF p_anchors THEN
        RETURN QUERY SELECT p.report_id, r.received_at, ST_X(r.geom), ST_Y(r.geom), p.reach_m, p.road, p.along_m, p.anchor_id
            FROM unnest(p_west, p_south, p_east, p_north) b (w, s, e, n)
            JOIN places a ON a.stands AND a.family = p_family AND a.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326)
            JOIN place_reports p ON p.report_id = a.id JOIN reports r ON r.id = a.id;
    ELSE
        RETURN QUERY SELECT p.report_id, r.received_at, ST_X(r.geom), ST_Y(r.geom), p.reach_m, p.road, p.along_m, p.anchor_id
            FROM unnest(p_west, p_south, p_east, p_north) b (w, s, e, n)
            JOIN reports r ON r.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326)
            JOIN place_reports p ON p.report_id = r.id AND p.family = p_family;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION spots_of, settled_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spots_of, settled_in TO gridwarden_worker;
