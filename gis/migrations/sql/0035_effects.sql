-- What an edition changes, said as the comparison says it, and why a case followed, said for each case.

-- As before, with where cases lie and who the heads are; but an outline that only its writing tells apart is the same one.
CREATE OR REPLACE FUNCTION effects_of(p_edition editions, p_from timestamptz, p_before integer, p_limit integer) RETURNS jsonb
LANGUAGE sql VOLATILE SET work_mem = '64MB' AS $$
    WITH changes AS MATERIALIZED (SELECT * FROM open_changes(p_edition, p_from, NULL)),
    heads AS (
        SELECT p.id, p.area_code, coalesce(n.name, o.name) AS name, n.code IS NULL AS gone, w.name AS holder
        FROM boundaries o JOIN postings p ON p.area_code = o.code AND p.role = 'head' AND p.during @> p_from
        LEFT JOIN people w ON w.id = p.person_id LEFT JOIN boundaries n ON n.edition_id = p_edition.id AND n.code = o.code
        WHERE o.edition_id = p_before AND (n.code IS NULL OR n.chain <> o.chain
            -- Half a metre, in degrees: what the comparison calls one outline (a set written with fewer digits), moves nobody.
            OR NOT ST_OrderingEquals(n.geom, o.geom) AND ST_HausdorffDistance(n.geom, o.geom) > 5e-6)
    ),
    vacant AS (
        SELECT n.code, n.name FROM boundaries n LEFT JOIN boundaries o ON o.edition_id = p_before AND o.code = n.code
        WHERE n.edition_id = p_edition.id AND n.last_level AND o.code IS NULL
          AND NOT EXISTS (SELECT FROM postings p WHERE p.area_code = n.code AND p.role = 'head' AND p.during @> p_from)
    )
    SELECT jsonb_build_object(
        'cases', (SELECT count(*) FROM changes), 'handed_over', (SELECT count(*) FROM changes WHERE owner <> owner_before),
        'first', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'case_id', x.case_id, 'area_before', x.area_before, 'area', x.area, 'owner_before', x.owner_before, 'owner', x.owner,
            'lon', round(ST_X(x.geom)::numeric, 6), 'lat', round(ST_Y(x.geom)::numeric, 6)) ORDER BY x.owner = x.owner_before, x.case_id), '[]')
            FROM (SELECT c.*, k.geom FROM (SELECT * FROM changes ORDER BY owner = owner_before, case_id LIMIT p_limit) c JOIN cases k ON k.id = c.case_id) x),
        'heads', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'area_code', h.area_code, 'name', h.name, 'gone', h.gone, 'posting_id', h.id, 'holder', h.holder) ORDER BY h.area_code), '[]')
            FROM (SELECT * FROM heads ORDER BY area_code LIMIT p_limit) h),
        'heads_in_all', (SELECT count(*) FROM heads),
        'vacant', (SELECT coalesce(jsonb_agg(jsonb_build_object('area_code', v.code, 'name', v.name) ORDER BY v.code), '[]')
                   FROM (SELECT * FROM vacant ORDER BY code LIMIT p_limit) v),
        'vacant_in_all', (SELECT count(*) FROM vacant))
$$;

-- As before, but where a case lies as it did, it follows because a posting ended, also on the night of new boundaries.
CREATE OR REPLACE FUNCTION let_follow(p_edition editions, p_why text, p_before text, p_cases bigint[], p_at timestamptz, OUT followed integer, OUT overtaken integer)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.changes;
    CREATE TEMP TABLE changes ON COMMIT DROP AS SELECT * FROM open_changes(p_edition, p_at, p_cases);
    ANALYZE pg_temp.changes;
    PERFORM FROM cases c JOIN pg_temp.changes x ON x.case_id = c.id ORDER BY c.id FOR UPDATE OF c;
    DELETE FROM pg_temp.changes x USING cases c WHERE c.id = x.case_id AND (c.version <> x.version OR c.closed_at IS NOT NULL);
    GET DIAGNOSTICS overtaken = ROW_COUNT;
    UPDATE cases c SET area_code = x.area, chain = x.chain, version = c.version + 1,
        owner_area_code = x.owner ->> 'area_code', owner_role = x.owner ->> 'role', owner_posting_id = (x.owner ->> 'posting_id')::integer,
        elsewhere = CASE WHEN x.owner ->> 'role' = 'department' THEN ARRAY['posting:' || (x.owner ->> 'posting_id')]
                         WHEN NOT x.owner ->> 'area_code' = ANY (x.chain) THEN ARRAY[x.owner ->> 'area_code'] END
    FROM pg_temp.changes x WHERE c.id = x.case_id;
    GET DIAGNOSTICS followed = ROW_COUNT;
    WITH told AS (
        INSERT INTO events (case_id, seq, at, verb, state, data)
        SELECT c.id, (SELECT max(e.seq) + 1 FROM events e WHERE e.case_id = c.id), p_at, 'follow', c.state,
               jsonb_build_object('why', w.why, 'edition', p_edition.name)
               || CASE WHEN w.why = 'edition' AND p_before <> p_edition.name THEN jsonb_build_object('edition_before', p_before) ELSE '{}' END
               || CASE WHEN x.area IS DISTINCT FROM x.area_before THEN jsonb_build_object('area', x.area, 'area_before', x.area_before) ELSE '{}' END
               || CASE WHEN x.owner <> x.owner_before THEN jsonb_build_object('owner', x.owner, 'owner_before', x.owner_before) ELSE '{}' END
        FROM pg_temp.changes x JOIN cases c ON c.id = x.case_id,
             LATERAL (SELECT CASE WHEN x.chain = x.chain_before AND x.area IS NOT DISTINCT FROM x.area_before THEN 'posting' ELSE p_why END AS why) w
        ORDER BY c.id
        RETURNING case_id, seq, state
    )
    INSERT INTO outbox (topic, payload, at)
    SELECT 'case.follow', jsonb_build_object('case_id', t.case_id, 'seq', t.seq, 'verb', 'follow', 'state', t.state, 'posting_id', NULL, 'owner', x.owner), p_at
    FROM told t JOIN pg_temp.changes x ON x.case_id = t.case_id ORDER BY t.case_id;
    UPDATE report_words w SET chain = x.chain FROM pg_temp.changes x JOIN reports r ON r.case_id = x.case_id
    WHERE w.report_id = r.id AND w.chain = x.chain_before AND x.chain <> x.chain_before;
    UPDATE releases w SET chain = x.chain FROM pg_temp.changes x JOIN reports r ON r.case_id = x.case_id
    WHERE w.report_id = r.id AND w.chain = x.chain_before AND x.chain <> x.chain_before;
    UPDATE photos w SET chain = x.chain FROM pg_temp.changes x
    WHERE w.case_id = x.case_id AND w.chain = x.chain_before AND x.chain <> x.chain_before;
END $$;
