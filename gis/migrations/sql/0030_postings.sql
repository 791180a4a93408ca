-- What a row about postings may not do in passing: to somebody else's posting, to a posting that is not there, to a person's number.

-- As before; a posting that is named by its number has the holder it has.
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
        WHEN EXISTS (
            SELECT FROM postings p LEFT JOIN people w ON w.id = p.person_id WHERE p.id = r.posting_id AND (
                w.id IS NULL AND coalesce(r.name, r.staff_number) IS NOT NULL OR r.staff_number <> w.staff_number
                OR EXISTS (SELECT FROM people o WHERE o.staff_number = r.staff_number AND o.id <> w.id))) THEN 'other_holder'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
    UPDATE posting_rows r SET params = jsonb_build_object('written', CASE r.fault WHEN 'unknown_role' THEN r.role ELSE r.staff_number END)
    WHERE r.fault IN ('unknown_role', 'bad_number');
END $$;

-- As before; a number is that of one person, and a person has one number.
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
    UPDATE posting_rows r SET fault = CASE WHEN r.posting_id IS NULL THEN 'number_two_people' ELSE 'other_holder' END FROM (
        SELECT staff_number FROM posting_rows GROUP BY staff_number HAVING count(DISTINCT person_id) > 1) o
    WHERE r.fault IS NULL AND o.staff_number = r.staff_number;
    UPDATE posting_rows r SET fault = 'person_two_numbers' FROM (
        SELECT person_id FROM posting_rows GROUP BY person_id HAVING count(DISTINCT staff_number) > 1) o
    WHERE r.fault IS NULL AND r.staff_number IS NOT NULL AND o.person_id = r.person_id;
    UPDATE posting_rows SET who = CASE WHEN person_id IS NOT NULL THEN 'person ' || person_id WHEN staff_number IS NOT NULL THEN 'number ' || staff_number
                                       WHEN name IS NOT NULL THEN 'row ' || n ELSE 'nobody' END;
END $$;

-- As before; what is not recorded cannot be taken back, nor what was already written down somewhere.
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
    UPDATE posting_rows SET fault = 'posting_gone' WHERE fault IS NULL AND fresh AND withdraw;
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
                WHEN EXISTS (SELECT FROM absences a WHERE r.posting_id IN (a.posting_id, a.stand_in)) THEN 'in_use'
                WHEN EXISTS (SELECT FROM cases c WHERE c.owner_posting_id = r.posting_id)
                     OR EXISTS (SELECT FROM reports m WHERE m.seen_head_posting_id = r.posting_id)
                     OR EXISTS (SELECT FROM events e WHERE e.posting_id = r.posting_id) THEN 'has_acted' END
            WHEN r.begins >= r.ends THEN 'from_after_until'
            WHEN p_correct OR NOT r.history THEN NULL
            WHEN r.fresh THEN 'history_new'
            WHEN upper(r.was) <= p_at THEN 'history_over'
            WHEN r.begins <> lower(r.was) THEN 'history_moved'
            ELSE 'history_end' END
    WHERE r.fault IS NULL;
END $$;

-- The service asks who answers on a day at these instants; nobody but other functions asks who gives log-ins.
GRANT EXECUTE ON FUNCTION turns_of TO gridwarden_web;
REVOKE EXECUTE ON FUNCTION gives_log_in FROM gridwarden_web;
