-- Who is told what: the weekly lists reach everybody who works for a head or a desk, a claim those who may re-check it, and where
-- staff are written to is said with their postings.

-- Who reads the lists of a head, a deputy or a desk: who holds it, at a desk everybody there; a deputy while no head is there.
CREATE FUNCTION list_readers(p_posting postings, p_at timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE AS $$
    SELECT w FROM people_of(jsonb_build_object('area_code', p_posting.area_code, 'role', p_posting.role, 'posting_id', p_posting.id), p_at) w
    WHERE p_posting.role IN ('head', 'desk')
    UNION
    SELECT p_posting.person_id WHERE p_posting.role = 'deputy' AND p_posting.person_id IS NOT NULL AND p_posting.during @> p_at AND NOT EXISTS (
        SELECT FROM postings h WHERE h.area_code = p_posting.area_code AND h.role = 'head' AND h.person_id IS NOT NULL AND h.during @> p_at
          AND NOT EXISTS (SELECT FROM absences a WHERE a.posting_id = h.id AND a.during @> p_at))
$$;

-- The lists of a posting go to each of its readers: `posting:<its number>:<the reader>`.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_recipient_check,
    ADD CONSTRAINT deliveries_recipient_check CHECK (recipient ~ '^((report|person|posting|subscription):[0-9]+|posting:[0-9]+:[0-9]+)$');

-- As before, but the lists go to all their readers, what was joined with another case is told to those whose report it was, and a
-- claim to those who may re-check it.
CREATE OR REPLACE FUNCTION concerned(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH rows AS (
        SELECT o.id, o.topic, o.payload, o.at, c.id AS case_id, c.chain, c.state, c.category_code, c.area_code,
               CASE WHEN jsonb_typeof(o.payload -> 'owner') = 'object' THEN o.payload -> 'owner' ELSE jsonb_build_object(
                   'area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id) END AS owner
        FROM outbox o JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint WHERE o.id = ANY (p_ids)
    ),
    asked AS MATERIALIZED (
        SELECT r.*, jsonb_build_object(
            'seq', r.payload -> 'seq', 'verb', r.payload -> 'verb', 'state', coalesce(r.payload ->> 'state', r.state),
            'category', r.category_code, 'area_code', r.area_code, 'owner', r.owner,
            -- Whether its owner is another one since: a first event, or one that says so.
            'handed_over', r.topic IN ('report.received', 'case.split_off') OR EXISTS (
                SELECT FROM events e WHERE e.case_id = r.case_id AND e.seq = (r.payload ->> 'seq')::integer AND e.data ? 'owner')) AS facts
        FROM rows r
    )
    (SELECT DISTINCT ON (a.id, lower(mail_address(k.contact))) a.id, 'reporter', 'report:' || r.id, k.lang, a.facts
     -- What went into another case is told to those who reported it, and not to all who reported the other one.
     FROM asked a JOIN reports r ON CASE WHEN a.topic = 'case.merge' THEN r.id IN (
              SELECT (e.data ->> 'report_id')::bigint FROM events e WHERE e.case_id IN (SELECT k.kin_id FROM kin(ARRAY[a.case_id]) k) AND e.verb IN ('receive', 'split_off'))
              AND r.case_id <> a.case_id ELSE r.case_id = a.case_id END
     JOIN report_contacts k ON k.report_id = r.id
     WHERE mail_address(k.contact) IS NOT NULL AND (a.topic <> 'report.received' OR r.id = (a.payload ->> 'report_id')::bigint)
     ORDER BY a.id, lower(mail_address(k.contact)), r.id DESC)
    UNION ALL
    SELECT a.id, 'owner', 'person:' || p.id, p.lang, a.facts
    FROM asked a, people_of(a.owner, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
      -- A claim that waits for its re-check is late with those who look again.
      AND NOT (a.topic = 'case.stage_overdue' AND a.facts ->> 'state' = 'claimed_solved')
      -- Nobody is written to about what he did himself.
      AND NOT EXISTS (SELECT FROM postings s WHERE s.id = (a.payload ->> 'posting_id')::integer AND s.person_id = p.id)
    UNION ALL
    SELECT a.id, 'rechecker', 'person:' || p.id, p.lang, a.facts
    FROM asked a JOIN cases c ON c.id = a.case_id AND c.state = 'claimed_solved'
         AND (a.topic = 'case.stage_overdue' AND a.facts ->> 'state' = 'claimed_solved' OR a.topic = 'case.claim' AND cardinality(c.recheck) > 0),
         recheckers(c, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT a.id, 'program', 'subscription:' || s.id, 'en', a.facts
    FROM asked a JOIN subscriptions s ON s.ended_at IS NULL AND s.area_code = ANY (a.chain) AND a.topic = ANY (s.topics)
    UNION ALL
    SELECT o.id, 'lists', 'posting:' || s.id || ':' || p.id, p.lang, '{}'
    FROM outbox o JOIN postings s ON s.role IN ('head', 'deputy', 'desk') AND s.during @> p_at, list_readers(s, p_at) w JOIN people p ON p.id = w
    WHERE o.id = ANY (p_ids) AND o.topic = 'week.begun' AND mail_address(p.email) IS NOT NULL
$$;

-- As before, with why a case is looked at again; and whoever reads a posting's lists no more is not written to.
CREATE OR REPLACE FUNCTION letter_facts(p_delivery bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_delivery deliveries;
    v_id bigint;
    v_report reports;
    v_address text;
    v_told jsonb;
BEGIN
    SELECT * INTO v_delivery FROM deliveries d WHERE d.id = p_delivery;
    v_id := split_part(v_delivery.recipient, ':', 2)::bigint;
    CASE split_part(v_delivery.recipient, ':', 1)
    WHEN 'report' THEN
        SELECT mail_address(k.contact) INTO v_address FROM report_contacts k WHERE k.report_id = v_id;
        SELECT * INTO v_report FROM reports r WHERE r.id = v_id;
    WHEN 'person' THEN
        SELECT mail_address(p.email) INTO v_address FROM people p WHERE p.id = v_id;
    ELSE
        RETURN (SELECT jsonb_build_object('address', mail_address(p.email), 'area_code', s.area_code, 'area', area_name(s.area_code, p_at),
                                          'role', s.role, 'desk', s.desk)
                FROM postings s, list_readers(s, p_at) w JOIN people p ON p.id = w
                WHERE s.id = v_id AND mail_address(p.email) IS NOT NULL
                  AND p.id = coalesce(nullif(split_part(v_delivery.recipient, ':', 3), '')::integer, s.person_id));
    END CASE;
    SELECT jsonb_build_object(
        'address', v_address, 'number', v_report.number, 'received_at', coalesce(v_report.received_at, c.received_at),
        'case_id', c.id, 'due_at', c.due_at, 'recheck', to_jsonb(c.recheck), 'area_code', c.area_code,
        'category', jsonb_build_object('zh', k.name_zh, 'en', k.name_en),
        -- Where a case is on the triage list, the topmost area stands for it.
        'area', area_name(coalesce(c.area_code, c.chain[1]), p_at),
        'owner', jsonb_build_object('role', o.role, 'area', area_name(o.area_code, p_at), 'desk', (
            SELECT s.desk FROM postings s WHERE s.id = o.posting_id)),
        'reason', (SELECT w.words FROM events e JOIN event_words w ON w.event_id = e.id
                   -- Of the case that it tells of; the report may have moved to another one since.
                   WHERE e.case_id = v_delivery.case_id AND e.seq = (v_delivery.data ->> 'seq')::integer
                     AND CASE WHEN v_report.id IS NULL THEN w.shown ELSE told_to(w, e, v_report.id) END))
    INTO v_told
    FROM cases c, category_at(c.category_code, p_at) k,
         jsonb_to_record(v_delivery.data -> 'owner') o (area_code text, role text, posting_id integer)
    WHERE c.id = coalesce(v_report.case_id, v_delivery.case_id) AND v_address IS NOT NULL;
    RETURN v_told;
END $$;

-- As before, but what a desk did is what anybody there did.
CREATE OR REPLACE FUNCTION week_lists(p_posting integer, p_begins timestamptz, p_at timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH posted AS (SELECT s.id, s.area_code, s.role FROM postings s WHERE s.id = p_posting),
    problems AS MATERIALIZED (
        SELECT c.* FROM posted s JOIN cases c ON c.chain && ARRAY[s.area_code::text]
        WHERE c.closed_at IS NULL
           -- Closed without a confirmed solution: it stays in the list for a month.
           OR c.closed_at >= p_begins - interval '30 days' AND c.state <> 'merged' AND c.confirmed IS NOT TRUE
    ),
    due AS MATERIALIZED (
        -- What a head answers for his deputy does, and the other way round.
        SELECT c.* FROM posted s JOIN cases c ON c.owner_area_code = s.area_code
             AND c.owner_role = ANY (CASE s.role WHEN 'desk' THEN '{desk}' ELSE '{head,deputy}' END::text[])
        WHERE c.closed_at IS NULL AND c.due_at < p_begins + interval '7 days'
    )
    SELECT jsonb_build_object(
        'open', (SELECT count(*) FROM problems c WHERE c.closed_at IS NULL),
        'overdue', (SELECT count(*) FROM problems c WHERE c.closed_at IS NULL AND past_due(c.due_at, c.paused_at, p_at)),
        -- What was merged into another counts as that one does; the list below names it once.
        'unsolved', (SELECT count(*) FROM posted s JOIN cases c ON c.chain && ARRAY[s.area_code::text]
                     WHERE (c.closed_at IS NULL OR c.closed_at >= p_begins - interval '30 days')
                       AND unsolved(c.closed_at, least(c.promised_at, c.due_at), c.reopened, c.confirmed, c.merged_into, p_at)),
        'problems', (SELECT coalesce(jsonb_agg(case_line(c.id, p_at) ORDER BY c.closed_at IS NOT NULL, c.due_at, c.id), '[]')
                     FROM (SELECT * FROM problems c ORDER BY c.closed_at IS NOT NULL, c.due_at, c.id LIMIT p_limit) c),
        'done', (SELECT coalesce(jsonb_object_agg(v.verb, v.times), '{}') FROM (
                     SELECT e.verb, count(*) AS times FROM events e
                     WHERE e.posting_id = ANY (ARRAY(
                         -- A desk's duties are done by all who work there.
                         SELECT p.id FROM posted s JOIN postings p ON p.id = s.id OR s.role = 'desk' AND p.area_code = s.area_code
                             AND p.role IN ('desk', 'dispatcher')))
                       AND e.at >= p_begins - interval '7 days' AND e.at < p_begins GROUP BY e.verb) v),
        'due', (SELECT count(*) FROM due),
        'due_cases', (SELECT coalesce(jsonb_agg(case_line(c.id, p_at) ORDER BY c.due_at, c.id), '[]')
                      FROM (SELECT * FROM due c ORDER BY c.due_at, c.id LIMIT p_limit) c))
$$;

-- The lists of a week for whoever is logged in: of every posting whose cases he answers for.
CREATE FUNCTION my_week_lists(p_begins timestamptz, p_at timestamptz, p_limit integer)
RETURNS TABLE (posting_id integer, area_code text, area text, role text, desk text, lists jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT s.id, s.area_code::text, area_name(s.area_code, p_at), s.role, s.desk, week_lists(s.id, p_begins, p_at, p_limit)
    FROM postings s
    WHERE s.during @> p_at AND (s.role IN ('head', 'deputy') AND s.person_id = actor_person()
                                OR s.role = 'desk' AND actor_person() IN (SELECT list_readers(s, p_at)))
    ORDER BY s.role, s.area_code
$$;

-- Where staff are written to, as a row about a posting says it; '-': nowhere.
ALTER TABLE posting_rows ADD COLUMN email text;
ALTER TABLE staff_changes DROP CONSTRAINT staff_changes_kind_check,
    ADD CONSTRAINT staff_changes_kind_check CHECK (kind IN ('new', 'ended', 'changed', 'withdrawn', 'numbered', 'addressed', 'away', 'back',
                                                            'log_in_offered', 'log_in_chosen', 'log_in_taken', 'sessions_ended'));

-- As before, with the address.
CREATE OR REPLACE FUNCTION posting_places(p_at timestamptz, p_within text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_edition integer := (edition_at(p_at)).id;
    v_blanks text := E' \t\r\n\u3000';
BEGIN
    UPDATE posting_rows r SET area_code = nullif(btrim(r.area_code, v_blanks), ''), role = nullif(btrim(r.role, v_blanks), ''),
        name = nullif(btrim(r.name, v_blanks), ''), staff_number = nullif(btrim(r.staff_number, v_blanks), ''),
        desk = nullif(btrim(r.desk, v_blanks), ''), email = nullif(btrim(r.email, v_blanks), '');
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
        WHEN r.email <> '-' AND (mail_address(r.email) IS NULL OR length(r.email) > 200) THEN 'bad_email'
        WHEN r.email IS NOT NULL AND coalesce(r.person_id::text, r.name, r.staff_number) IS NULL THEN 'email_of_nobody'
        WHEN r.role = 'department' AND (r.name IS NOT NULL OR r.staff_number IS NOT NULL) THEN 'person_too_many'
        WHEN EXISTS (
            SELECT FROM postings p LEFT JOIN people w ON w.id = p.person_id WHERE p.id = r.posting_id AND (
                w.id IS NULL AND coalesce(r.name, r.staff_number) IS NOT NULL OR r.staff_number <> w.staff_number
                OR EXISTS (SELECT FROM people o WHERE o.staff_number = r.staff_number AND o.id <> w.id))) THEN 'other_holder'
        WHEN r.role NOT IN ('desk', 'department') AND r.person_id IS NULL AND r.name IS NULL AND r.staff_number IS NULL THEN 'person_missing'
        END;
    UPDATE posting_rows r SET params = jsonb_build_object('written', CASE r.fault WHEN 'unknown_role' THEN r.role WHEN 'bad_email' THEN r.email ELSE r.staff_number END)
    WHERE r.fault IN ('unknown_role', 'bad_number', 'bad_email');
END $$;

-- As before; a person has one address.
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
    UPDATE posting_rows r SET fault = 'two_emails', params = jsonb_build_object('other_row', o.rows[CASE r.n WHEN o.rows[1] THEN 2 ELSE 1 END]) FROM (
        SELECT who, array_agg(n ORDER BY n) AS rows FROM posting_rows WHERE email IS NOT NULL GROUP BY who HAVING count(DISTINCT lower(email)) > 1) o
    WHERE r.fault IS NULL AND r.email IS NOT NULL AND o.who = r.who;
END $$;

-- As before; another address is a change.
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
             AND coalesce(r.name_public = (SELECT p.name_public FROM postings p WHERE p.id = r.posting_id), true) THEN
            CASE WHEN r.email IS NULL OR nullif(r.email, '-') IS NOT DISTINCT FROM (SELECT w.email FROM people w WHERE w.id = r.person_id) THEN 'unchanged'
                 ELSE 'addressed' END
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

-- As before, and the address.
CREATE OR REPLACE FUNCTION posting_write(p_at timestamptz, p_by integer) RETURNS void
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
    WITH addressed AS (
        UPDATE people w SET email = nullif(r.email, '-') FROM (SELECT DISTINCT ON (person_id) person_id, email FROM posting_rows
                                                              WHERE email IS NOT NULL AND kind <> 'withdrawn' ORDER BY person_id, n) r
        WHERE w.id = r.person_id AND w.email IS DISTINCT FROM nullif(r.email, '-') RETURNING w.id)
    INSERT INTO staff_changes (at, made_by, kind, person_id) SELECT p_at, p_by, 'addressed', id FROM addressed;
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
    FROM posting_rows r WHERE r.kind NOT IN ('unchanged', 'addressed') ORDER BY r.n;
END $$;

-- As before, with the address.
CREATE OR REPLACE FUNCTION change_postings(p_rows jsonb, p_at timestamptz, p_by integer, p_within text[], p_correct boolean, p_commit boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_told jsonb;
BEGIN
    -- One change at a time: two could each be right and together wrong.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.postings'));
    BEGIN
        INSERT INTO posting_rows (n, posting_id, area_code, role, name, staff_number, desk, name_public, email, since, until, withdraw)
        SELECT n, posting_id, area_code, role, name, staff_number, desk, name_public, email, since, until, coalesce(withdraw, false)
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

-- As before, and where they are written to.
DROP FUNCTION posting_people_of;
CREATE FUNCTION posting_people_of(p_postings integer[], p_at timestamptz)
RETURNS TABLE (posting_id integer, person_id integer, staff_number text, login text, email text, sessions bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, w.id, w.staff_number, w.login, w.email, (SELECT count(*) FROM sessions s WHERE s.person_id = w.id AND s.expires_at > p_at)
    FROM postings p JOIN people w ON w.id = p.person_id
    WHERE p.id = ANY (p_postings) AND looks_after(p.area_code, p_at)
$$;

REVOKE EXECUTE ON FUNCTION list_readers, my_week_lists, posting_people_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_week_lists, posting_people_of TO gridwarden_web;
