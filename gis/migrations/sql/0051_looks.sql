-- The places that wait for a look next, so many; each stays there until it is taken off (`places_to_look_at`).
CREATE FUNCTION waiting_for_a_look(p_limit integer) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT ARRAY(SELECT l.place_id FROM place_looks l ORDER BY l.later, l.place_id LIMIT p_limit)
$$;

-- As before, of the places that are named: the same of which it was asked whether something comes again.
DROP FUNCTION places_to_look_at(integer);
CREATE FUNCTION places_to_look_at(p_places bigint[], OUT taken bigint, OUT places bigint[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_taken bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.place_looks'));
    WITH off AS (DELETE FROM place_looks l WHERE l.place_id = ANY (p_places) RETURNING l.place_id)
    SELECT coalesce(array_agg(s.place_id), '{}') INTO v_taken FROM off s;
    taken := cardinality(v_taken);
    places := ARRAY(SELECT t.id FROM unnest(v_taken) t (id)
                    WHERE EXISTS (SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
                                  WHERE p.anchor_id = t.id AND c.closed_at IS NULL)
                    ORDER BY t.id);
END $$;

-- As before, of the places that are named.  At each and for each county, the first of the cases that are open there and into which the others could go
-- is the only one that can open something again, and nothing was closed since: so nothing is compared with everything else that was said there.
DROP FUNCTION come_again(integer);
CREATE FUNCTION come_again(p_places bigint[]) RETURNS TABLE (case_id bigint, into_id bigint, report_id bigint, place_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_places bigint[] := ARRAY(SELECT l.id FROM unnest(p_places) l (id) WHERE EXISTS (
        SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = l.id AND c.state = 'closed' AND NOT c.private));
    v_open text[] := (SELECT m.sources FROM steps m WHERE m.verb = 'merge');
BEGIN
    IF v_places = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (p.anchor_id, c.id) p.anchor_id, c.id, c.chain, c.state, c.urgency, c.private, c.about_official, c.closed_at,
               r.id AS first_id, r.received_at AS first_at,
               r.channel = 'patrol' OR r.taken_by IS NOT NULL AND r.channel IN ('app', 'wechat') AS by_staff
        FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = ANY (v_places) ORDER BY p.anchor_id, c.id, r.received_at, r.id
    ),
    first_open AS MATERIALIZED (
        SELECT DISTINCT ON (o.anchor_id, o.chain[1:2]) o.* FROM told o
        WHERE o.state = ANY (v_open) AND NOT o.by_staff AND NOT o.private ORDER BY o.anchor_id, o.chain[1:2], o.first_at, o.first_id
    ),
    near AS MATERIALIZED (
        SELECT DISTINCT ON (n.id) n.id, n.first_id, n.first_at, n.anchor_id, n.chain, o.id AS into_id
        FROM first_open n JOIN told o ON o.anchor_id = n.anchor_id AND o.state = 'closed' AND NOT o.private AND o.chain[1:2] = n.chain[1:2]
                                     AND n.first_at BETWEEN o.closed_at AND o.closed_at + interval '30 days'
        WHERE n.state = 'received' AND NOT n.about_official AND n.urgency <> 'emergency'
          -- Where its reporters told of it at two places, it is that of the first.
          AND n.first_id = (SELECT r.id FROM reports r WHERE r.case_id = n.id ORDER BY r.received_at, r.id LIMIT 1)
          AND n.first_at >= (SELECT max(o.closed_at) FROM told o WHERE o.anchor_id = n.anchor_id)
        ORDER BY n.id, o.closed_at DESC, o.id DESC
    )
    SELECT DISTINCT ON (n.into_id) n.id, n.into_id, n.first_id, n.anchor_id
    FROM near n
    WHERE untouched(n.id) AND (one_up((SELECT c FROM cases c WHERE c.id = n.into_id), n.first_at, 1) ->> 'area_code') = ANY (n.chain)
    ORDER BY n.into_id, n.first_at, n.first_id;
END $$;

REVOKE EXECUTE ON FUNCTION waiting_for_a_look, places_to_look_at, come_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION waiting_for_a_look, places_to_look_at, come_again TO gridwarden_worker;
