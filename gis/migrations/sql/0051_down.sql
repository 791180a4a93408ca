DROP FUNCTION waiting_for_a_look, places_to_look_at, come_again;

CREATE FUNCTION places_to_look_at(p_limit integer, OUT taken bigint, OUT places bigint[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_taken bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.place_looks'));
    WITH off AS (DELETE FROM place_looks l WHERE l.place_id IN (SELECT w.place_id FROM place_looks w ORDER BY w.later, w.place_id LIMIT p_limit) RETURNING l.place_id)
    SELECT coalesce(array_agg(s.place_id), '{}') INTO v_taken FROM off s;
    taken := cardinality(v_taken);
    places := ARRAY(SELECT DISTINCT p.anchor_id FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
                    WHERE p.anchor_id = ANY (v_taken) AND c.closed_at IS NULL ORDER BY p.anchor_id);
END $$;

CREATE FUNCTION come_again(p_limit integer) RETURNS TABLE (case_id bigint, into_id bigint, report_id bigint, place_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    -- A list: how many wait the planner would guess, and read every report where it guesses many.
    v_places bigint[] := ARRAY(SELECT l.place_id FROM place_looks l ORDER BY l.later, l.place_id LIMIT p_limit);
BEGIN
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (p.anchor_id, c.id) p.anchor_id, p.family, r.id AS first_id, r.received_at AS first_at,
               r.channel = 'patrol' OR r.taken_by IS NOT NULL AND r.channel IN ('app', 'wechat') AS by_staff, c.*
        FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = ANY (v_places) ORDER BY p.anchor_id, c.id, r.received_at, r.id
    ),
    -- Few, beside which many may wait.
    ended AS MATERIALIZED (SELECT * FROM told o WHERE o.state = 'closed' AND NOT o.private),
    near AS MATERIALIZED (
        SELECT DISTINCT ON (n.id) n.id, n.first_id, n.first_at, n.anchor_id, n.chain, o.id AS into_id
        FROM ended o JOIN told n ON n.anchor_id = o.anchor_id AND n.first_at BETWEEN o.closed_at AND o.closed_at + interval '30 days' AND n.chain[1:2] = o.chain[1:2]
        WHERE n.state = 'received' AND NOT n.about_official AND NOT n.private AND NOT n.by_staff AND n.urgency <> 'emergency'
        ORDER BY n.id, o.closed_at DESC, o.id DESC
    )
    SELECT DISTINCT ON (n.into_id) n.id, n.into_id, n.first_id, n.anchor_id
    FROM near n
    WHERE untouched(n.id)
      -- Where its reporters told of it at two places, it is that of the first.
      AND n.first_id = (SELECT r.id FROM reports r WHERE r.case_id = n.id ORDER BY r.received_at, r.id LIMIT 1)
      AND NOT EXISTS (
          SELECT FROM told o WHERE o.anchor_id = n.anchor_id AND o.id <> n.id
          AND (o.closed_at > n.first_at OR (o.first_at, o.first_id) < (n.first_at, n.first_id) AND NOT o.by_staff AND NOT o.private AND o.chain[1:2] = n.chain[1:2]
                                           AND o.state = ANY ((SELECT m.sources FROM steps m WHERE m.verb = 'merge')::text[])))
      AND (one_up((SELECT c FROM cases c WHERE c.id = n.into_id), n.first_at, 1) ->> 'area_code') = ANY (n.chain)
    ORDER BY n.into_id, n.first_at, n.first_id;
END $$;

REVOKE EXECUTE ON FUNCTION places_to_look_at, come_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION places_to_look_at, come_again TO gridwarden_worker;
