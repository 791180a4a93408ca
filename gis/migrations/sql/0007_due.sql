-- What is due: told once each, recomputed when a year is published, and how the time was used.

-- What was told of a deadline.  Another date is another promise and is told anew.
CREATE TABLE due_notices (
    case_id  bigint NOT NULL REFERENCES cases,
    kind     text NOT NULL CHECK (kind IN ('soon', 'overdue', 'stage')),
    due_at   timestamptz NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (case_id, kind, due_at)
);
-- Usage: due_scan(), the open cases of which four fifths of the time are over; UTC, because an index takes no time zone.
CREATE INDEX cases_to_warn ON cases (((due_at AT TIME ZONE 'UTC') - (due_at - received_at) / 5)) WHERE closed_at IS NULL;
-- Usage: due_scan(), the open cases whose present stage is late.
CREATE INDEX cases_by_stage ON cases (stage_due_at) WHERE closed_at IS NULL AND stage_due_at IS NOT NULL;

-- Finds the open cases that are due soon, overdue, or late in their stage and writes one notice and one outbox row for each
-- that was not told yet, the earliest date first, at most so many.  Answers how many.
-- `soon` comes when a fifth of the time is left, and two working hours before at the latest.  A paused case is told of by
-- nobody, for its clock stands; of one that is claimed to be solved only the stage counts.
-- Two at once: the second waits for the first at the notices' key and writes the rest.
CREATE FUNCTION due_scan(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_near timestamptz := due_after(p_at, '{"work_hours": 2}');
    v_told integer;
BEGIN
    WITH ripe AS (
        SELECT c.id, 'overdue' AS kind, c.due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.due_at <= p_at AND c.state NOT IN ('paused', 'claimed_solved')
        UNION ALL
        SELECT c.id, 'soon', c.due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.due_at > p_at AND c.due_at <= v_near AND c.state NOT IN ('paused', 'claimed_solved')
        UNION ALL
        SELECT c.id, 'soon', c.due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.due_at > v_near AND c.state NOT IN ('paused', 'claimed_solved')
          AND (c.due_at AT TIME ZONE 'UTC') - (c.due_at - c.received_at) / 5 <= p_at AT TIME ZONE 'UTC'
        UNION ALL
        SELECT c.id, 'stage', c.stage_due_at FROM cases c
        WHERE c.closed_at IS NULL AND c.stage_due_at <= p_at AND c.state <> 'paused'
    ),
    untold AS (
        SELECT r.* FROM ripe r
        WHERE NOT EXISTS (SELECT FROM due_notices n WHERE n.case_id = r.id AND n.kind = r.kind AND n.due_at = r.due_at)
        ORDER BY r.due_at, r.id, r.kind LIMIT p_limit
    ),
    told AS (
        INSERT INTO due_notices SELECT u.id, u.kind, u.due_at, p_at FROM untold u ON CONFLICT DO NOTHING RETURNING case_id, kind, due_at
    ),
    sent AS (
        INSERT INTO outbox (topic, payload, at)
        SELECT CASE t.kind WHEN 'soon' THEN 'case.due_soon' WHEN 'overdue' THEN 'case.overdue' ELSE 'case.stage_overdue' END,
               jsonb_build_object('case_id', c.id, 'kind', t.kind, 'due_at', t.due_at, 'state', c.state, 'owner', jsonb_build_object(
                   'area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id)), p_at
        FROM told t JOIN cases c ON c.id = t.case_id ORDER BY t.due_at, t.case_id
        RETURNING 1
    )
    SELECT count(*) INTO v_told FROM sent;
    RETURN v_told;
END $$;

-- Follows the calendar with the dates that were promised before the make-up days of their year were published; each change is an
-- event, at most so many.  Answers how many.  A date that was promised after its year had been published stays, and so does
-- one that somebody set since: by an extension, after a pause, for another category, by a merge or a split.
CREATE FUNCTION recompute_due(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_changed integer;
BEGIN
    -- One at a time: two would lock the same cases in different orders.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.recompute_due'));
    WITH promised AS (
        SELECT c.id, c.version, k.deadlines -> 'solve' AS deadline, due_after(coalesce(e.began_at, c.received_at), k.deadlines -> 'solve') AS due_at,
               CASE WHEN c.state = 'received' THEN due_after(c.received_at, k.deadlines -> 'accept') ELSE c.stage_due_at END AS stage_due_at,
               c.due_at AS due_before, c.stage_due_at AS stage_due_before
        FROM cases c
        LEFT JOIN calendar_years y ON y.year = extract(year FROM c.due_at AT TIME ZONE 'Asia/Shanghai') AND y.state = 'published'
        -- As stage_deadline(), and written out: this asks for every open case.
        CROSS JOIN LATERAL (SELECT r.deadlines FROM categories r WHERE r.code = c.category_code AND r.since <= c.received_at
                            ORDER BY r.since DESC LIMIT 1) k
        CROSS JOIN LATERAL (SELECT max(v.at) FILTER (WHERE v.verb IN ('deny', 'reopen')) AS began_at,
                                   max(v.at) FILTER (WHERE v.verb IN ('approve_extension', 'resume', 'recategorise')
                                                     OR v.verb IN ('merge_in', 'split_off') AND v.data ? 'due_at') AS set_at
                            FROM events v WHERE v.case_id = c.id) e
        WHERE c.closed_at IS NULL AND (y.year IS NULL OR c.received_at < y.since)
          AND (y.year IS NULL OR coalesce(e.began_at, c.received_at) < y.since)
          AND k.deadlines -> 'solve' ?| '{work_hours,work_days}'
          AND (e.set_at IS NULL OR e.set_at < e.began_at)
    ),
    changed AS (
        SELECT p.* FROM promised p
        WHERE p.due_at <> p.due_before OR p.stage_due_at IS DISTINCT FROM p.stage_due_before ORDER BY p.id LIMIT p_limit
    ),
    -- A step that was taken in between has another version, and its case is looked at again next time.
    locked AS (
        SELECT c.id FROM cases c WHERE (c.id, c.version) IN (SELECT h.id, h.version FROM changed h) ORDER BY c.id FOR UPDATE
    ),
    moved AS (
        UPDATE cases c SET due_at = h.due_at, stage_due_at = h.stage_due_at, version = c.version + 1
        FROM changed h JOIN locked l USING (id) WHERE c.id = h.id
        RETURNING c AS after, h.due_before, h.deadline
    )
    SELECT count(add_event(m.after, p_at, 'recompute_due', NULL, NULL, false, jsonb_build_object(
        'due_at', (m.after).due_at, 'due_before', m.due_before, 'provisional', is_provisional((m.after).due_at, m.deadline))))
    INTO v_changed FROM moved m;
    RETURN v_changed;
END $$;

-- How the time of a case was used up to an instant: by the level of the area that owned it and by state, in working and in
-- natural seconds; pauses stand apart as the state `paused`, and what came after its end (until it was reopened) does not count.
-- Reads by the rights of whoever asks.  Before the first event that names an owner, the one whom that event names as before.
CREATE FUNCTION time_used(p_case bigint, p_at timestamptz)
RETURNS TABLE (level text, state text, work_s double precision, elapsed_s double precision)
LANGUAGE sql STABLE AS $$
    WITH lines AS (
        SELECT e.seq, e.at, e.state, lead(e.at, 1, p_at) OVER (ORDER BY e.seq) AS until
        FROM events e WHERE e.case_id = p_case AND e.at <= p_at
    ),
    owned AS (
        SELECT l.*, coalesce(
            (SELECT e.data #>> '{owner,area_code}' FROM events e
             WHERE e.case_id = p_case AND e.seq <= l.seq AND e.data #>> '{owner,area_code}' IS NOT NULL ORDER BY e.seq DESC LIMIT 1),
            (SELECT e.data #>> '{owner_before,area_code}' FROM events e
             WHERE e.case_id = p_case AND e.seq > l.seq AND e.data #>> '{owner_before,area_code}' IS NOT NULL ORDER BY e.seq LIMIT 1),
            (SELECT c.owner_area_code::text FROM cases c WHERE c.id = p_case)) AS owner
        FROM lines l WHERE l.state NOT IN ('declined', 'closed', 'will_not_do', 'merged')
    )
    SELECT a.level, o.state, sum(work_seconds(o.at, o.until)), sum(extract(epoch FROM o.until - o.at))::double precision
    FROM owned o JOIN areas a ON a.code = o.owner GROUP BY a.level, o.state ORDER BY min(o.seq)
$$;

REVOKE EXECUTE ON FUNCTION due_scan, recompute_due, time_used FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_scan, recompute_due TO gridwarden_worker;
GRANT EXECUTE ON FUNCTION time_used TO gridwarden_web;
