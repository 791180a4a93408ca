-- What staff decide about places: that a report begins one of its own, or that two of them are one.

-- Append-only; the last one about a report counts.  'apart': it begins a place of its own.  'one': the place that begins with it is that of
-- another report, which came before it.  'found': as it is found by distance, again.
CREATE TABLE place_decisions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id   bigint NOT NULL REFERENCES reports (id),
    deed        text NOT NULL CHECK (deed IN ('apart', 'one', 'found')),
    one_with    bigint REFERENCES reports (id),
    at          timestamptz NOT NULL,
    posting_id  integer NOT NULL REFERENCES postings (id),
    words       text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    CHECK ((deed = 'one') = (one_with IS NOT NULL))
);
-- Usage: what was decided last about a report.
CREATE INDEX place_decisions_of_report ON place_decisions (report_id, id DESC);

CREATE VIEW place_decided AS
SELECT DISTINCT ON (d.report_id) d.report_id, d.deed = 'apart' AS apart, d.one_with FROM place_decisions d ORDER BY d.report_id, d.id DESC;

-- Reports that have their place, with what is decided about them now, and whether they gathered others when that was last looked at.
CREATE VIEW settled_reports AS
SELECT p.report_id, p.family, r.received_at, r.geom, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat, p.reach_m, p.road, p.along_m, coalesce(d.apart, false) AS apart,
       d.one_with, p.anchor_id, coalesce(a.stands, false) AS stood
FROM place_reports p JOIN reports r ON r.id = p.report_id LEFT JOIN place_decided d ON d.report_id = p.report_id LEFT JOIN places a ON a.id = p.report_id;

-- As before, and what staff decided.
DROP FUNCTION spots_of;
CREATE FUNCTION spots_of(p_reports bigint[], p_snap_m double precision)
RETURNS TABLE (report_id bigint, received_at timestamptz, family text, lon double precision, lat double precision, radius_m double precision,
               accuracy_m double precision, road text, along_m double precision, apart boolean, one_with bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT r.id, r.received_at, k.family, ST_X(r.geom), ST_Y(r.geom), place_radius(k.family, r.received_at), r.accuracy_m, s.road, s.along_m,
           coalesce(d.apart, false), d.one_with
    FROM reports r CROSS JOIN LATERAL category_at(r.category_code, r.received_at) k
    LEFT JOIN place_decided d ON d.report_id = r.id
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

-- As before, and what staff decided.
DROP FUNCTION settled_in;
CREATE FUNCTION settled_in(p_family text, p_west double precision[], p_south double precision[], p_east double precision[], p_north double precision[],
                           p_anchors boolean) RETURNS SETOF settled_reports
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    IF p_anchors THEN
        RETURN QUERY SELECT s.* FROM unnest(p_west, p_south, p_east, p_north) b (w, s, e, n)
            JOIN places a ON a.stands AND a.family = p_family AND a.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326)
            JOIN settled_reports s ON s.report_id = a.id;
    ELSE
        RETURN QUERY SELECT s.* FROM unnest(p_west, p_south, p_east, p_north) b (w, s, e, n)
            JOIN settled_reports s ON s.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326) AND s.family = p_family;
    END IF;
END $$;

-- Of these reports, those that have their place; and of a family what staff made one with another place, and the reports that these name.
CREATE FUNCTION settled_of(p_reports bigint[]) RETURNS SETOF settled_reports
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT s.* FROM settled_reports s WHERE s.report_id = ANY (p_reports)
$$;
CREATE FUNCTION settled_as_one(p_family text) RETURNS SETOF settled_reports
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT s.* FROM settled_reports s WHERE s.family = p_family AND s.report_id IN (
        SELECT d.report_id FROM place_decided d WHERE d.one_with IS NOT NULL UNION SELECT d.one_with FROM place_decided d)
$$;

-- As before; what was made one with another place still gathers what comes about it.
CREATE OR REPLACE FUNCTION settle_places(p_taken bigint[], p_rows jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    INSERT INTO place_reports (report_id, family, reach_m, road, along_m, anchor_id)
    SELECT s.report_id, s.family, s.reach_m, s.road, s.along_m, s.anchor_id
    FROM jsonb_to_recordset(p_rows) s (report_id bigint, family text, reach_m double precision, road text, along_m double precision, anchor_id bigint)
    ON CONFLICT (report_id) DO UPDATE SET anchor_id = excluded.anchor_id;
    INSERT INTO places (id, family, stands, geom)
    SELECT s.report_id, s.family, true, r.geom FROM jsonb_to_recordset(p_rows) s (report_id bigint, family text, anchor_id bigint)
    JOIN reports r ON r.id = s.report_id
    WHERE s.anchor_id = s.report_id OR s.report_id IN (SELECT d.report_id FROM place_decided d WHERE d.one_with IS NOT NULL)
    ON CONFLICT (id) DO UPDATE SET stands = true;
    UPDATE places a SET stands = false FROM jsonb_to_recordset(p_rows) s (report_id bigint, anchor_id bigint)
    WHERE a.id = s.report_id AND s.anchor_id <> s.report_id AND a.stands
      AND a.id NOT IN (SELECT d.report_id FROM place_decided d WHERE d.one_with IS NOT NULL);
    INSERT INTO place_looks SELECT DISTINCT s.anchor_id FROM jsonb_to_recordset(p_rows) s (anchor_id bigint) ORDER BY 1
    ON CONFLICT (place_id) DO UPDATE SET later = false;
    DELETE FROM place_queue q WHERE q.report_id = ANY (p_taken);
END $$;

-- The posting by which the actor directs an area in which all reports of a place lie, the lowest one; null: none.
CREATE FUNCTION place_director(p_place bigint, p_person integer, p_at timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT s.id FROM postings s
    WHERE s.person_id = p_person AND s.during @> p_at AND s.role IN ('desk', 'dispatcher', 'supervisor')
      AND NOT EXISTS (SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id WHERE p.anchor_id = p_place AND NOT r.chain @> ARRAY[s.area_code::text])
    ORDER BY (SELECT array_position(r.chain, s.area_code::text) FROM reports r WHERE r.id = p_place) DESC, s.id LIMIT 1
$$;

-- Whoever directs the area of a place says that a report of it begins a place of its own ('apart'), that another place is the same ('one'), or
-- that a report belongs where distance puts it, after all ('found').  The worker sorts them anew.  Errors: GW190 no such place for this actor,
-- GW191 not for this actor, GW192 what is missing (detail).
CREATE FUNCTION decide_place(p_session bytea, p_at timestamptz, p_place bigint, p_deed text, p_number text, p_other bigint, p_words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_place bigint;
    v_other bigint;
    v_posting integer;
    v_report bigint;
    v_one bigint;
    v_lacks text;
BEGIN
    -- Nobody settles places meanwhile, so that what is decided about is what he saw.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.places'));
    v_place := (SELECT p.anchor_id FROM places a JOIN place_reports p ON p.report_id = a.id WHERE a.id = p_place);
    v_other := (SELECT p.anchor_id FROM places a JOIN place_reports p ON p.report_id = a.id WHERE a.id = p_other);
    v_posting := place_director(v_place, v_person, p_at);
    IF v_place IS NULL OR NOT EXISTS (
        SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id WHERE p.anchor_id = v_place AND actor_sees(c)) THEN
        RAISE EXCEPTION 'no such place for this actor' USING ERRCODE = 'GW190';
    ELSIF v_posting IS NULL OR p_deed = 'one' AND v_other IS NOT NULL AND place_director(v_other, v_person, p_at) IS NULL THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW191';
    END IF;
    v_report := (SELECT r.id FROM place_reports p JOIN reports r ON r.id = p.report_id WHERE p.anchor_id = v_place AND r.number = p_number);
    IF p_deed = 'one' THEN
        -- The one that began later leads to the one that began before it.
        SELECT r.id INTO v_report FROM reports r WHERE r.id IN (v_place, v_other) ORDER BY r.received_at DESC, r.id DESC LIMIT 1;
        v_one := CASE WHEN v_report = v_place THEN v_other ELSE v_place END;
    END IF;
    v_lacks := CASE
        WHEN coalesce(length(p_words), 0) NOT BETWEEN 1 AND 4000 THEN 'words'
        WHEN p_deed = 'one' AND NOT coalesce((
            SELECT a.family = b.family AND a.id <> b.id AND metres_between(a.geom, b.geom) <= 1000 FROM places a, places b WHERE a.id = v_place AND b.id = v_other), false) THEN 'other'
        WHEN p_deed = 'apart' AND (v_report IS NULL OR v_report = v_place OR EXISTS (SELECT FROM place_decided d WHERE d.report_id = v_report AND d.apart)) THEN 'report'
        WHEN p_deed = 'found' AND NOT EXISTS (SELECT FROM place_decided d WHERE d.report_id = v_report AND (d.apart OR d.one_with IS NOT NULL)) THEN 'report'
        WHEN p_deed NOT IN ('apart', 'one', 'found') THEN 'deed' END;
    IF v_lacks IS NOT NULL THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW192', DETAIL = v_lacks;
    END IF;
    INSERT INTO place_decisions (report_id, deed, one_with, at, posting_id, words) VALUES (v_report, p_deed, v_one, p_at, v_posting, p_words);
    INSERT INTO place_queue VALUES (v_report) ON CONFLICT DO NOTHING;
END $$;

-- What was decided about the reports of a place, for whoever sees one of its cases, the newest first; and whether he may decide.
CREATE FUNCTION decided_at(p_place bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN (SELECT jsonb_build_object(
        'may', place_director(p_place, actor_person(), p_at) IS NOT NULL,
        'waits', EXISTS (SELECT FROM place_queue q JOIN place_reports p ON p.report_id = q.report_id WHERE p.anchor_id = p_place),
        'said', coalesce((
            SELECT jsonb_agg(jsonb_build_object('deed', d.deed, 'number', CASE WHEN actor_sees(c) THEN r.number END, 'other', d.one_with, 'at', d.at, 'role', s.role, 'area_code', s.area_code,
                                                'words', CASE WHEN actor_sees(c) THEN d.words END, 'stands', d.deed <> 'found' AND d.id = (SELECT max(l.id) FROM place_decisions l WHERE l.report_id = d.report_id))
                             ORDER BY d.id DESC)
            FROM place_decisions d JOIN place_reports p ON p.report_id = d.report_id JOIN reports r ON r.id = d.report_id JOIN cases c ON c.id = r.case_id
                 JOIN postings s ON s.id = d.posting_id
            WHERE p.anchor_id = p_place OR d.one_with = p_place
               OR EXISTS (SELECT FROM place_reports o WHERE o.report_id = d.one_with AND o.anchor_id = p_place)), '[]'))
    WHERE EXISTS (SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id WHERE p.anchor_id = p_place AND actor_sees(c)));
END $$;

-- Places of the same family near a place, with which it could be one, for whoever directs both; the nearest first.
CREATE FUNCTION places_beside(p_place bigint, p_at timestamptz, p_limit integer) RETURNS TABLE (place_id bigint, metres double precision, reports bigint, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    -- The forty nearest: in a dense town each has to be asked who directs it.
    SELECT b.id, b.metres, n.reports, n.last_at
    FROM (SELECT b.id, metres_between(a.geom, b.geom) AS metres
          FROM places a JOIN places b ON b.stands AND b.family = a.family AND b.id <> a.id AND b.geom && box_around(a.geom, 1000)
          JOIN place_reports l ON l.report_id = b.id AND l.anchor_id = b.id
          WHERE a.id = p_place AND (SELECT place_director(p_place, actor_person(), p_at)) IS NOT NULL
          ORDER BY 2, 1 LIMIT 40) b
    CROSS JOIN LATERAL (SELECT count(*) AS reports, max(r.received_at) AS last_at FROM place_reports p JOIN reports r ON r.id = p.report_id WHERE p.anchor_id = b.id) n
    WHERE b.metres <= 1000 AND place_director(b.id, actor_person(), p_at) IS NOT NULL
    ORDER BY 2, 1 LIMIT p_limit
$$;

REVOKE EXECUTE ON FUNCTION places_beside, spots_of, settled_in, settled_of, settled_as_one, place_director, decide_place, decided_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spots_of, settled_in, settled_of, settled_as_one TO gridwarden_worker;
GRANT EXECUTE ON FUNCTION decide_place, decided_at, places_beside TO gridwarden_web;
