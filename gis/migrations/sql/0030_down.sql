COMMENT ON COLUMN ruled_cases.rule_id IS NULL;
CREATE OR REPLACE FUNCTION dispatch_target(p_case bigint, p_at timestamptz)
RETURNS TABLE (rule_id integer, target jsonb, automatic boolean, why jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT d.* FROM cases c
    CROSS JOIN LATERAL (SELECT r.match ->> 'outcome' AS outcome, r.accuracy_m FROM reports r WHERE r.case_id = c.id
                        ORDER BY r.received_at, r.id LIMIT 1) f
    CROSS JOIN LATERAL dispatch_by_rules(jsonb_build_object(
        'chain', c.chain, 'category', c.category_code, 'family', (category_at(c.category_code, p_at)).family, 'channel', c.channel,
        'hazard', c.hazard, 'urgency', c.urgency, 'outcome', f.outcome, 'accuracy_m', f.accuracy_m, 'about_official', c.about_official), p_at) d
    WHERE c.id = p_case
$$;

CREATE OR REPLACE FUNCTION open_matches(p_edition editions) RETURNS TABLE (case_id bigint, code text)
LANGUAGE plpgsql VOLATILE ROWS 100000 AS $$
#variable_conflict use_column
BEGIN
    DROP TABLE IF EXISTS pg_temp.open_pins;
    CREATE TEMP TABLE open_pins ON COMMIT DROP AS
        SELECT c.id, c.geom FROM cases c WHERE c.closed_at IS NULL AND c.geom IS NOT NULL;
    CREATE INDEX open_pins_by_place ON pg_temp.open_pins USING gist (geom);
    ANALYZE pg_temp.open_pins;
    RETURN QUERY
    WITH coarse AS MATERIALIZED (
        SELECT k.id AS case_id, r.accuracy_m
        FROM (SELECT DISTINCT p.id FROM reports c JOIN pg_temp.open_pins p ON p.geom = c.geom WHERE c.accuracy_m > 500) k
        JOIN events e ON e.case_id = k.id AND e.seq = 1 JOIN reports r ON r.id = (e.data ->> 'report_id')::bigint
        WHERE r.accuracy_m > 500
    ),
    over AS MATERIALIZED (
        SELECT DISTINCT p.id FROM boundaries b
        CROSS JOIN LATERAL (SELECT o.id FROM pg_temp.open_pins o WHERE ST_Intersects(b.geom, o.geom) OFFSET 0) p
        WHERE b.edition_id = p_edition.id AND b.overlay
    ),
    held AS MATERIALIZED (
        SELECT p.id, min(b.code::text COLLATE "C") AS code, min(b.code::text COLLATE "C") FILTER (WHERE b.overlay) AS overlay
        FROM boundaries b
        CROSS JOIN LATERAL (SELECT o.id FROM pg_temp.open_pins o WHERE ST_Intersects(b.geom, o.geom) OFFSET 0) p
        WHERE b.edition_id = p_edition.id AND b.last_level GROUP BY p.id
    ),
    found AS MATERIALIZED (
        SELECT p.id, p.geom, a.accuracy_m,
               CASE WHEN a.case_id IS NOT NULL THEN NULL WHEN o.id IS NOT NULL THEN h.overlay ELSE h.code END AS code
        FROM pg_temp.open_pins p LEFT JOIN held h ON h.id = p.id LEFT JOIN over o ON o.id = p.id LEFT JOIN coarse a ON a.case_id = p.id
    )
    SELECT f.id, f.code FROM found f WHERE f.code IS NOT NULL
    UNION ALL
    SELECT f.id, (gis_match(f.geom, f.accuracy_m, p_edition)).code FROM found f WHERE f.code IS NULL;
END $$;

DROP FUNCTION pin_report;
GRANT EXECUTE ON FUNCTION gives_log_in TO gridwarden_web;
REVOKE EXECUTE ON FUNCTION turns_of FROM gridwarden_web;
CREATE OR REPLACE FUNCTION posting_kinds(p_at timestamptz, p_correct boolean) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_today date := day_of(p_at);
BEGIN
    -- The same beginning first, then whatever it overlaps and no other row speaks of.
    UPDATE posting_rows r SET posting_id = p.id FROM postings p
    WHERE r.fault IS NULL AND r.posting_id IS NULL AND p.area_code = r.area_code AND p.role = r.role AND p.desk IS NOT DISTINCT FROM r.desk
      AND coalesce('person ' || p.person_id, 'nobody') = r.who AND day_of(lower(p.during)) = r.since;
    UPDATE posting_rows r SET posting_id = f.id FROM (
        SELECT DISTINCT ON (r.n) r.n, p.id FROM posting_rows r
        JOIN postings p ON p.area_code = r.area_code AND p.role = r.role AND p.desk IS NOT DISTINCT FROM r.desk
             AND coalesce('person ' || p.person_id, 'nobody') = r.who
        WHERE r.fault IS NULL AND r.posting_id IS NULL
          AND (r.since IS NULL OR daterange(r.since, CASE WHEN r.until < r.since THEN r.since ELSE r.until END) && daterange(day_of(lower(p.during)), day_of(upper(p.during))))
          AND NOT EXISTS (SELECT FROM posting_rows o WHERE o.posting_id = p.id)
        ORDER BY r.n, lower(p.during) DESC) f
    WHERE f.n = r.n;
    UPDATE posting_rows SET fresh = posting_id IS NULL;
    UPDATE posting_rows r SET fault = 'row_twice', params = jsonb_build_object('other_row', o.rows[CASE r.n WHEN o.rows[1] THEN 2 ELSE 1 END])
    FROM (SELECT posting_id, array_agg(n ORDER BY n) AS rows FROM posting_rows GROUP BY posting_id HAVING count(*) > 1) o
    WHERE r.fault IS NULL AND o.posting_id = r.posting_id;
    UPDATE posting_rows r SET fault = 'since_missing' WHERE r.fault IS NULL AND r.fresh AND r.since IS NULL;

    UPDATE posting_rows r SET was = p.during,
        begins = CASE WHEN coalesce(r.since = day_of(lower(p.during)), r.since IS NULL) THEN lower(p.during)
                      WHEN r.since = v_today THEN p_at ELSE day_begins(r.since) END,
        ends = CASE WHEN r.until = day_of(upper(p.during)) THEN upper(p.during)
                    WHEN r.until = v_today AND coalesce(upper(p.during) > p_at, true) THEN p_at ELSE day_begins(r.until) END
    FROM posting_rows o LEFT JOIN postings p ON p.id = o.posting_id WHERE o.n = r.n AND r.fault IS NULL;
    UPDATE posting_rows SET history = CASE
        WHEN was IS NULL THEN begins < p_at
        ELSE begins <> lower(was) AND least(begins, lower(was)) < p_at
          OR ends IS DISTINCT FROM upper(was) AND least(ends, upper(was)) < p_at END
    WHERE fault IS NULL;
    -- The first postings of a role for an area rewrite nothing: nothing was written.
    UPDATE posting_rows r SET history = false WHERE r.fault IS NULL AND r.fresh AND NOT EXISTS (
        SELECT FROM postings p WHERE p.area_code = r.area_code AND p.role = r.role);
    UPDATE posting_rows r SET kind = CASE
        WHEN r.withdraw THEN 'withdrawn'
        WHEN r.fresh THEN 'new'
        WHEN r.begins = lower(r.was) AND r.ends IS NOT DISTINCT FROM upper(r.was)
             AND coalesce(r.name_public = (SELECT p.name_public FROM postings p WHERE p.id = r.posting_id), true) THEN 'unchanged'
        WHEN r.begins = lower(r.was) AND r.ends < coalesce(upper(r.was), 'infinity') THEN 'ended'
        ELSE 'changed' END
    WHERE r.fault IS NULL;
    UPDATE posting_rows r SET
        params = jsonb_build_object('since', day_of(lower(r.was)), 'until', day_of(upper(r.was)), 'today', v_today),
        fault = CASE
            WHEN r.kind = 'withdrawn' THEN CASE
                WHEN lower(r.was) <= p_at THEN 'has_begun'
                WHEN EXISTS (SELECT FROM absences a WHERE r.posting_id IN (a.posting_id, a.stand_in)) THEN 'in_use' END
            WHEN r.begins >= r.ends THEN 'from_after_until'
            WHEN p_correct OR NOT r.history THEN NULL
            WHEN r.fresh THEN 'history_new'
            WHEN upper(r.was) <= p_at THEN 'history_over'
            WHEN r.begins <> lower(r.was) THEN 'history_moved'
            ELSE 'history_end' END
    WHERE r.fault IS NULL;
END $$;

CREATE OR REPLACE FUNCTION posting_people() RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE posting_rows r SET person_id = w.id FROM people w
    WHERE r.person_id IS NULL AND w.staff_number = r.staff_number;
    UPDATE posting_rows r SET fault = 'other_name', params = jsonb_build_object('known', w.name)
    FROM people w WHERE r.fault IS NULL AND w.id = r.person_id AND r.name <> w.name;
    UPDATE posting_rows r SET fault = 'number_two_names', params = jsonb_build_object('other_row', o.n, 'known', o.name)
    FROM (SELECT DISTINCT ON (staff_number) staff_number, n, name FROM posting_rows WHERE name IS NOT NULL ORDER BY staff_number, n) o
    WHERE r.fault IS NULL AND o.staff_number = r.staff_number AND r.name <> o.name;

    UPDATE posting_rows r SET namesakes = f.people FROM (
        SELECT r.n, array_agg(DISTINCT w.id) AS people FROM posting_rows r
        JOIN postings p ON p.area_code = r.area_code AND p.role = r.role
        JOIN people w ON w.id = p.person_id AND w.name = r.name AND (r.staff_number IS NULL OR w.staff_number IS NULL)
        WHERE r.person_id IS NULL AND r.fault IS NULL GROUP BY r.n) f
    WHERE f.n = r.n;
    UPDATE posting_rows r SET fault = 'person_unclear' WHERE r.fault IS NULL AND cardinality(r.namesakes) > 1;
    UPDATE posting_rows r SET fault = 'number_two_people' FROM (
        SELECT r.staff_number FROM posting_rows r WHERE r.staff_number IS NOT NULL AND r.namesakes IS NOT NULL
        GROUP BY r.staff_number HAVING count(DISTINCT r.namesakes) > 1) f
    WHERE r.fault IS NULL AND f.staff_number = r.staff_number;
    UPDATE posting_rows r SET person_id = r.namesakes[1] WHERE r.fault IS NULL AND r.person_id IS NULL AND r.namesakes IS NOT NULL;
    UPDATE posting_rows r SET person_id = f.person_id FROM (
        SELECT staff_number, min(person_id) AS person_id FROM posting_rows WHERE fault IS NULL GROUP BY staff_number) f
    WHERE r.fault IS NULL AND r.person_id IS NULL AND f.staff_number = r.staff_number;
    -- Names repeat: the same name twice, without a number and of nobody who is recorded, may be one person or two.
    UPDATE posting_rows r SET fault = 'person_twice', params = jsonb_build_object('other_row', o.rows[CASE r.n WHEN o.rows[1] THEN 2 ELSE 1 END])
    FROM (SELECT name, array_agg(n ORDER BY n) AS rows FROM posting_rows
          WHERE staff_number IS NULL AND person_id IS NULL GROUP BY name HAVING count(*) > 1) o
    WHERE r.fault IS NULL AND r.person_id IS NULL AND r.staff_number IS NULL AND o.name = r.name;
    UPDATE posting_rows r SET fault = 'unknown_number'
    FROM (SELECT staff_number FROM posting_rows GROUP BY staff_number HAVING count(name) = 0) o
    WHERE r.fault IS NULL AND r.person_id IS NULL AND o.staff_number = r.staff_number;
    UPDATE posting_rows SET who = CASE WHEN person_id IS NOT NULL THEN 'person ' || person_id WHEN staff_number IS NOT NULL THEN 'number ' || staff_number
                                       WHEN name IS NOT NULL THEN 'row ' || n ELSE 'nobody' END;
END $$;

CREATE OR REPLACE FUNCTION posting_places(p_at timestamptz, p_within text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
    v_blanks text := E' \t\r\n\u3000';
BEGIN
    UPDATE posting_rows r SET area_code = nullif(btrim(r.area_code, v_blanks), ''), role = nullif(btrim(r.role, v_blanks), ''),
        name = nullif(btrim(r.name, v_blanks), ''), staff_number = nullif(btrim(r.staff_number, v_blanks), ''),
        desk = nullif(btrim(r.desk, v_blanks), '');
    UPDATE posting_rows r SET area_code = p.area_code, role = p.role, person_id = p.person_id, desk = p.desk,
        since = coalesce(r.since, day_of(lower(p.during))), name_public = coalesce(r.name_public, p.name_public)
    FROM postings p WHERE p.id = r.posting_id;
    UPDATE posting_rows r SET chain = b.chain FROM (
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b WHERE b.code IN (SELECT area_code FROM posting_rows)
        ORDER BY b.code, b.edition_id = v_edition DESC NULLS LAST, b.edition_id DESC) b
    WHERE b.code = r.area_code;
    UPDATE posting_rows r SET fault = CASE
        WHEN r.posting_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.id = r.posting_id) THEN 'posting_gone'
        WHEN r.area_code IS NULL THEN 'area_missing'
        WHEN r.chain IS NULL THEN 'unknown_area'
        WHEN NOT r.chain && p_within THEN 'area_of_others'
        WHEN r.role IS NULL THEN 'role_missing'
        WHEN r.role NOT IN ('head', 'deputy', 'member', 'desk', 'dispatcher', 'department', 'handler', 'clerk', 'supervisor', 'planner',
                            'administrator') THEN 'unknown_role'
        WHEN r.staff_number !~ '^\S{1,32}$' THEN 'bad_number'
        WHEN r.role IN ('desk', 'department', 'handler') AND r.desk IS NULL THEN 'desk_missing'
        WHEN r.role NOT IN ('desk', 'department', 'handler') AND r.desk IS NOT NULL THEN 'desk_too_many'
        WHEN r.role = 'department' AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
    UPDATE posting_rows r SET params = jsonb_build_object('written', CASE r.fault WHEN 'unknown_role' THEN r.role ELSE r.staff_number END)
    WHERE r.fault IN ('unknown_role', 'bad_number');
END $$;
