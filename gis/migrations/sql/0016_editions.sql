-- The life of an edition: loaded, prepared, activated at one midnight, and rolled back as simply; and what open cases do then.

-- What maps and search need of an edition is written by the worker when a page asks for it.
CREATE TABLE preparations (
    edition_id  integer PRIMARY KEY REFERENCES editions ON DELETE CASCADE,
    asked_at    timestamptz NOT NULL,
    asked_by    integer REFERENCES people,           -- null: from the shell
    begun_at    timestamptz,
    done_at     timestamptz,
    failed      text                                 -- a code, of the last try
);

-- An edition that begins gives the others the codes that only it knows: a row that was filed under one of them counts in the
-- others as it stands in this edition.  Without that a roll-back would lose such rows from every figure.
CREATE FUNCTION extend_lineage(p_edition integer) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO lineage (edition_id, kind, code, n)
    SELECT u.edition_id, u.kind, b.code, u.n
    FROM boundaries b CROSS JOIN LATERAL unnest(b.chain) above (code)
    JOIN units u ON u.edition_id <> p_edition AND u.cell IS NULL AND u.key = above.code
    WHERE b.edition_id = p_edition
      AND NOT EXISTS (SELECT FROM boundaries k WHERE k.edition_id = u.edition_id AND k.code = b.code)
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION midnight_after(p_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (date_trunc('day', p_at AT TIME ZONE 'Asia/Shanghai') + interval '1 day') AT TIME ZONE 'Asia/Shanghai'
$$;

-- The first midnight at which something may still be activated or taken back: it must be written well before, so that no
-- report of that day can have been matched without it.
CREATE FUNCTION earliest_activation(p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT midnight_after(p_at + interval '1 minute')
$$;

-- Whether an edition answered for at least one instant before p_at.
CREATE FUNCTION was_in_force(p_edition integer, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM activations a WHERE a.edition_id = p_edition AND a.valid_from <= p_at)
$$;

-- Why an edition cannot be activated for a midnight; null: it can.  unprepared: maps and search have nothing of it yet;
-- no_midnight; too_early: only from earliest_activation() on, unless nothing is in force; taken: another activation
-- begins then; same: it is in force then anyway; unchecked, errors, warnings: as activation_forbidden() says, of what was
-- never in force.
CREATE FUNCTION activation_refused(p_edition integer, p_from timestamptz, p_accept_warnings boolean, p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN midnight_after(p_from - interval '1 second') <> p_from THEN 'no_midnight'
        WHEN (edition_at(p_at)).id IS NOT NULL AND p_from < earliest_activation(p_at) THEN 'too_early'
        WHEN EXISTS (SELECT FROM activations a WHERE a.valid_from = p_from) THEN 'taken'
        WHEN (edition_at(p_from)).id = p_edition THEN 'same'
        WHEN NOT EXISTS (SELECT FROM units u WHERE u.edition_id = p_edition) THEN 'unprepared'
        WHEN NOT was_in_force(p_edition, p_at) THEN activation_forbidden(p_edition, p_accept_warnings) END;
END $$;

-- Activates an edition from a midnight on.  GW131: no such edition; GW141: refused, the detail says why.
CREATE FUNCTION activate(p_edition integer, p_from timestamptz, p_accept_warnings boolean, p_person integer, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET lock_timeout = '10s' AS $$
DECLARE
    v_why text;
BEGIN
    -- Two at once: the second waits and is told what the first did.
    LOCK TABLE activations IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM editions e WHERE e.id = p_edition) THEN
        RAISE EXCEPTION 'no such edition' USING ERRCODE = 'GW131';
    END IF;
    v_why := activation_refused(p_edition, p_from, p_accept_warnings, p_at);
    IF v_why IS NOT NULL THEN
        RAISE EXCEPTION 'the activation is refused: %', v_why USING ERRCODE = 'GW141', DETAIL = jsonb_build_object(
            'why', v_why, 'earliest', earliest_activation(p_at), 'edition', (
                SELECT e.name FROM activations a JOIN editions e ON e.id = a.edition_id WHERE a.valid_from <= p_from
                ORDER BY a.valid_from DESC LIMIT 1))::text;
    END IF;
    INSERT INTO activations (valid_from, edition_id, activated_at, activated_by) VALUES (p_from, p_edition, p_at, p_person);
END $$;

-- Takes back what lies ahead, and nothing happened.  GW142: nothing that could still be taken back begins then.
CREATE FUNCTION take_back(p_from timestamptz, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET lock_timeout = '10s' AS $$
BEGIN
    LOCK TABLE activations IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM activations WHERE valid_from = p_from AND valid_from >= earliest_activation(p_at);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing to take back' USING ERRCODE = 'GW142';
    END IF;
END $$;

-- The edition that was in force before the present one; null: there is none to go back to.
CREATE FUNCTION edition_before(p_at timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT a.edition_id FROM activations a WHERE a.valid_from <= p_at AND a.edition_id <> (edition_at(p_at)).id
    ORDER BY a.valid_from DESC LIMIT 1
$$;

-- What an administrator does on the page.  GW130: not for this actor.
CREATE FUNCTION check_looks_after_boundaries(p_session bytea, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
BEGIN
    IF v_person IS NULL OR NOT may_look_after_boundaries(p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW130';
    END IF;
    RETURN v_person;
END $$;

CREATE FUNCTION activate_as(p_session bytea, p_at timestamptz, p_edition integer, p_from timestamptz, p_accept_warnings boolean)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    PERFORM activate(p_edition, p_from, p_accept_warnings, check_looks_after_boundaries(p_session, p_at), p_at);
END $$;

CREATE FUNCTION take_back_as(p_session bytea, p_at timestamptz, p_from timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    PERFORM check_looks_after_boundaries(p_session, p_at);
    PERFORM take_back(p_from, p_at);
END $$;

-- Asks the worker to prepare an edition; again after a failure tries again, and else changes nothing.
CREATE FUNCTION prepare_as(p_session bytea, p_at timestamptz, p_edition integer)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := check_looks_after_boundaries(p_session, p_at);
BEGIN
    IF NOT EXISTS (SELECT FROM editions e WHERE e.id = p_edition) THEN
        RAISE EXCEPTION 'no such edition' USING ERRCODE = 'GW131';
    END IF;
    INSERT INTO preparations (edition_id, asked_at, asked_by) VALUES (p_edition, p_at, v_person)
    ON CONFLICT (edition_id) DO UPDATE SET asked_at = p_at, asked_by = v_person, begun_at = NULL, failed = NULL
    WHERE preparations.failed IS NOT NULL;
END $$;

-- What the follow-up of one open case is: to which area of an edition it belongs and who has it then.

-- The area of an edition that each open case with a pin lies in: what gis_match() says, found for all at once.  A grid that holds
-- the pin is found from the grids' side, which is ten times quicker; for all others gis_match() is asked.
CREATE FUNCTION open_matches(p_edition editions) RETURNS TABLE (case_id bigint, code text)
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
        SELECT DISTINCT ON (r.case_id) r.case_id, r.accuracy_m FROM reports r
        WHERE r.geom IS NOT NULL AND r.case_id IN (
            SELECT k.case_id FROM reports k JOIN pg_temp.open_pins p ON p.id = k.case_id WHERE k.accuracy_m > 500)
        ORDER BY r.case_id, r.received_at, r.id
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
        SELECT p.id, p.geom, CASE WHEN a.accuracy_m > 500 THEN a.accuracy_m END AS accuracy_m,
               CASE WHEN a.accuracy_m > 500 THEN NULL WHEN o.id IS NOT NULL THEN h.overlay ELSE h.code END AS code
        FROM pg_temp.open_pins p LEFT JOIN held h ON h.id = p.id LEFT JOIN over o ON o.id = p.id LEFT JOIN coarse a ON a.case_id = p.id
    )
    SELECT f.id, f.code FROM found f WHERE f.code IS NOT NULL
    UNION ALL
    SELECT f.id, (gis_match(f.geom, f.accuracy_m, p_edition)).code FROM found f WHERE f.code IS NULL;
END $$;

-- Who has a case then.  Whoever has it keeps it while his posting lasts and his area still holds the case, or was outside its
-- areas anyway.  A head is followed by whoever answers for the new area, a department by the one of its name, a desk by the
-- nearest desk at its own level or above: what went up stays up.
CREATE FUNCTION owner_after(
    p_owner jsonb, p_posted boolean, p_chain_before text[], p_chain text[], p_about_official boolean, p_edition integer, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_area text := p_owner ->> 'area_code';
    v_place integer := array_position(p_chain_before, v_area);
    v_own text[] := (SELECT b.chain FROM boundaries b WHERE b.edition_id = p_edition AND b.code = v_area);
    v_base text[];
    v_after jsonb;
BEGIN
    IF p_posted AND (v_area = ANY (p_chain) OR v_place IS NULL AND v_own IS NOT NULL) THEN
        RETURN p_owner;
    END IF;
    v_base := CASE WHEN v_place IS NULL THEN coalesce(v_own, p_chain)
                   ELSE p_chain[:least(coalesce(array_position(p_chain, v_area), v_place), cardinality(p_chain))] END;
    CASE p_owner ->> 'role'
    WHEN 'department' THEN
        v_after := (rule_target('department', NULL, (SELECT d.desk FROM postings d WHERE d.id = (p_owner ->> 'posting_id')::integer),
                                v_base, p_about_official, p_at)).target;
    WHEN 'desk' THEN
        v_after := desk_over(v_base, p_at);
    ELSE
        v_after := CASE WHEN p_about_official THEN desk_over(p_chain, p_at)
                        ELSE (who_answers(CASE WHEN v_place IS NULL THEN v_base ELSE p_chain END, p_edition, p_at)).owner END;
    END CASE;
    RETURN jsonb_build_object('area_code', v_after -> 'area_code', 'role', v_after -> 'role', 'posting_id', v_after -> 'posting_id');
END $$;

-- What changes for open cases when an edition answers for them at an instant: only those for which something does.
-- p_cases null: all.  A case without a pin stands where its first report said, or in what is left of that.
CREATE FUNCTION open_changes(p_edition editions, p_at timestamptz, p_cases bigint[])
RETURNS TABLE (case_id bigint, version integer, area_before text, area text, chain_before text[], chain text[], owner_before jsonb, owner jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    v_top text := (SELECT min(b.code::text COLLATE "C") FROM boundaries b WHERE b.edition_id = p_edition.id AND b.parent_code IS NULL);
BEGIN
    RETURN QUERY
    WITH matched AS MATERIALIZED (SELECT m.case_id, m.code FROM open_matches(p_edition) m WHERE p_cases IS NULL),
    named AS MATERIALIZED (
        SELECT c.id, (
            SELECT b.code::text FROM reports r CROSS JOIN LATERAL unnest(r.chain) WITH ORDINALITY u (code, n)
            JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = u.code
            WHERE r.id = (SELECT f.id FROM reports f WHERE f.case_id = c.id ORDER BY f.received_at, f.id LIMIT 1)
            ORDER BY u.n DESC LIMIT 1) AS code
        FROM cases c WHERE c.closed_at IS NULL AND c.geom IS NULL AND p_cases IS NULL
    ),
    placed AS MATERIALIZED (
        SELECT m.case_id, m.code FROM matched m UNION ALL SELECT n.id, n.code FROM named n
        UNION ALL
        SELECT c.id, (SELECT b.code::text FROM unnest(c.chain) WITH ORDINALITY u (code, n)
                      JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = u.code
                      WHERE c.area_code IS NOT NULL ORDER BY u.n DESC LIMIT 1)
        FROM cases c WHERE c.id = ANY (p_cases)
    ),
    -- Narrow until it is known what changes: nearly always nothing does.  About an official it is filed above all that is below
    -- the county, or the topmost area where there is none.
    stands AS MATERIALIZED (
        SELECT c.id, c.owner_posting_id IS NULL OR coalesce(d.during @> p_at, false) AS posted, b.code::text AS area,
               coalesce(CASE WHEN c.about_official THEN b.chain[:coalesce((
                   SELECT max(u.n) FROM unnest(b.chain) WITH ORDINALITY u (code, n) JOIN areas a ON a.code = u.code AND a.level = 'county'), 1)]
                   ELSE b.chain END, ARRAY[v_top]) AS chain, c.chain AS chain_before, c.area_code IS NOT NULL AS inside_before,
               o.code IS NULL AS ownerless
        FROM placed p JOIN cases c ON c.id = p.case_id AND c.closed_at IS NULL
        LEFT JOIN postings d ON d.id = c.owner_posting_id
        LEFT JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = p.code
        LEFT JOIN boundaries o ON o.edition_id = p_edition.id AND o.code = c.owner_area_code
    ),
    moved AS MATERIALIZED (
        SELECT c.id, c.version, c.area_code::text AS area_before, CASE WHEN s.area IS NOT NULL THEN s.chain[cardinality(s.chain)] END AS area,
               s.chain_before, s.chain, s.posted, c.about_official,
               jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id) AS owner_before
        FROM stands s JOIN cases c ON c.id = s.id
        WHERE NOT s.posted OR s.chain <> s.chain_before OR s.inside_before <> (s.area IS NOT NULL) OR s.ownerless
    ),
    -- Once for all cases of one owner in one area.
    owners AS MATERIALIZED (
        SELECT k.*, owner_after(k.owner_before, k.posted, k.chain_before, k.chain, k.about_official, p_edition.id, p_at) AS owner
        FROM (SELECT DISTINCT m.owner_before, m.posted, m.chain_before, m.chain, m.about_official FROM moved m) k
    )
    SELECT m.id, m.version, m.area_before, m.area, m.chain_before, m.chain, m.owner_before, o.owner
    FROM moved m JOIN owners o USING (owner_before, posted, chain_before, chain, about_official)
    WHERE m.chain <> m.chain_before OR m.area IS DISTINCT FROM m.area_before OR o.owner <> m.owner_before;
END $$;

-- Lets open cases follow, each with one event; answers how many did and how many were overtaken by a step and wait for the next
-- time.  Dates stay: neither a new border nor somebody's leaving resets a clock, and a request for more time stands.
-- The case's words, photos and what was released of them are for the staff of the new areas; the report itself
-- keeps the areas of its day, and the case tells who may read it.
CREATE FUNCTION let_follow(p_edition editions, p_why text, p_before text, p_cases bigint[], p_at timestamptz, OUT followed integer, OUT overtaken integer)
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
               jsonb_build_object('why', p_why, 'edition', p_edition.name)
               || CASE WHEN p_before <> p_edition.name THEN jsonb_build_object('edition_before', p_before) ELSE '{}' END
               || CASE WHEN x.area IS DISTINCT FROM x.area_before THEN jsonb_build_object('area', x.area, 'area_before', x.area_before) ELSE '{}' END
               || CASE WHEN x.owner <> x.owner_before THEN jsonb_build_object('owner', x.owner, 'owner_before', x.owner_before) ELSE '{}' END
        FROM pg_temp.changes x JOIN cases c ON c.id = x.case_id ORDER BY c.id
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

-- Open cases follow an edition that has come into force, and cases whose owner's posting has ended whoever answers now.
-- Called every minute: after a midnight all open cases are looked at, again for ten minutes, because a report of the old
-- day may have been under way, and then followed_at says that it is done.  p_all: all of them in any case (once a night: a
-- case that was loaded late, with a date of long ago, follows too).  Answers how many followed.
CREATE FUNCTION follow_open_cases(p_at timestamptz, p_all boolean DEFAULT false) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public SET work_mem = '64MB' AS $$
DECLARE
    v_edition editions := edition_at(p_at);
    v_last activations;
    v_before text;
    v_left bigint[];
    v_told record;
    v_count integer := 0;
BEGIN
    IF v_edition.id IS NULL THEN
        RETURN 0;
    END IF;
    -- One at a time; the second finds nothing left to do.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.follow'));
    SELECT * INTO v_last FROM activations a WHERE a.valid_from <= p_at ORDER BY a.valid_from DESC LIMIT 1;
    IF v_last.followed_at IS NULL OR p_all THEN
        SELECT e.name INTO v_before FROM activations a JOIN editions e ON e.id = a.edition_id
        WHERE a.valid_from < v_last.valid_from ORDER BY a.valid_from DESC LIMIT 1;
        SELECT * INTO v_told FROM let_follow(v_edition, 'edition', v_before, NULL, p_at);
        v_count := v_told.followed;
        IF v_told.overtaken = 0 AND p_at >= v_last.valid_from + interval '10 minutes' THEN
            UPDATE activations SET followed_at = p_at WHERE valid_from <= p_at AND followed_at IS NULL;
        END IF;
        RETURN v_count;
    END IF;
    v_left := ARRAY(
        SELECT c.id FROM postings p JOIN cases c ON c.closed_at IS NULL AND c.owner_area_code = p.area_code AND c.owner_role = p.role
                                                    AND c.owner_posting_id = p.id
        WHERE upper(p.during) <= p_at);
    IF cardinality(v_left) > 0 THEN
        SELECT * INTO v_told FROM let_follow(v_edition, 'posting', v_edition.name, v_left, p_at);
        v_count := v_told.followed;
    END IF;
    RETURN v_count;
END $$;

-- What an administrator is shown before he activates: which open cases an edition would move at a midnight, and heads whose grid
-- it changes.  Counts of all and the first p_limit cases; no words, no contact, no name.
CREATE FUNCTION edition_effects(p_session bytea, p_at timestamptz, p_edition integer, p_from timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public SET work_mem = '64MB' AS $$
DECLARE
    v_edition editions;
BEGIN
    PERFORM check_looks_after_boundaries(p_session, p_at);
    SELECT * INTO v_edition FROM editions e WHERE e.id = p_edition;
    IF v_edition.id IS NULL THEN
        RAISE EXCEPTION 'no such edition' USING ERRCODE = 'GW131';
    END IF;
    RETURN effects_of(v_edition, p_from, (edition_at(p_at)).id, p_limit);
END $$;

CREATE FUNCTION effects_of(p_edition editions, p_from timestamptz, p_before integer, p_limit integer) RETURNS jsonb
LANGUAGE sql VOLATILE SET work_mem = '64MB' AS $$
    WITH changes AS MATERIALIZED (SELECT * FROM open_changes(p_edition, p_from, NULL)),
    heads AS (
        SELECT p.id, p.area_code, coalesce(n.name, o.name) AS name, n.code IS NULL AS gone
        FROM boundaries o JOIN postings p ON p.area_code = o.code AND p.role = 'head' AND p.during @> p_from
        LEFT JOIN boundaries n ON n.edition_id = p_edition.id AND n.code = o.code
        WHERE o.edition_id = p_before AND (n.code IS NULL OR n.chain <> o.chain OR NOT ST_OrderingEquals(n.geom, o.geom))
    ),
    vacant AS (
        SELECT n.code, n.name FROM boundaries n LEFT JOIN boundaries o ON o.edition_id = p_before AND o.code = n.code
        WHERE n.edition_id = p_edition.id AND n.last_level AND o.code IS NULL
          AND NOT EXISTS (SELECT FROM postings p WHERE p.area_code = n.code AND p.role = 'head' AND p.during @> p_from)
    )
    SELECT jsonb_build_object(
        'cases', (SELECT count(*) FROM changes), 'handed_over', (SELECT count(*) FROM changes WHERE owner <> owner_before),
        'first', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'case_id', x.case_id, 'area_before', x.area_before, 'area', x.area, 'owner_before', x.owner_before, 'owner', x.owner) ORDER BY x.case_id), '[]')
            FROM (SELECT * FROM changes ORDER BY owner = owner_before, case_id LIMIT p_limit) x),
        'heads', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'area_code', h.area_code, 'name', h.name, 'gone', h.gone) ORDER BY h.area_code), '[]')
            FROM (SELECT * FROM heads ORDER BY area_code LIMIT p_limit) h),
        'heads_in_all', (SELECT count(*) FROM heads),
        'vacant', (SELECT coalesce(jsonb_agg(jsonb_build_object('area_code', v.code, 'name', v.name) ORDER BY v.code), '[]')
                   FROM (SELECT * FROM vacant ORDER BY code LIMIT p_limit) v),
        'vacant_in_all', (SELECT count(*) FROM vacant))
$$;

-- How to reach a reporter, as before; the supervisor is the one of the areas that the words are kept for now.
CREATE OR REPLACE FUNCTION look_at_contact(p_session bytea, p_at timestamptz, p_number text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_report reports;
    v_chain text[];
    v_case cases;
BEGIN
    SELECT * INTO v_report FROM reports r WHERE r.number = p_number;
    v_chain := coalesce((SELECT w.chain FROM report_words w WHERE w.report_id = v_report.id), v_report.chain);
    IF v_person IS NULL OR v_report.id IS NULL OR NOT (
        -- Not `=`: nobody took down what a resident sent himself, and null would let everybody in.
        v_report.taken_by IS NOT DISTINCT FROM v_person AND actor_is_staff() OR v_chain && actor_areas('supervisor')) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    SELECT * INTO v_case FROM cases c WHERE c.id = v_report.case_id FOR UPDATE;
    PERFORM add_event(v_case, p_at, 'look', acting_posting(v_case, v_person, p_at), NULL, false,
                      jsonb_build_object('report_id', v_report.id));
    RETURN (SELECT k.contact FROM report_contacts k WHERE k.report_id = v_report.id);
END $$;

-- Rights.  The worker writes what follows from boundaries, and reads them; nothing of it is about anybody.
GRANT SELECT ON preparations TO gridwarden_web, gridwarden_worker;
GRANT UPDATE (begun_at, done_at, failed) ON preparations TO gridwarden_worker;
GRANT SELECT, INSERT ON units, shapes, lineage, spellings TO gridwarden_worker;
REVOKE EXECUTE ON FUNCTION extend_lineage, midnight_after, earliest_activation, was_in_force, activation_refused, activate, take_back,
    edition_before, check_looks_after_boundaries, activate_as, take_back_as, prepare_as, open_matches, owner_after, open_changes, let_follow,
    follow_open_cases, edition_effects, effects_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION earliest_activation, midnight_after, was_in_force, edition_before, activation_refused, activation_forbidden,
    activate_as, take_back_as, prepare_as, edition_effects TO gridwarden_web;
GRANT EXECUTE ON FUNCTION follow_open_cases, number_areas, extend_lineage TO gridwarden_worker;
