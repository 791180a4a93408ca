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

-- As before; anchors are found first and then looked up by their numbers, however many: the planner would read all reports and all places instead.
CREATE OR REPLACE FUNCTION settled_in(p_family text, p_west double precision[], p_south double precision[], p_east double precision[], p_north double precision[],
                                      p_anchors boolean) RETURNS SETOF settled_reports
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_anchors bigint[];
BEGIN
    IF p_anchors THEN
        v_anchors := ARRAY(SELECT DISTINCT a.id FROM unnest(p_west, p_south, p_east, p_north) b (w, s, e, n)
            JOIN places a ON a.stands AND a.family = p_family AND a.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326));
        RETURN QUERY SELECT s.* FROM settled_reports s WHERE s.report_id = ANY (v_anchors);
    ELSE
        RETURN QUERY SELECT s.* FROM unnest(p_west, p_south, p_east, p_north) b (w, s, e, n)
            JOIN settled_reports s ON s.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326) AND s.family = p_family;
    END IF;
END $$;

-- As before; what is around a report is drawn once and not for each site.
CREATE OR REPLACE FUNCTION place_lines(p_places bigint[], p_within_m double precision)
RETURNS TABLE (place_id bigint, family text, at timestamptz, verb text, case_id bigint, state text, head_area text, category text, chain text[], sites jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH members AS MATERIALIZED (
        SELECT p.anchor_id AS place_id, p.family, r.id, r.received_at, r.case_id, r.category_code, r.chain, r.geom
        FROM place_reports p JOIN reports r ON r.id = p.report_id WHERE p.anchor_id = ANY (p_places)
    ),
    related AS MATERIALIZED (
        SELECT DISTINCT m.place_id, m.family, k.kin_id AS case_id, k.kin_id = k.case_id AS own
        FROM members m JOIN kin(ARRAY(SELECT DISTINCT o.case_id FROM members o)) k ON k.case_id = m.case_id
    ),
    steps AS MATERIALIZED (
        SELECT r.place_id, r.family, r.own, e.case_id, e.seq, e.at, e.verb, e.state, e.data, (e.data ->> 'report_id')::bigint AS report_id
        FROM related r JOIN events e ON e.case_id = r.case_id
    ),
    -- With which case each report began.
    begun AS MATERIALIZED (
        SELECT DISTINCT ON (s.place_id, s.report_id) s.place_id, s.report_id, s.case_id FROM steps s JOIN members m ON m.id = s.report_id AND m.place_id = s.place_id
        WHERE s.verb IN ('receive', 'archive') ORDER BY s.place_id, s.report_id, s.case_id
    )
    SELECT l.place_id, l.family, l.at, l.verb, l.case_id, l.state, l.head_area, l.category, l.chain, l.sites FROM (
        SELECT m.place_id, m.family, m.received_at AS at, 'report', coalesce(b.case_id, m.case_id), NULL, NULL, m.category_code, m.chain,
               (SELECT jsonb_agg(jsonb_build_object('code', t.code, 'kind', t.kind, 'name', t.name, 'metres', metres_between(m.geom, t.geom)))
                FROM sites t WHERE p_within_m IS NOT NULL AND t.geom && m.around AND t.during @> m.received_at
                  AND metres_between(m.geom, t.geom) <= p_within_m), 0
        FROM (SELECT o.*, box_around(o.geom, p_within_m) AS around FROM members o OFFSET 0) m LEFT JOIN begun b ON b.place_id = m.place_id AND b.report_id = m.id
        UNION ALL
        -- What silence closed is confirmed by whoever says so later.
        SELECT s.place_id, s.family, s.at, CASE WHEN s.verb = 'evaluate' AND s.data ->> 'rating' = 'solved' AND c.confirmed THEN 'confirmed' ELSE s.verb END, s.case_id, s.state,
               CASE WHEN s.data #>> '{owner,role}' IN ('head', 'deputy', 'member') THEN s.data #>> '{owner,area_code}' END, NULL, NULL, NULL, s.seq
        FROM steps s JOIN cases c ON c.id = s.case_id WHERE s.own OR EXISTS (SELECT FROM begun b WHERE b.place_id = s.place_id AND b.case_id = s.case_id)
    ) l (place_id, family, at, verb, case_id, state, head_area, category, chain, sites, seq)
    ORDER BY l.place_id, l.at, l.verb <> 'report', l.case_id, l.seq
$$;

-- As before; an emergency, which no rule on places moves, waits for none.
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
    -- First of all what no rule was looked at for: of a pile that nobody accepts that is little.
    WITH unruled AS MATERIALIZED (
        SELECT c.id, c.received_at FROM cases c
        WHERE c.state = 'received' AND c.received_at >= v_since AND NOT EXISTS (SELECT FROM ruled_cases d WHERE d.case_id = c.id)
    ),
    fresh AS MATERIALIZED (
        SELECT c.id, c.version, c.category_code, c.chain FROM unruled u JOIN cases c ON c.id = u.id
        WHERE c.state = 'received' AND (c.about_official OR c.geom IS NULL OR c.urgency = 'emergency' OR NOT EXISTS (
              SELECT FROM reports r LEFT JOIN place_reports p ON p.report_id = r.id LEFT JOIN place_looks l ON l.place_id = p.anchor_id
              WHERE r.case_id = c.id AND r.geom IS NOT NULL AND (p.report_id IS NULL OR l.place_id IS NOT NULL)))
        ORDER BY u.received_at LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
    ),
    meant AS MATERIALIZED (
        -- What went up is handed down by none.
        SELECT f.id, f.version FROM fresh f
        WHERE NOT EXISTS (SELECT FROM kin(ARRAY[f.id]) k JOIN events e ON e.case_id = k.kin_id AND e.verb = 'alarm' WHERE e.data ? 'owner') AND EXISTS (
            SELECT FROM dispatch_rules r WHERE r.automatic AND r.during @> p_at
              AND (r.category_code IS NULL OR r.category_code = f.category_code)
              AND (r.family IS NULL OR EXISTS (SELECT FROM categories k WHERE k.code = f.category_code AND k.family = r.family))
              AND (r.area_code IS NULL OR r.area_code = ANY (f.chain)))
    ),
    found AS MATERIALIZED (SELECT m.id, m.version, t.* FROM meant m CROSS JOIN LATERAL dispatch_target(m.id, p_at) t),
    told AS (INSERT INTO ruled_cases SELECT f.id, d.rule_id, p_at FROM fresh f LEFT JOIN found d ON d.id = f.id
             ON CONFLICT DO NOTHING RETURNING ruled_cases.case_id)
    SELECT f.id, f.version, (f.target ->> 'posting_id')::integer, f.rule_id FROM found f JOIN told t ON t.case_id = f.id
    WHERE f.automatic AND f.target -> 'posting_id' <> 'null';
END $$;

-- What is reported with a pin waits for its place from then on, and not only when its news are read, of which many may wait.
CREATE FUNCTION wait_for_places() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO place_queue SELECT r.id FROM reported r WHERE r.geom IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER wait_for_places AFTER INSERT ON reports REFERENCING NEW TABLE AS reported FOR EACH STATEMENT EXECUTE FUNCTION wait_for_places();
INSERT INTO place_queue SELECT r.id FROM outbox o JOIN reports r ON r.id = (o.payload ->> 'report_id')::bigint
WHERE o.done_at IS NULL AND o.topic = 'report.received' AND r.geom IS NOT NULL ON CONFLICT DO NOTHING;

REVOKE EXECUTE ON FUNCTION waiting_for_a_look, places_to_look_at, come_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION waiting_for_a_look, places_to_look_at, come_again TO gridwarden_worker;
REVOKE INSERT ON place_queue FROM gridwarden_worker;
