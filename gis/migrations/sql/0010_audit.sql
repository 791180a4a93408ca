-- The record cannot be rewritten unseen: each event carries the hash of the one before it in its case, and once a day an
-- anchor folds the last hash of every case that had an event.  Whoever keeps an anchor's digest elsewhere can show later that
-- nothing below it was changed, taken out or put in, not even by somebody who may do all in this database.

-- What is hashed: the hash before, then, a line each, id, case, number, microseconds since 1970 in UTC (no setting of a session has
-- a say), posting or -, and the length of the verb; then verb, state and data.  No two events are written alike: jsonb has one
-- spelling for one value and no line break in it.
CREATE FUNCTION event_hash(
    p_before bytea, p_id bigint, p_case bigint, p_seq integer, p_at timestamptz, p_verb text, p_state text, p_posting integer,
    p_data jsonb
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(p_before || convert_to(concat_ws(E'\n',
        p_id, p_case, p_seq, (extract(epoch FROM p_at) * 1000000)::bigint, coalesce(p_posting::text, '-'), length(p_verb), p_verb,
        p_state, p_data), 'UTF8'))
$$;

-- What stands before the first event of a case.
CREATE FUNCTION chain_begins(p_case bigint) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(int8send(p_case))
$$;

ALTER TABLE events ADD COLUMN hash bytea;

-- The events that are there already get theirs in one ordered pass; the trigger that guards them is lifted for this
-- transaction alone, which also holds the table.
CREATE FUNCTION chained() RETURNS TABLE (event_id bigint, event_hash bytea)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_case bigint;
    v_event record;
BEGIN
    FOR v_event IN SELECT e.id, e.case_id, e.seq, e.at, e.verb, e.state, e.posting_id, e.data FROM events e ORDER BY e.case_id, e.seq LOOP
        IF v_case IS DISTINCT FROM v_event.case_id THEN
            v_case := v_event.case_id;
            event_hash := chain_begins(v_case);
        END IF;
        event_id := v_event.id;
        event_hash := event_hash(event_hash, v_event.id, v_case, v_event.seq, v_event.at, v_event.verb, v_event.state,
                                 v_event.posting_id, v_event.data);
        RETURN NEXT;
    END LOOP;
END $$;
ALTER TABLE events DISABLE TRIGGER events_are_append_only;
UPDATE events e SET hash = c.event_hash FROM chained() c WHERE c.event_id = e.id;
ALTER TABLE events ENABLE TRIGGER events_are_append_only;
DROP FUNCTION chained;
ALTER TABLE events ALTER COLUMN hash SET NOT NULL, ADD CONSTRAINT events_hash CHECK (octet_length(hash) = 32);

-- Every writer's events are chained here.  GW060: not the next one of its case.  A second event of one number meets the
-- unique index, so the numbers of a case run without a gap.
-- Its plan is made once a connection: over an empty table that would be a scan, and a load of many rows would keep to it.
CREATE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_before bytea;
BEGIN
    IF NEW.seq = 1 THEN
        v_before := sha256(int8send(NEW.case_id));
    ELSE
        SELECT e.hash INTO v_before FROM events e WHERE e.case_id = NEW.case_id AND e.seq = NEW.seq - 1;
        IF v_before IS NULL THEN
            RAISE EXCEPTION 'event % of case % does not follow the one before it', NEW.seq, NEW.case_id USING ERRCODE = 'GW060';
        END IF;
    END IF;
    NEW.hash := event_hash(v_before, NEW.id, NEW.case_id, NEW.seq, NEW.at, NEW.verb, NEW.state, NEW.posting_id, NEW.data);
    RETURN NEW;
END $$;
CREATE TRIGGER events_are_chained BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION chain_event();

-- One a day, without a gap from the first on.  It names what it folds, so that a chain that was cut short shows where.
CREATE TABLE anchors (
    day       date PRIMARY KEY,                      -- Asia/Shanghai
    cases     bigint[] NOT NULL,                     -- whose heads are folded, lowest first
    seqs      integer[] NOT NULL,                    -- the head of each
    heads     bigint NOT NULL CHECK (heads >= 0),
    up_to     bigint NOT NULL,                       -- the highest id of an event that this anchor or one before it covers
    previous  bytea,                                 -- digest of the day before; null: this is the first anchor
    digest    bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_at   timestamptz NOT NULL,
    CHECK (heads = cardinality(cases) AND heads = cardinality(seqs))
);
CREATE TRIGGER anchors_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON anchors
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

CREATE FUNCTION anchor_digest(p_previous bytea, p_day date, p_heads bigint, p_up_to bigint, p_made_at timestamptz, p_fold bytea)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(coalesce(p_previous, '') || convert_to(jsonb_build_array(
        to_char(p_day, 'YYYY-MM-DD'), p_heads, p_up_to, (extract(epoch FROM p_made_at) * 1000000)::bigint)::text, 'UTF8') || sha256(p_fold))
$$;

-- Makes the anchor of a day that is over, and of each day since the last anchor that has none; answers heads and digest of
-- the day's.  Again changes nothing.  GW061: the day is not over, or lies before the first anchor.
--
-- Folded is the last event before the end of the day of each case with an event that the anchor before the last one did not
-- cover.  Asking by id and one anchor further back takes in what was written late: by a transaction that was under way when
-- the last anchor was made, or with an older date.  The first anchor covers all that is there.
CREATE FUNCTION anchor_day(p_day date, p_at timestamptz, OUT heads bigint, OUT digest bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_last anchors;
    v_from bigint;
    v_new anchors;
    v_fold bytea;
BEGIN
    -- Two workers at once: the second waits, then finds it done.
    LOCK TABLE anchors IN SHARE ROW EXCLUSIVE MODE;
    IF (p_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' > p_at THEN
        RAISE EXCEPTION 'the day % is not over', p_day USING ERRCODE = 'GW061';
    END IF;
    IF p_day < (SELECT min(a.day) FROM anchors a) THEN
        RAISE EXCEPTION 'the day % lies before the first anchor', p_day USING ERRCODE = 'GW061';
    END IF;
    LOOP
        SELECT * INTO v_last FROM anchors a ORDER BY a.day DESC LIMIT 1;
        EXIT WHEN v_last.day >= p_day;
        v_from := coalesce((SELECT a.up_to FROM anchors a WHERE a.day < v_last.day ORDER BY a.day DESC LIMIT 1), 0);
        v_new.day := coalesce(v_last.day + 1, p_day);
        SELECT coalesce(array_agg(h.case_id ORDER BY h.case_id), '{}'), coalesce(array_agg(h.seq ORDER BY h.case_id), '{}'), count(*),
               greatest(max(h.id), v_last.up_to, 0), coalesce(string_agg(h.hash, '' ORDER BY h.case_id), '')
        INTO v_new.cases, v_new.seqs, v_new.heads, v_new.up_to, v_fold
        FROM (SELECT DISTINCT ON (e.case_id) e.case_id, e.seq, e.id, e.hash FROM events e
              WHERE e.id > v_from AND e.at < (v_new.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
              ORDER BY e.case_id, e.seq DESC) h;
        v_new.previous := v_last.digest;
        v_new.made_at := p_at;
        v_new.digest := anchor_digest(v_new.previous, v_new.day, v_new.heads, v_new.up_to, p_at, v_fold);
        INSERT INTO anchors SELECT (v_new).*;
    END LOOP;
    SELECT a.heads, a.digest INTO heads, digest FROM anchors a WHERE a.day = p_day;
END $$;

-- Which cases are checked: those with an event on that day (Asia/Shanghai) or later, each from its first event on; null: all.
CREATE FUNCTION audited_cases(p_since date) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT e.case_id FROM events e WHERE e.at >= p_since::timestamp AT TIME ZONE 'Asia/Shanghai'
$$;

-- What does not fit, one row each; none: all is as it was written.
--   missing        an event's number does not follow the one before it
--   changed        an event, or the one before it, is not what was hashed
--   no_case        an event of a case that there is not
--   no_events      a case without a first event
--   state          the last event of a case leaves it in another state than it has: something was cut off, or never written
--   words_changed  a text is not the one that was said
--   words_added    a text at an event that had none
--   anchored_gone  an event that an anchor folds is not there
--   anchor_changed what an anchor folds is no longer what it folded
--   anchor_order   the anchor of the day before is not there, or is another one
CREATE FUNCTION audit_faults(p_since date) RETURNS TABLE (case_id bigint, seq integer, day date, why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT l.case_id, l.seq, NULL::date, CASE WHEN l.seq <> coalesce(l.seq_before, 0) + 1 THEN 'missing' ELSE 'changed' END
    FROM (SELECT e.*, lag(e.hash) OVER line AS before, lag(e.seq) OVER line AS seq_before
          FROM events e WHERE p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since))
          WINDOW line AS (PARTITION BY e.case_id ORDER BY e.seq)) l
    WHERE l.seq <> coalesce(l.seq_before, 0) + 1
       OR l.hash IS DISTINCT FROM event_hash(
              coalesce(l.before, chain_begins(l.case_id)), l.id, l.case_id, l.seq, l.at, l.verb, l.state, l.posting_id, l.data);

    RETURN QUERY
    SELECT coalesce(c.id, l.case_id), l.seq, NULL::date,
           CASE WHEN c.id IS NULL THEN 'no_case' WHEN l.case_id IS NULL THEN 'no_events' ELSE 'state' END
    FROM cases c
    FULL JOIN (SELECT DISTINCT ON (e.case_id) e.case_id, e.seq, e.state FROM events e ORDER BY e.case_id, e.seq DESC) l
        ON l.case_id = c.id
    WHERE (c.id IS NULL OR l.case_id IS NULL OR l.state <> c.state)
      AND (p_since IS NULL OR l.case_id IS NULL OR l.case_id IN (SELECT audited_cases(p_since)));

    RETURN QUERY
    SELECT e.case_id, e.seq, NULL::date, CASE WHEN e.data ? 'words_digest' THEN 'words_changed' ELSE 'words_added' END
    FROM events e
    LEFT JOIN event_words w ON w.event_id = e.id
    LEFT JOIN report_words r ON w.event_id IS NULL AND e.data ? 'words_digest' AND r.report_id = (e.data ->> 'report_id')::bigint
    WHERE (w.event_id IS NOT NULL OR r.report_id IS NOT NULL)
      AND e.data ->> 'words_digest' IS DISTINCT FROM encode(sha256(
              coalesce(w.salt, r.salt) || convert_to(coalesce(w.words, r.words), 'UTF8')), 'hex')
      AND (p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since)));

    RETURN QUERY
    WITH folded AS (
        SELECT a.day, u.case_id, u.seq, e.hash
        FROM anchors a CROSS JOIN LATERAL unnest(a.cases, a.seqs) u (case_id, seq)
        LEFT JOIN events e ON e.case_id = u.case_id AND e.seq = u.seq
        WHERE p_since IS NULL OR a.day >= p_since
    ),
    folds AS (
        SELECT f.day, string_agg(f.hash, '' ORDER BY f.case_id) AS fold FROM folded f GROUP BY f.day
    ),
    line AS (
        SELECT a.*, lag(a.digest) OVER days AS before, lag(a.day) OVER days AS day_before FROM anchors a WINDOW days AS (ORDER BY a.day)
    )
    SELECT f.case_id, f.seq, f.day, 'anchored_gone' FROM folded f WHERE f.hash IS NULL
    UNION ALL
    SELECT NULL, NULL, a.day, 'anchor_changed' FROM line a LEFT JOIN folds f ON f.day = a.day
    WHERE (p_since IS NULL OR a.day >= p_since)
      AND a.digest IS DISTINCT FROM anchor_digest(a.previous, a.day, a.heads, a.up_to, a.made_at, coalesce(f.fold, ''))
    UNION ALL
    SELECT NULL, NULL, a.day, 'anchor_order' FROM line a
    WHERE (p_since IS NULL OR a.day >= p_since)
      AND (a.previous IS DISTINCT FROM a.before OR a.day <> a.day_before + 1);
END $$;

-- Where a text was erased and its digest stands.
CREATE FUNCTION audit_erasures(p_since date) RETURNS TABLE (case_id bigint, seq integer, at timestamptz, verb text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET work_mem = '64MB' AS $$
    SELECT e.case_id, e.seq, e.at, e.verb FROM events e
    LEFT JOIN event_words w ON w.event_id = e.id
    LEFT JOIN report_words r ON r.report_id = (e.data ->> 'report_id')::bigint
    WHERE e.data ? 'words_digest' AND w.event_id IS NULL AND r.report_id IS NULL
      AND (p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since)))
    ORDER BY e.case_id, e.seq
$$;

-- How much the two above look at.
CREATE FUNCTION audit_extent(p_since date, OUT events bigint, OUT cases bigint, OUT anchors bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT count(*), count(DISTINCT e.case_id), (SELECT count(*) FROM anchors a WHERE p_since IS NULL OR a.day >= p_since)
    FROM events e WHERE p_since IS NULL OR e.case_id IN (SELECT audited_cases(p_since))
$$;

REVOKE EXECUTE ON FUNCTION event_hash, chain_begins, chain_event, anchor_digest, anchor_day, audited_cases, audit_faults, audit_erasures,
    audit_extent FROM PUBLIC;
GRANT EXECUTE ON FUNCTION anchor_day, audit_faults, audit_erasures, audit_extent TO gridwarden_worker;
