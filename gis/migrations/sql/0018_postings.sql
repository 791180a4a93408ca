-- Postings as an administrator changes them: rows of a file or of a form, all or none, each checked, each written down.
-- Days are those of Asia/Shanghai; `until` is the first day on which a posting is no longer held.  What lies before p_at is not
-- rewritten unless history is corrected on purpose; a day that has begun means from now on.

ALTER TABLE people ADD COLUMN staff_number text UNIQUE CHECK (staff_number ~ '^\S{1,32}$');

-- Several postings change places in one statement or two; what must not be at once is looked at when all are written.
ALTER TABLE postings
    DROP CONSTRAINT one_head_at_a_time, DROP CONSTRAINT one_desk_at_a_time, DROP CONSTRAINT one_department_of_a_name;
ALTER TABLE postings
    ADD CONSTRAINT one_head_at_a_time EXCLUDE USING gist (area_code WITH =, during WITH &&) WHERE (role = 'head') DEFERRABLE,
    ADD CONSTRAINT one_desk_at_a_time EXCLUDE USING gist (area_code WITH =, during WITH &&) WHERE (role = 'desk') DEFERRABLE,
    ADD CONSTRAINT one_department_of_a_name EXCLUDE USING gist (area_code WITH =, desk WITH =, during WITH &&)
        WHERE (role = 'department') DEFERRABLE;

-- Who changed what about postings and log-ins, and when: ids, codes and dates.  `correction`: the past was rewritten.
CREATE TABLE staff_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    made_by     integer REFERENCES people,           -- null: on the server
    kind        text NOT NULL CHECK (kind IN ('new', 'ended', 'changed', 'withdrawn', 'numbered', 'away', 'back',
                                              'log_in_offered', 'log_in_chosen', 'log_in_taken', 'sessions_ended')),
    correction  boolean NOT NULL DEFAULT false,
    posting_id  integer,                             -- no reference: one that was withdrawn is gone
    person_id   integer REFERENCES people,
    was         jsonb,
    became      jsonb
);
-- Usage: posting_history().
CREATE INDEX staff_changes_by_posting ON staff_changes (posting_id);
CREATE INDEX staff_changes_by_person ON staff_changes (person_id);
CREATE TRIGGER staff_changes_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON staff_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- The rows of a change that is under way; empty between two of them.
CREATE UNLOGGED TABLE posting_rows (
    n             integer PRIMARY KEY,               -- the row of the file
    posting_id    integer,
    area_code     text,
    role          text,
    name          text,
    staff_number  text,
    desk          text,
    name_public   boolean,
    since         date,
    until         date,
    withdraw      boolean,
    chain         text[],
    person_id     integer,
    namesakes     integer[],                         -- who of this name holds or held the role here
    who           text,                              -- the holder, also one who is not recorded yet
    fresh         boolean NOT NULL DEFAULT false,    -- a posting that is not recorded yet
    begins        timestamptz,
    ends          timestamptz,
    kind          text,
    history       boolean NOT NULL DEFAULT false,
    was           tstzrange,
    fault         text,
    params        jsonb NOT NULL DEFAULT '{}'
);

CREATE FUNCTION day_of(p_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (p_at AT TIME ZONE 'Asia/Shanghai')::date $$;

CREATE FUNCTION day_begins(p_day date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT p_day::timestamp AT TIME ZONE 'Asia/Shanghai' $$;

-- The chain of an area in the edition in force, else in the newest that has it (one that is to come); null: no such area.
CREATE FUNCTION known_chain(p_code text, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT b.chain FROM boundaries b WHERE b.code = p_code
    ORDER BY b.edition_id = (SELECT (edition_at(p_at)).id) DESC NULLS LAST, b.edition_id DESC LIMIT 1
$$;
-- Usage: known_chain() and posting_places(), an area by its code in whatever edition.
CREATE INDEX boundaries_by_code ON boundaries (code);

-- Whether the actor is an administrator of an area or of one above it.
CREATE FUNCTION looks_after(p_code text, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT coalesce(known_chain(p_code, p_at) && actor_areas('administrator'), false) $$;

-- Where the rows belong, and whether the actor looks after it (p_within null: everything).
CREATE FUNCTION posting_places(p_at timestamptz, p_within text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
BEGIN
    UPDATE posting_rows r SET area_code = p.area_code, role = p.role, person_id = p.person_id, desk = p.desk,
        since = coalesce(r.since, day_of(lower(p.during))), name_public = coalesce(r.name_public, p.name_public)
    FROM postings p WHERE p.id = r.posting_id;
    UPDATE posting_rows r SET chain = b.chain FROM (
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b WHERE b.code IN (SELECT area_code FROM posting_rows)
        ORDER BY b.code, b.edition_id = v_edition DESC NULLS LAST, b.edition_id DESC) b
    WHERE b.code = r.area_code;
    UPDATE posting_rows r SET fault = CASE
        WHEN r.posting_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.id = r.posting_id) THEN 'posting_gone'
        WHEN r.chain IS NULL THEN 'unknown_area'
        WHEN NOT r.chain && p_within THEN 'area_of_others'
        WHEN r.role IN ('desk', 'department', 'handler') AND r.desk IS NULL THEN 'desk_missing'
        WHEN r.role NOT IN ('desk', 'department', 'handler') AND r.desk IS NOT NULL THEN 'desk_too_many'
        WHEN r.role = 'department' AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
END $$;

-- Who the rows speak of: by the staff number; without one by the name of whoever holds or held this role here.  A number that nobody
-- has yet becomes that of the one person of this name who holds or held it.
CREATE FUNCTION posting_people() RETURNS void
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

-- Which recorded posting a row speaks of, what becomes of it, and whether that would rewrite the past.
CREATE FUNCTION posting_kinds(p_at timestamptz, p_correct boolean) RETURNS void
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

-- Two at once where only one can be: two heads or desks of an area, two departments of a name, one person twice in a role.
CREATE FUNCTION posting_clashes() RETURNS void
LANGUAGE sql VOLATILE AS $$
    WITH result AS (
        SELECT r.n, r.area_code, r.role, r.desk, r.who, tstzrange(r.begins, r.ends) AS during, r.kind <> 'unchanged' AS touched,
               coalesce(r.name, (SELECT w.name FROM people w WHERE w.id = r.person_id), r.desk) AS name
        FROM posting_rows r WHERE r.fault IS NULL AND r.kind <> 'withdrawn'
        UNION ALL
        SELECT NULL, p.area_code, p.role, p.desk, coalesce('person ' || p.person_id, 'nobody'), p.during, false, coalesce(w.name, p.desk)
        FROM postings p LEFT JOIN people w ON w.id = p.person_id
        WHERE (p.area_code, p.role) IN (SELECT r.area_code, r.role FROM posting_rows r)
          AND NOT EXISTS (SELECT FROM posting_rows r WHERE r.posting_id = p.id)
    ),
    clash AS (
        SELECT DISTINCT ON (a.n) a.n, b.n AS other_row, b.name, day_of(lower(b.during)) AS since, day_of(upper(b.during)) AS until,
               CASE WHEN a.role = 'head' THEN 'two_heads' WHEN a.role = 'desk' THEN 'two_desks' WHEN a.role = 'department' THEN 'two_departments'
                    ELSE 'same_twice' END AS fault
        FROM result a JOIN result b ON b.area_code = a.area_code AND b.role = a.role AND b.during && a.during
             AND (a.n IS DISTINCT FROM b.n) AND (a.touched OR b.touched)
             AND (a.role IN ('head', 'desk') OR a.desk IS NOT DISTINCT FROM b.desk AND (a.role = 'department' OR a.who = b.who))
        WHERE a.n IS NOT NULL ORDER BY a.n, b.n NULLS FIRST
    )
    UPDATE posting_rows r SET fault = c.fault,
        params = jsonb_build_object('other_row', c.other_row, 'known', c.name, 'since', c.since, 'until', c.until)
    FROM clash c WHERE c.n = r.n
$$;

-- Does what the rows say, and writes it down.
CREATE FUNCTION posting_write(p_at timestamptz, p_by integer) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    WITH numbered AS (
        UPDATE people w SET staff_number = r.staff_number FROM posting_rows r
        WHERE w.id = r.person_id AND w.staff_number IS NULL AND r.staff_number IS NOT NULL RETURNING w.id)
    INSERT INTO staff_changes (at, made_by, kind, person_id) SELECT p_at, p_by, 'numbered', id FROM numbered;
    WITH people_to_be AS (
        SELECT f.who, nextval(pg_get_serial_sequence('people', 'id'))::integer AS id FROM (
            SELECT DISTINCT who FROM posting_rows WHERE person_id IS NULL AND who <> 'nobody') f),
    named AS (
        UPDATE posting_rows r SET person_id = t.id FROM people_to_be t WHERE t.who = r.who RETURNING r.person_id, r.name, r.staff_number)
    INSERT INTO people (id, name, staff_number) OVERRIDING SYSTEM VALUE
    SELECT person_id, max(name), max(staff_number) FROM named GROUP BY person_id;
    -- What ends makes room for what begins, in whatever order.
    SET CONSTRAINTS one_head_at_a_time, one_desk_at_a_time, one_department_of_a_name DEFERRED;
    DELETE FROM postings p USING posting_rows r WHERE r.posting_id = p.id AND r.kind = 'withdrawn';
    UPDATE postings p SET during = tstzrange(r.begins, r.ends), name_public = coalesce(r.name_public, p.name_public)
    FROM posting_rows r WHERE r.posting_id = p.id AND r.kind IN ('ended', 'changed');
    UPDATE posting_rows SET posting_id = nextval(pg_get_serial_sequence('postings', 'id')) WHERE kind = 'new';
    INSERT INTO postings (id, area_code, role, person_id, desk, name_public, during) OVERRIDING SYSTEM VALUE
    SELECT posting_id, area_code, role, person_id, desk, coalesce(name_public, false), tstzrange(begins, ends)
    FROM posting_rows WHERE kind = 'new' ORDER BY n;
    SET CONSTRAINTS one_head_at_a_time, one_desk_at_a_time, one_department_of_a_name IMMEDIATE;
    INSERT INTO staff_changes (at, made_by, kind, correction, posting_id, person_id, was, became)
    SELECT p_at, p_by, r.kind, r.history, r.posting_id, r.person_id,
           CASE WHEN r.was IS NOT NULL THEN jsonb_build_object('since', lower(r.was), 'until', upper(r.was)) END,
           CASE WHEN r.kind <> 'withdrawn' THEN jsonb_build_object('area_code', r.area_code, 'role', r.role, 'since', r.begins, 'until', r.ends) END
    FROM posting_rows r WHERE r.kind <> 'unchanged' ORDER BY r.n;
END $$;

-- Open cases of those whose postings end, and who has them then, as follow_open_cases() will decide.
CREATE FUNCTION posting_followers() RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'row', f.n, 'cases', f.cases, 'area_code', f.owner ->> 'area_code', 'area', area_name(f.owner ->> 'area_code', f.ends),
        'role', f.owner ->> 'role', 'desk', p.desk, 'name', w.name) ORDER BY f.n, f.cases DESC), '[]')
    FROM (
        SELECT g.n, g.ends, o.owner, sum(g.cases) AS cases FROM (
            SELECT r.n, r.ends, jsonb_build_object('area_code', r.area_code, 'role', r.role, 'posting_id', r.posting_id) AS owner,
                   c.chain, c.about_official, count(*) AS cases
            FROM posting_rows r
            JOIN cases c ON c.owner_area_code = r.area_code AND c.owner_role = r.role AND c.owner_posting_id = r.posting_id AND c.closed_at IS NULL
            WHERE r.fault IS NULL AND r.kind IN ('ended', 'changed') AND r.ends IS NOT NULL GROUP BY r.n, c.chain, c.about_official) g,
            LATERAL (SELECT owner_after(g.owner, false, g.chain, g.chain, g.about_official, (edition_at(g.ends)).id, g.ends) AS owner) o
        GROUP BY g.n, g.ends, o.owner) f
    LEFT JOIN postings p ON p.id = (f.owner ->> 'posting_id')::integer LEFT JOIN people w ON w.id = p.person_id
$$;

-- What the rows would do or did: how many of each kind, every one that is not as it was before (at most p_most), every fault.
CREATE FUNCTION posting_told(p_at timestamptz, p_most integer) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'counts', (SELECT coalesce(jsonb_object_agg(k.kind, k.n), '{}') FROM (
            SELECT kind, count(*) AS n FROM posting_rows WHERE fault IS NULL GROUP BY kind) k),
        'corrections', (SELECT count(*) FROM posting_rows WHERE fault IS NULL AND history),
        'faults', (SELECT coalesce(jsonb_agg(jsonb_build_object('row', n, 'code', fault, 'params',
            jsonb_build_object('area_code', area_code, 'role', role, 'name', name, 'staff_number', staff_number, 'given_since', since,
                               'given_until', until) || params) ORDER BY n), '[]')
            FROM posting_rows WHERE fault IS NOT NULL),
        'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'row', r.n, 'kind', r.kind, 'correction', r.history, 'posting_id', r.posting_id, 'area_code', r.area_code,
            'area', area_name(r.area_code, p_at), 'role', r.role, 'desk', r.desk,
            'name', coalesce(r.name, (SELECT w.name FROM people w WHERE w.id = r.person_id)),
            'since', r.begins, 'until', r.ends, 'was_since', lower(r.was), 'was_until', upper(r.was)) ORDER BY r.n), '[]')
            FROM (SELECT * FROM posting_rows WHERE fault IS NULL AND kind <> 'unchanged' ORDER BY n LIMIT p_most) r),
        'more', (SELECT greatest(count(*) - p_most, 0) FROM posting_rows WHERE fault IS NULL AND kind <> 'unchanged'))
$$;

-- Changes postings: p_rows are objects with the columns of posting_rows up to `withdraw`.  All or none: with a fault, and without
-- p_commit, nothing has happened; what would have is answered, because it was really done and taken back.
CREATE FUNCTION change_postings(p_rows jsonb, p_at timestamptz, p_by integer, p_within text[], p_correct boolean, p_commit boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_told jsonb;
BEGIN
    -- One change at a time: two could each be right and together wrong.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.postings'));
    BEGIN
        INSERT INTO posting_rows (n, posting_id, area_code, role, name, staff_number, desk, name_public, since, until, withdraw)
        SELECT n, posting_id, area_code, role, name, staff_number, desk, name_public, since, until, coalesce(withdraw, false)
        FROM jsonb_populate_recordset(NULL::posting_rows, p_rows);
        -- The planner takes a table of thousands that it has not seen for an empty one, and compares each row with each.
        ANALYZE posting_rows;
        PERFORM posting_places(p_at, p_within);
        PERFORM posting_people();
        ANALYZE posting_rows;
        PERFORM posting_kinds(p_at, p_correct);
        ANALYZE posting_rows;
        PERFORM posting_clashes();
        IF EXISTS (SELECT FROM posting_rows WHERE fault IS NOT NULL) THEN
            v_told := posting_told(p_at, 500) || '{"follow": []}';
        ELSE
            PERFORM posting_write(p_at, p_by);
            v_told := posting_told(p_at, 500) || jsonb_build_object('follow', posting_followers());
        END IF;
        DELETE FROM posting_rows;
        IF NOT p_commit OR v_told -> 'faults' <> '[]' THEN
            RAISE EXCEPTION 'taken back' USING ERRCODE = 'GW100';
        END IF;
    EXCEPTION WHEN SQLSTATE 'GW100' THEN
        RETURN v_told || '{"committed": false}';
    END;
    RETURN v_told || '{"committed": true}';
END $$;

-- The same for whoever is logged in: an administrator, for his areas and all below.  GW101: not for this actor.
CREATE FUNCTION change_my_postings(p_session bytea, p_at timestamptz, p_rows jsonb, p_correct boolean, p_commit boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_areas text[] := actor_areas('administrator');
BEGIN
    IF v_areas = '{}' THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    RETURN change_postings(p_rows, p_at, v_person, v_areas, p_correct, p_commit);
END $$;

-- What a head or deputy is away for.  p_absence: {posting_id, since, until, reason, and stand_in (a deputy's posting), or name and
-- staff_number of somebody who is posted as deputy meanwhile}.  Days as above; `until` is the day on which he is back.
-- GW101: not for this actor; GW102: refused, the detail is {"code", …} or the faults of posting the stand-in.
CREATE FUNCTION be_away(p_session bytea, p_at timestamptz, p_absence jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_posted postings;
    v_since date := (p_absence ->> 'since')::date;
    v_begins timestamptz := CASE WHEN v_since = day_of(p_at) THEN p_at ELSE day_begins(v_since) END;
    v_ends timestamptz := day_begins((p_absence ->> 'until')::date);
    v_stand_in postings;
    v_told jsonb;
    v_wrong text;
    v_id integer;
BEGIN
    SELECT * INTO v_posted FROM postings p WHERE p.id = (p_absence ->> 'posting_id')::integer FOR UPDATE;
    IF v_posted.id IS NULL OR NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    SELECT * INTO v_stand_in FROM postings p WHERE p.id = (p_absence ->> 'stand_in')::integer AND p.area_code = v_posted.area_code
        AND p.role = 'deputy' AND p.id <> v_posted.id AND p.during @> tstzrange(v_begins, v_ends);
    v_wrong := CASE
        WHEN v_posted.role NOT IN ('head', 'deputy') THEN 'role'
        WHEN v_begins >= v_ends OR v_begins IS NULL OR v_ends IS NULL THEN 'from_after_until'
        WHEN v_begins < p_at THEN 'away_in_past'
        WHEN NOT v_posted.during && tstzrange(v_begins, v_ends) THEN 'not_posted_then'
        WHEN EXISTS (SELECT FROM absences a WHERE a.posting_id = v_posted.id AND a.during && tstzrange(v_begins, v_ends)) THEN 'away_already'
        WHEN p_absence ->> 'stand_in' IS NOT NULL AND v_stand_in.id IS NULL THEN 'stand_in' END;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'refused: %', v_wrong USING ERRCODE = 'GW102', DETAIL = jsonb_build_object('code', v_wrong)::text;
    END IF;
    IF p_absence ->> 'name' IS NOT NULL OR p_absence ->> 'staff_number' IS NOT NULL THEN
        v_told := change_postings(jsonb_build_array(jsonb_build_object('n', 1, 'area_code', v_posted.area_code, 'role', 'deputy',
            'name', p_absence -> 'name', 'staff_number', p_absence -> 'staff_number', 'since', v_since, 'until', p_absence -> 'until')),
            p_at, v_person, NULL, false, true);
        IF v_told -> 'faults' <> '[]' THEN
            RAISE EXCEPTION 'the stand-in is refused' USING ERRCODE = 'GW102', DETAIL = (v_told #> '{faults,0}')::text;
        END IF;
        v_stand_in.id := (v_told #>> '{changes,0,posting_id}')::integer;
    END IF;
    INSERT INTO absences (posting_id, during, stand_in, reason, made_at, made_by)
    VALUES (v_posted.id, tstzrange(v_begins, v_ends), v_stand_in.id, p_absence ->> 'reason', p_at, v_person) RETURNING id INTO v_id;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, became)
    VALUES (p_at, v_person, 'away', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', v_id, 'since', v_begins, 'until', v_ends, 'stand_in', v_stand_in.id));
    RETURN v_id;
END $$;

-- Somebody is back earlier: from now on, or one who had not left yet never was away.  GW101: not for this actor; GW103: none that could end.
CREATE FUNCTION be_back(p_session bytea, p_at timestamptz, p_absence integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_absence absences;
    v_posted postings;
BEGIN
    SELECT * INTO v_absence FROM absences a WHERE a.id = p_absence AND upper(a.during) > p_at FOR UPDATE;
    SELECT * INTO v_posted FROM postings p WHERE p.id = v_absence.posting_id;
    IF v_absence.id IS NULL THEN
        RAISE EXCEPTION 'no such absence' USING ERRCODE = 'GW103';
    ELSIF NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    IF lower(v_absence.during) >= p_at THEN
        DELETE FROM absences WHERE id = p_absence;
    ELSE
        UPDATE absences SET during = tstzrange(lower(during), p_at) WHERE id = p_absence;
    END IF;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, was)
    VALUES (p_at, v_person, 'back', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', p_absence, 'since', lower(v_absence.during), 'until', upper(v_absence.during)));
END $$;

-- Grids of an area that nobody heads: `vacant` now, or `ending` within some time and without a successor.
CREATE FUNCTION vacancies(p_at timestamptz, p_under text, p_within interval)
RETURNS TABLE (area_code text, name text, chain text[], kind text, since timestamptz, until timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT b.code::text, b.name, b.chain, CASE WHEN h.id IS NULL THEN 'vacant' ELSE 'ending' END,
           CASE WHEN h.id IS NULL THEN (SELECT max(upper(p.during)) FROM postings p WHERE p.area_code = b.code AND p.role = 'head' AND upper(p.during) <= p_at)
                ELSE upper(h.during) END,
           (SELECT min(lower(p.during)) FROM postings p WHERE p.area_code = b.code AND p.role = 'head' AND lower(p.during) > p_at)
    FROM edition_at(p_at) e JOIN boundaries b ON b.edition_id = e.id AND b.level = e.levels[cardinality(e.levels)]
    LEFT JOIN postings h ON h.area_code = b.code AND h.role = 'head' AND h.during @> p_at
    WHERE b.chain @> ARRAY[p_under] AND (h.id IS NULL OR upper(h.during) <= p_at + p_within AND NOT EXISTS (
        SELECT FROM postings p WHERE p.area_code = b.code AND p.role = 'head' AND p.during @> upper(h.during)))
    ORDER BY h.id IS NOT NULL, upper(h.during), b.code
$$;

-- What only an administrator of the area sees of those who are posted there: number, log-in, sessions.
CREATE FUNCTION posting_people_of(p_postings integer[], p_at timestamptz)
RETURNS TABLE (posting_id integer, person_id integer, staff_number text, login text, sessions bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, w.id, w.staff_number, w.login, (SELECT count(*) FROM sessions s WHERE s.person_id = w.id AND s.expires_at > p_at)
    FROM postings p JOIN people w ON w.id = p.person_id
    WHERE p.id = ANY (p_postings) AND looks_after(p.area_code, p_at)
$$;

-- What was changed about a posting, the newest first; for an administrator of its area.
CREATE FUNCTION posting_history(p_posting integer, p_at timestamptz)
RETURNS TABLE (at timestamptz, made_by text, kind text, correction boolean, was jsonb, became jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT c.at, w.name, c.kind, c.correction, c.was, c.became FROM postings p
    JOIN staff_changes c ON c.posting_id = p.id OR c.posting_id IS NULL AND c.person_id = p.person_id
    LEFT JOIN people w ON w.id = c.made_by
    WHERE p.id = p_posting AND looks_after(p.area_code, p_at)
    ORDER BY c.id DESC
$$;

-- Why somebody is away, for staff who may know: administrators and desks of the area or above it.
CREATE FUNCTION absences_of(p_postings integer[], p_at timestamptz)
RETURNS TABLE (id integer, posting_id integer, since timestamptz, until timestamptz, stand_in integer, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT a.id, a.posting_id, lower(a.during), upper(a.during), a.stand_in,
           CASE WHEN known_chain(p.area_code, p_at) && actor_areas('administrator', 'desk', 'dispatcher', 'supervisor') THEN a.reason END
    FROM absences a JOIN postings p ON p.id = a.posting_id
    WHERE a.posting_id = ANY (p_postings) AND upper(a.during) > p_at ORDER BY lower(a.during)
$$;

REVOKE EXECUTE ON FUNCTION day_of, day_begins, known_chain, looks_after, posting_places, posting_people, posting_kinds, posting_clashes, posting_write,
    posting_followers, posting_told, change_postings, change_my_postings, be_away, be_back, vacancies, posting_people_of, posting_history,
    absences_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION change_my_postings, be_away, be_back, vacancies, posting_people_of, posting_history, absences_of TO gridwarden_web;
