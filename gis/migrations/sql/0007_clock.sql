-- The clock: which hours are working hours, and when something is due.
--
-- Days come from the calendar of the country, which a city may override; hours are dated.  All of it is written out once as
-- spans with the working seconds before each, so that every question is a look-up or two.

CREATE TABLE calendar_years (
    year   integer PRIMARY KEY CHECK (year BETWEEN 1900 AND 2999),
    state  text NOT NULL CHECK (state IN ('published', 'not published yet')),
    since  timestamptz,                              -- when this service learnt of it
    CHECK ((state = 'published') = (since IS NOT NULL))
);

-- Days that are named, and those that are not what their day of the week says.  A local one beats the country's.
CREATE TABLE calendar_days (
    day     date NOT NULL,
    source  text NOT NULL CHECK (source IN ('national', 'local')),
    kind    text NOT NULL CHECK (kind IN ('workday', 'holiday')),
    name    text NOT NULL,
    PRIMARY KEY (day, source)
);

-- Office hours, Asia/Shanghai: those of the newest `since` on or before a day are in force.
CREATE TABLE office_hours (
    since   date NOT NULL,
    opens   time NOT NULL,
    closes  time NOT NULL,
    PRIMARY KEY (since, opens),
    CHECK (opens < closes),
    CONSTRAINT office_hours_do_not_overlap EXCLUDE USING gist (
        since WITH =, int4range(extract(epoch FROM opens)::integer, extract(epoch FROM closes)::integer) WITH &&)
);

-- The calendar written out.  Two spans stand for the time before and after the years of the calendar: there the clock runs
-- day and night at 35 hours a week, so that every instant has its answer.
CREATE TABLE work_spans (
    from_at   timestamptz PRIMARY KEY,
    to_at     timestamptz NOT NULL,
    before_s  double precision NOT NULL,             -- working seconds from the first working day up to from_at
    pace      double precision NOT NULL CHECK (pace > 0),  -- working seconds a second
    day_no    integer,                               -- of the working day, from 1; null outside the calendar
    CHECK (from_at < to_at)
);
-- Usage: work_instant(), when so many working seconds are over.
CREATE UNIQUE INDEX work_spans_by_seconds ON work_spans (before_s);
-- Usage: due_after(), when a working day closes.
CREATE INDEX work_spans_by_day ON work_spans (day_no, to_at);

-- Writes the spans anew from calendar and hours.  Answers the number of working days.
CREATE FUNCTION rebuild_work_spans() RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = gridwarden, public AS $$
DECLARE
    v_pace CONSTANT double precision := 35 / 168.0;
    v_first timestamptz;
    v_past timestamptz;
    v_seconds double precision;
    v_days integer;
BEGIN
    -- Readers go on with the spans before; a second writer waits.
    LOCK TABLE work_spans IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM work_spans;
    SELECT make_date(min(y.year), 1, 1)::timestamp AT TIME ZONE 'Asia/Shanghai',
           make_date(max(y.year) + 1, 1, 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    INTO v_first, v_past FROM calendar_years y;
    WITH days AS (
        SELECT d::date AS day, row_number() OVER (ORDER BY d)::integer AS day_no
        FROM generate_series(v_first AT TIME ZONE 'Asia/Shanghai', v_past AT TIME ZONE 'Asia/Shanghai' - interval '1 day', '1 day') d
        LEFT JOIN calendar_days n ON n.day = d::date AND n.source = 'national'
        LEFT JOIN calendar_days l ON l.day = d::date AND l.source = 'local'
        WHERE coalesce(coalesce(l.kind, n.kind) = 'workday', extract(isodow FROM d) < 6)
    ),
    spans AS (
        SELECT s.day_no, (s.day + h.opens) AT TIME ZONE 'Asia/Shanghai' AS from_at,
               (s.day + h.closes) AT TIME ZONE 'Asia/Shanghai' AS to_at,
               extract(epoch FROM h.closes - h.opens)::double precision AS seconds
        FROM days s JOIN office_hours h ON h.since = (SELECT max(o.since) FROM office_hours o WHERE o.since <= s.day)
    )
    INSERT INTO work_spans
    SELECT s.from_at, s.to_at, sum(s.seconds) OVER (ORDER BY s.from_at) - s.seconds, 1, s.day_no FROM spans s;
    SELECT max(s.day_no), max(s.before_s + extract(epoch FROM s.to_at - s.from_at)) INTO v_days, v_seconds FROM work_spans s;
    INSERT INTO work_spans VALUES
        ('0001-01-01Z', v_first, -v_pace * extract(epoch FROM v_first - '0001-01-01Z'::timestamptz), v_pace, NULL),
        (v_past, '9999-12-31Z', v_seconds, v_pace, NULL);
    RETURN v_days;
END $$;

-- The reading of the working clock: working seconds since the calendar's first working day; before it below zero.
CREATE FUNCTION work_clock(p_at timestamptz) RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT s.before_s + s.pace * extract(epoch FROM least(p_at, s.to_at) - s.from_at)::double precision
            FROM work_spans s WHERE s.from_at <= p_at ORDER BY s.from_at DESC LIMIT 1);
END $$;

-- The first instant at which the working clock reads so many seconds: at noon, not when the office opens again.
CREATE FUNCTION work_instant(p_work_s double precision) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT s.from_at + make_interval(secs => (p_work_s - s.before_s) / s.pace)
            FROM work_spans s WHERE s.before_s < p_work_s ORDER BY s.before_s DESC LIMIT 1);
END $$;

-- Working seconds from one instant to another; below zero if the second comes first.
CREATE FUNCTION work_seconds(p_from timestamptz, p_to timestamptz) RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN work_clock(p_to) - work_clock(p_from);
END $$;

-- When something is due that began at an instant; null where there is no deadline.  One kind of duration each:
--   urgent_hours, hours  紧急工作时: hours day and night, from the instant on (Civil Code of the PRC, Art. 201, second paragraph)
--   work_hours           工作时: hours within office hours, from the instant on
--   work_days            工作日: the close of office on the n-th working day after the day on which it began, which does not
--                        count (Art. 201, first paragraph; Art. 203: where there are office hours, the day ends with them)
--   days                 自然日: n times 24 hours, holidays or not; nobody loses the rest of the first day
-- Outside the calendar a working day counts as 7/5 of a day, from the instant on.
CREATE FUNCTION due_after(p_at timestamptz, p_deadline jsonb) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_days integer;
    v_due_at timestamptz;
BEGIN
    IF p_deadline IS NULL OR p_deadline = 'null' THEN
        RETURN NULL;
    ELSIF p_deadline ? 'work_hours' THEN
        RETURN work_instant(work_clock(p_at) + (p_deadline ->> 'work_hours')::double precision * 3600);
    ELSIF p_deadline ? 'work_days' THEN
        v_days := (p_deadline ->> 'work_days')::numeric::integer;
        SELECT s.to_at INTO v_due_at FROM work_spans s WHERE s.day_no = v_days + (
            SELECT b.day_no FROM work_spans b
            WHERE b.from_at < (date_trunc('day', p_at AT TIME ZONE 'Asia/Shanghai') + interval '1 day') AT TIME ZONE 'Asia/Shanghai'
            ORDER BY b.from_at DESC LIMIT 1)
        ORDER BY s.to_at DESC LIMIT 1;
        RETURN coalesce(v_due_at, p_at + v_days * interval '33 hours 36 minutes');
    ELSIF p_deadline ?| '{urgent_hours,hours}' THEN
        RETURN p_at + make_interval(secs => coalesce(p_deadline ->> 'urgent_hours', p_deadline ->> 'hours')::double precision * 3600);
    ELSIF p_deadline ? 'days' THEN
        RETURN p_at + make_interval(hours => (p_deadline ->> 'days')::numeric::integer * 24);
    END IF;
    RAISE EXCEPTION 'no kind of duration in %', p_deadline USING ERRCODE = 'invalid_parameter_value';
END $$;

-- A date after the clock stood still: later by as much time of its own kind as the stop took.
CREATE FUNCTION due_moved(p_due_at timestamptz, p_from timestamptz, p_to timestamptz, p_deadline jsonb) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_deadline ?| '{work_hours,work_days}' AND work_seconds(p_from, p_to) > 0 THEN
        RETURN greatest(p_due_at, work_instant(work_clock(p_due_at) + work_seconds(p_from, p_to)));
    ELSIF p_deadline ?| '{work_hours,work_days}' THEN
        RETURN p_due_at;
    END IF;
    RETURN p_due_at + (p_to - p_from);
END $$;

-- Whether a date may still move, because the make-up days of its year are not published.  A deadline in natural time never does.
CREATE FUNCTION is_provisional(p_due_at timestamptz, p_deadline jsonb DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(p_deadline ?| '{work_hours,work_days}', true) AND NOT EXISTS (
        SELECT FROM calendar_years y WHERE y.year = extract(year FROM p_due_at AT TIME ZONE 'Asia/Shanghai') AND y.state = 'published');
END $$;

-- What was promised: the deadline of a stage as the category stood when the case was received; null: that stage has none.
CREATE FUNCTION stage_deadline(p_category text, p_received_at timestamptz, p_stage text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (category_at(p_category, p_received_at)).deadlines -> p_stage;
END $$;

-- Whether this is one kind of duration and a sensible number of it: days are whole, hours not below a minute.
CREATE FUNCTION is_deadline(p_deadline jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = gridwarden, public AS $$
    SELECT jsonb_typeof(p_deadline) = 'object' AND count(*) = 1 AND coalesce(bool_and(
        jsonb_typeof(k.value) = 'number' AND CASE
            WHEN k.key IN ('urgent_hours', 'work_hours', 'hours') THEN (k.value #>> '{}')::numeric BETWEEN 1 / 60.0 AND 10000
            WHEN k.key IN ('work_days', 'days') THEN (k.value #>> '{}')::numeric BETWEEN 1 AND 1000 AND (k.value #>> '{}')::numeric % 1 = 0
            ELSE false END), false)
    FROM jsonb_each(CASE jsonb_typeof(p_deadline) WHEN 'object' THEN p_deadline ELSE '{}' END) k
$$;

-- Whether these are the deadlines of a category: of known stages, and of solving in any case.
CREATE FUNCTION are_deadlines(p_deadlines jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = gridwarden, public AS $$
    SELECT jsonb_typeof(p_deadlines) = 'object' AND p_deadlines ? 'solve' AND coalesce(bool_and(
        k.key IN ('accept', 'dispatch', 'solve', 'recheck') AND is_deadline(k.value)), false)
    FROM jsonb_each(CASE jsonb_typeof(p_deadlines) WHEN 'object' THEN p_deadlines ELSE '{}' END) k
$$;

-- What 0007_down.sql added for a service that knows hours alone.
UPDATE categories SET deadlines = deadlines #- '{solve,hours}'
WHERE deadlines -> 'solve' ?| '{urgent_hours,work_hours,work_days,days}' AND deadlines -> 'solve' ? 'hours';
ALTER TABLE categories DROP CONSTRAINT categories_deadlines_check;
ALTER TABLE categories ADD CONSTRAINT categories_deadlines_check CHECK (are_deadlines(deadlines));

INSERT INTO office_hours VALUES ('1900-01-01', '08:30', '12:00'), ('1900-01-01', '14:00', '17:30');
INSERT INTO calendar_years SELECT y, 'not published yet' FROM generate_series(2015, 2035) y;
SELECT rebuild_work_spans();
ANALYZE work_spans;

REVOKE EXECUTE ON FUNCTION rebuild_work_spans, work_clock, work_instant, work_seconds, due_after, due_moved, is_provisional, stage_deadline,
    is_deadline, are_deadlines FROM PUBLIC;
GRANT SELECT ON calendar_years, calendar_days, office_hours, work_spans TO gridwarden_web, gridwarden_worker;
GRANT EXECUTE ON FUNCTION work_clock, work_instant, work_seconds, due_after, is_provisional TO gridwarden_web, gridwarden_worker;
GRANT EXECUTE ON FUNCTION stage_deadline TO gridwarden_web;
