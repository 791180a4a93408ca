-- Many reports of one spot within an hour: what there is to tell a crowd from somebody who makes them up.

-- The fullest hour of a place since p_since, for whoever sees one of its cases; null where it has fewer than p_least reports.  Words are compared
-- without blanks, digits and signs, positions to about a metre; both stay here, only their numbers are told.
CREATE FUNCTION rush_at(p_place bigint, p_at timestamptz, p_since timestamptz, p_least integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_reports bigint[];
    v_until timestamptz;
BEGIN
    SELECT array_agg(o.report_id) INTO v_reports
    FROM place_reports p JOIN place_reports o ON o.anchor_id = p.anchor_id JOIN reports r ON r.id = o.report_id
    WHERE p.report_id = p_place AND r.received_at > p_since AND r.received_at <= p_at;
    IF coalesce(cardinality(v_reports), 0) < p_least OR NOT EXISTS (
        SELECT FROM place_reports p JOIN place_reports o ON o.anchor_id = p.anchor_id JOIN reports r ON r.id = o.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.report_id = p_place AND actor_sees(c)) THEN
        RETURN NULL;
    END IF;
    SELECT h.received_at INTO v_until FROM (
        SELECT r.received_at, count(*) OVER (ORDER BY r.received_at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS n
        FROM reports r WHERE r.id = ANY (v_reports)) h
    ORDER BY h.n DESC, h.received_at DESC LIMIT 1;
    RETURN (
        WITH hour AS (
            SELECT r.id, r.received_at, r.channel, round(ST_X(r.geom)::numeric, 5) AS lon, round(ST_Y(r.geom)::numeric, 5) AS lat,
                   regexp_replace(lower(w.words), '[[:space:][:digit:][:punct:]，。！？、；：“”‘’（）《》…—]', '', 'g') AS words, lower(btrim(k.contact)) AS contact,
                   extract(epoch FROM r.received_at - lag(r.received_at) OVER (ORDER BY r.received_at, r.id)) AS gap,
                   EXISTS (SELECT FROM photos f WHERE f.report_id = r.id) AS shown
            FROM reports r LEFT JOIN report_words w ON w.report_id = r.id LEFT JOIN report_contacts k ON k.report_id = r.id
            WHERE r.id = ANY (v_reports) AND r.received_at > v_until - interval '1 hour' AND r.received_at <= v_until
        )
        SELECT CASE WHEN count(*) >= p_least THEN jsonb_build_object(
            'until', v_until, 'reports', count(*), 'words', count(DISTINCT h.words), 'with_words', count(h.words),
            'spots', count(DISTINCT (h.lon, h.lat)), 'contacts', count(DISTINCT h.contact), 'with_contact', count(h.contact),
            'channels', count(DISTINCT h.channel), 'with_photo', count(*) FILTER (WHERE h.shown),
            'gap_mean', avg(h.gap), 'gap_deviation', stddev_samp(h.gap)) END
        FROM hour h);
END $$;
REVOKE EXECUTE ON FUNCTION rush_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rush_at TO gridwarden_web;
