-- Places: which reports of a family tell of one spot, across cases and borders.  Which, grids/places.py decides; here it is kept.

-- How near to each other reports of a family are of one place; a family without a row: 50 m.
CREATE TABLE place_radii (
    family    text NOT NULL,
    since     timestamptz NOT NULL,
    radius_m  double precision NOT NULL CHECK (radius_m BETWEEN 5 AND 500),
    PRIMARY KEY (family, since)
);

-- Reports that have no place yet.
CREATE TABLE place_queue (report_id bigint PRIMARY KEY);

-- A report as its place was decided by, and its place, which is called by the report that is its anchor.
CREATE TABLE place_reports (
    report_id  bigint PRIMARY KEY REFERENCES reports (id),
    family     text NOT NULL,
    reach_m    double precision NOT NULL,
    road       text,                                  -- the road or ditch on which it lies
    along_m    double precision,
    anchor_id  bigint NOT NULL REFERENCES reports (id),
    CHECK ((road IS NULL) = (along_m IS NULL))
);
-- Usage: what belongs to a place.
CREATE INDEX place_reports_by_anchor ON place_reports (anchor_id);

-- Every report that ever was an anchor; one that is none any more leads to where its report belongs now.
CREATE TABLE places (
    id      bigint PRIMARY KEY REFERENCES reports (id),
    family  text NOT NULL,
    stands  boolean NOT NULL,
    geom    geometry(Point, 4326) NOT NULL
);
-- Usage: the anchors about a new report.
CREATE INDEX places_standing ON places USING gist (geom) WHERE stands;

-- The radius of a family at an instant.
CREATE FUNCTION place_radius(p_family text, p_at timestamptz) RETURNS double precision
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT r.radius_m FROM place_radii r WHERE r.family = p_family AND r.since <= p_at ORDER BY r.since DESC LIMIT 1), 50)
$$;

-- The longest radius that any family ever had.
CREATE FUNCTION place_farthest() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT greatest(50, (SELECT max(r.radius_m) FROM place_radii r))
$$;

-- What places are decided by, of reports with a pin; none of those about officials, which are nobody else's.  A report lies on
-- the nearest road or ditch of its day within so many metres, and so far along it.
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

-- Reports that wait for their place, so many; whoever asks is the only one who settles places until his transaction ends.
CREATE FUNCTION places_waiting(p_limit integer) RETURNS bigint[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.places'));
    RETURN coalesce((SELECT array_agg(q.report_id) FROM (SELECT w.report_id FROM place_queue w ORDER BY w.report_id LIMIT p_limit) q), '{}');
END $$;

-- What is settled of a family within boxes: its anchors, or all its reports.
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

-- When the newest report was received that has its place.
CREATE FUNCTION newest_settled() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT r.received_at FROM reports r JOIN place_reports p ON p.report_id = r.id ORDER BY r.received_at DESC LIMIT 1
$$;

-- For a replay: every report that could have a place, in its turn, and the place that each has.
CREATE FUNCTION reports_with_a_pin() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT r.id FROM reports r WHERE r.geom IS NOT NULL ORDER BY r.received_at, r.id
$$;
CREATE FUNCTION places_settled() RETURNS TABLE (report_id bigint, anchor_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.report_id, p.anchor_id FROM place_reports p
$$;

-- Keeps where reports belong, and takes them off the queue with those that enter no place.
CREATE FUNCTION settle_places(p_taken bigint[], p_rows jsonb) RETURNS void
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
    DELETE FROM place_queue q WHERE q.report_id = ANY (p_taken);
END $$;

-- Whether the actor sees a case, by the same words as the policy on cases.
CREATE FUNCTION actor_sees(p_case cases) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(p_case.chain && actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator')
                    OR p_case.elsewhere && actor_keys(), false)
$$;

-- A place as somebody may see it who sees one of its cases: what was reported there in all, and the cases that are his to see.  Null:
-- there is none, or none for him.
CREATE FUNCTION place_seen(p_place bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_told jsonb;
BEGIN
    WITH place AS (SELECT p.anchor_id AS id FROM place_reports p WHERE p.report_id = p_place AND EXISTS (SELECT FROM places a WHERE a.id = p_place)),
    members AS MATERIALIZED (
        SELECT r.id, r.number, r.received_at, r.channel, r.area_code, r.geom, r.case_id, p.family
        FROM place JOIN place_reports p ON p.anchor_id = place.id JOIN reports r ON r.id = p.report_id
    ),
    worked AS MATERIALIZED (
        SELECT c.*, actor_sees(c) AS mine FROM cases c WHERE c.id IN (SELECT m.case_id FROM members m)
    ),
    lines AS (
        SELECT count(*) FILTER (WHERE e.verb = 'claim') AS claimed, count(*) FILTER (WHERE e.verb IN ('deny', 'reopen')) AS reopened
        FROM events e WHERE e.case_id IN (SELECT w.id FROM worked w)
    )
    SELECT jsonb_build_object(
        'id', place.id, 'family', (SELECT min(m.family) FROM members m),
        'lon', ST_X(a.geom), 'lat', ST_Y(a.geom), 'reports', (SELECT count(*) FROM members),
        'first_at', (SELECT min(m.received_at) FROM members m), 'last_at', (SELECT max(m.received_at) FROM members m),
        'channels', (SELECT jsonb_object_agg(x.channel, x.n) FROM (SELECT m.channel, count(*) AS n FROM members m GROUP BY m.channel) x),
        'areas', (SELECT jsonb_agg(DISTINCT m.area_code) FROM members m WHERE m.area_code IS NOT NULL),
        'cases', (SELECT count(*) FROM worked), 'open', (SELECT count(*) FROM worked w WHERE w.closed_at IS NULL),
        'closed', (SELECT count(*) FROM worked w WHERE w.closed_at IS NOT NULL AND w.state <> 'merged'),
        'confirmed', (SELECT count(*) FROM worked w WHERE w.confirmed), 'claimed', lines.claimed, 'reopened', lines.reopened,
        'unsolved_since', (
            -- What came before somebody confirmed a solution has been solved with it.
            SELECT min(w.received_at) FROM worked w WHERE w.state <> 'merged' AND w.confirmed IS NOT TRUE
              AND w.received_at > coalesce((SELECT max(o.closed_at) FROM worked o WHERE o.confirmed), '-infinity')),
        'seen', (SELECT jsonb_agg(jsonb_build_object(
            'case_id', w.id, 'category_code', w.category_code, 'state', w.state, 'confirmed', w.confirmed, 'reopened', w.reopened, 'area_code', w.area_code,
            'received_at', w.received_at, 'due_at', w.due_at, 'paused_at', w.paused_at, 'closed_at', w.closed_at,
            'reports', (SELECT jsonb_agg(jsonb_build_object('number', m.number, 'received_at', m.received_at, 'channel', m.channel,
                            'lon', ST_X(m.geom), 'lat', ST_Y(m.geom)) ORDER BY m.received_at, m.id) FROM members m WHERE m.case_id = w.id)
        ) ORDER BY w.received_at DESC, w.id DESC) FROM worked w WHERE w.mine))
    INTO v_told FROM place JOIN places a ON a.id = place.id, lines
    WHERE EXISTS (SELECT FROM worked w WHERE w.mine);
    RETURN v_told;
END $$;

-- The places of a case's reports, for whoever sees the case.
CREATE FUNCTION places_of(p_case bigint) RETURNS TABLE (place_id bigint, reports bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.anchor_id, (SELECT count(*) FROM place_reports o WHERE o.anchor_id = p.anchor_id)
    FROM cases c JOIN reports r ON r.case_id = c.id JOIN place_reports p ON p.report_id = r.id
    WHERE c.id = p_case AND actor_sees(c)
    GROUP BY p.anchor_id ORDER BY 2 DESC, 1
$$;

-- What was reported before there were places.
INSERT INTO place_queue SELECT r.id FROM reports r WHERE r.geom IS NOT NULL;

REVOKE EXECUTE ON FUNCTION place_radius, place_farthest, spots_of, places_waiting, settled_in, settle_places, place_seen, places_of, actor_sees,
    reports_with_a_pin, places_settled, newest_settled FROM PUBLIC;
GRANT EXECUTE ON FUNCTION place_farthest, spots_of, places_waiting, settled_in, settle_places, reports_with_a_pin, places_settled, newest_settled TO gridwarden_worker;
GRANT EXECUTE ON FUNCTION place_seen, places_of TO gridwarden_web;
GRANT INSERT, SELECT ON place_queue TO gridwarden_worker;
