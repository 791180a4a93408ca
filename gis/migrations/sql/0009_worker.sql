-- What the worker does: it reads the outbox, writes letters and calls programs.  procrastinate's own tables (procrastinate_*)
-- stand beside ours in this schema, so that a job and what it is for commit together; its own file has just made them.

GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers
    TO gridwarden_worker;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq TO gridwarden_worker;
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN SELECT p.oid FROM pg_proc p
                      WHERE p.pronamespace = 'gridwarden'::regnamespace AND p.proname LIKE 'procrastinate\_%' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', v_function);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO gridwarden_worker', v_function);
    END LOOP;
END $$;

-- What was written before there was a worker was never promised to anybody.
UPDATE outbox SET done_at = at WHERE done_at IS NULL;

-- Where staff are written to, and in which language.
ALTER TABLE people
    ADD COLUMN email text CHECK (length(email) <= 200),
    ADD COLUMN lang text NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en'));
-- In which language a reporter reads.
ALTER TABLE report_contacts ADD COLUMN lang text NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en'));

-- A letter to one recipient, or a call of one program.  No address and no words: both are looked up when it is sent, so that what
-- was erased meanwhile stays erased.
CREATE TABLE deliveries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outbox_id  bigint NOT NULL,                      -- no reference: the outbox is cleared after a month
    kind       text NOT NULL CHECK (kind IN ('mail', 'webhook')),
    recipient  text NOT NULL CHECK (recipient ~ '^(report|person|posting|subscription):[0-9]+$'),
    template   text NOT NULL,                        -- of grids/letters.py; of a call its topic
    lang       text NOT NULL CHECK (lang IN ('zh', 'en')),
    case_id    bigint,
    data       jsonb NOT NULL,                       -- ids, codes and states of what it tells
    made_at    timestamptz NOT NULL,                 -- when it happened
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
    tries      integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_at    timestamptz,                          -- not before; null: at once
    last_error text,                                 -- a code of grids/deliveries.py
    sent_at    timestamptz,
    revived_at timestamptz,                          -- when somebody wanted a dead one sent after all
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    UNIQUE (outbox_id, recipient, kind)
);
-- Usage: what waits and has no job; the list of what could not be delivered.
CREATE INDEX deliveries_undelivered ON deliveries (state, id) WHERE state <> 'sent';

-- Programs that are called when a case changes.  The secret is derived from the service's own and the salt (HMAC), so that this
-- table alone signs nothing.
CREATE TABLE subscriptions (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area_code  area_code NOT NULL REFERENCES areas,
    url        text NOT NULL CHECK (url ~ '^https?://' AND length(url) <= 2000),
    salt       bytea NOT NULL CHECK (octet_length(salt) = 16),
    topics     text[] NOT NULL CHECK (cardinality(topics) > 0),
    made_by    integer REFERENCES people,            -- null: on the server
    made_at    timestamptz NOT NULL,
    ended_at   timestamptz CHECK (ended_at >= made_at)
);
-- Usage: concerned(), the subscriptions of a case's areas.
CREATE INDEX subscriptions_by_area ON subscriptions (area_code) WHERE ended_at IS NULL;

-- The weeks whose lists were sent out: each once, also after days without a worker.
CREATE TABLE weeks (
    week  date PRIMARY KEY CHECK (extract(isodow FROM week) = 1),  -- its Monday
    at    timestamptz NOT NULL
);

-- Usage: steps_due(), pauses that are over.
CREATE INDEX cases_pause_ends ON cases (paused_until) WHERE state = 'paused';

-- The address of a contact that is an e-mail address and nothing else; else null.  Plain letters only, so that nothing can be
-- added to the head of a letter.
CREATE FUNCTION mail_address(p_contact text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN btrim(p_contact) ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$' THEN btrim(p_contact) END
$$;

-- The people behind an owner {area_code, role, posting_id} at an instant: who holds the posting, or at a desk or in a department
-- everybody who works there.
CREATE FUNCTION people_of(p_owner jsonb, p_at timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT p.person_id FROM postings p
    WHERE p.area_code = p_owner ->> 'area_code' AND p.during @> p_at AND p.person_id IS NOT NULL AND CASE p_owner ->> 'role'
        WHEN 'desk' THEN p.role IN ('desk', 'dispatcher')
        WHEN 'department' THEN p.role = 'handler' AND p.desk = (
            SELECT d.desk FROM postings d WHERE d.id = (p_owner ->> 'posting_id')::integer)
        ELSE p.role = p_owner ->> 'role' END
$$;

-- An area's name at an instant; its code where the edition does not know it.
CREATE FUNCTION area_name(p_code text, p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT b.name FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_code), p_code);
END $$;

-- A case as a list of staff names it: no words, nobody's name.
CREATE FUNCTION case_line(p_case bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('case_id', c.id, 'area', area_name(coalesce(c.area_code, c.chain[1]), p_at), 'state', c.state,
        'due_at', c.due_at, 'overdue', c.closed_at IS NULL AND past_due(c.due_at, c.paused_at, p_at), 'reopened', c.reopened,
        'category', jsonb_build_object('zh', k.name_zh, 'en', k.name_en))
    FROM cases c, category_at(c.category_code, p_at) k WHERE c.id = p_case
$$;

-- Whom rows of the outbox concern: reporters by report, staff by person, heads and desks by posting (the weekly lists), programs by
-- subscription.  Only who can be reached, and never an address.  A reporter with several reports in a case is one.
CREATE FUNCTION concerned(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH rows AS (
        SELECT o.id, o.topic, o.payload, c.id AS case_id, c.chain, c.state, c.category_code, c.area_code,
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
     FROM asked a JOIN reports r ON r.case_id = a.case_id JOIN report_contacts k ON k.report_id = r.id
     WHERE mail_address(k.contact) IS NOT NULL AND (a.topic <> 'report.received' OR r.id = (a.payload ->> 'report_id')::bigint)
     ORDER BY a.id, lower(mail_address(k.contact)), r.id DESC)
    UNION ALL
    SELECT a.id, 'owner', 'person:' || p.id, p.lang, a.facts
    FROM asked a, people_of(a.owner, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
      -- Nobody is written to about what he did himself.
      AND NOT EXISTS (SELECT FROM postings s WHERE s.id = (a.payload ->> 'posting_id')::integer AND s.person_id = p.id)
    UNION ALL
    SELECT a.id, 'program', 'subscription:' || s.id, 'en', a.facts
    FROM asked a JOIN subscriptions s ON s.ended_at IS NULL AND s.area_code = ANY (a.chain) AND a.topic = ANY (s.topics)
    UNION ALL
    SELECT o.id, 'lists', 'posting:' || s.id, p.lang, '{}'
    FROM outbox o JOIN postings s ON s.role IN ('head', 'desk') AND s.during @> p_at JOIN people p ON p.id = s.person_id
    WHERE o.id = ANY (p_ids) AND o.topic = 'week.begun' AND mail_address(p.email) IS NOT NULL
$$;

-- What a letter says, with the address that it goes to; null: whoever it was for cannot be reached any more.
-- The reason is the text of the step that it tells of, where the reporters may read it.
CREATE FUNCTION letter_facts(p_delivery bigint, p_at timestamptz) RETURNS jsonb
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
        SELECT mail_address(p.email) INTO v_address FROM postings s JOIN people p ON p.id = s.person_id
        WHERE s.id = v_id AND s.during @> p_at;
        RETURN (SELECT jsonb_build_object('address', v_address, 'area_code', s.area_code, 'area', area_name(s.area_code, p_at), 'role', s.role,
                                          'desk', s.desk) FROM postings s WHERE s.id = v_id AND v_address IS NOT NULL);
    END CASE;
    SELECT jsonb_build_object(
        'address', v_address, 'number', v_report.number, 'received_at', coalesce(v_report.received_at, c.received_at),
        'case_id', c.id, 'due_at', c.due_at, 'area_code', c.area_code,
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

-- The lists of a week that begins: of an area what is open, overdue or was not solved (问题清单); of a posting what it did in the week
-- before and what is due in this one (履职清单).  At most p_limit lines a list, beside the full numbers.
CREATE FUNCTION week_lists(p_posting integer, p_begins timestamptz, p_at timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH posted AS (SELECT s.id, s.area_code, s.role FROM postings s WHERE s.id = p_posting),
    problems AS MATERIALIZED (
        SELECT c.* FROM posted s JOIN cases c ON c.chain && ARRAY[s.area_code::text]
        WHERE c.closed_at IS NULL
           -- Closed without a confirmed solution: it stays in the list for a month.
           OR c.closed_at >= p_begins - interval '30 days' AND c.state <> 'merged' AND c.confirmed IS NOT TRUE
    ),
    due AS MATERIALIZED (
        SELECT c.* FROM posted s JOIN cases c ON c.owner_area_code = s.area_code AND c.owner_role = s.role
        WHERE c.closed_at IS NULL AND c.due_at < p_begins + interval '7 days'
    )
    SELECT jsonb_build_object(
        'open', (SELECT count(*) FROM problems c WHERE c.closed_at IS NULL),
        'overdue', (SELECT count(*) FROM problems c WHERE c.closed_at IS NULL AND past_due(c.due_at, c.paused_at, p_at)),
        'unsolved', (SELECT count(*) FROM problems c WHERE c.closed_at IS NOT NULL OR c.due_at < p_at OR c.reopened > 0),
        'problems', (SELECT coalesce(jsonb_agg(case_line(c.id, p_at) ORDER BY c.closed_at IS NOT NULL, c.due_at, c.id), '[]')
                     FROM (SELECT * FROM problems c ORDER BY c.closed_at IS NOT NULL, c.due_at, c.id LIMIT p_limit) c),
        'done', (SELECT coalesce(jsonb_object_agg(v.verb, v.times), '{}') FROM (
                     SELECT e.verb, count(*) AS times FROM events e
                     WHERE e.posting_id = p_posting AND e.at >= p_begins - interval '7 days' AND e.at < p_begins GROUP BY e.verb) v),
        'due', (SELECT count(*) FROM due),
        'due_cases', (SELECT coalesce(jsonb_agg(case_line(c.id, p_at) ORDER BY c.due_at, c.id), '[]')
                      FROM (SELECT * FROM due c ORDER BY c.due_at, c.id LIMIT p_limit) c))
$$;
-- Usage: week_lists(), what a posting did in a week.
CREATE INDEX events_by_posting ON events (posting_id, at) WHERE posting_id IS NOT NULL;

-- Puts the lists of a week into the outbox, once; answers whether this call did.
CREATE FUNCTION begin_week(p_week date, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    INSERT INTO weeks VALUES (p_week, p_at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO outbox (topic, payload, at) VALUES ('week.begun', jsonb_build_object('week', p_week), p_at);
    RETURN true;
END $$;

-- Which steps the service itself has to take: cases after seven days of silence, pauses that are over.
CREATE FUNCTION steps_due(p_at timestamptz, p_limit integer) RETURNS TABLE (verb text, case_id bigint, version integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    (SELECT 'lapse', c.id, c.version FROM cases c
     WHERE c.state = 'claimed_solved' AND c.claimed_at <= p_at - interval '7 days' AND cardinality(c.recheck) = 0
     ORDER BY c.claimed_at LIMIT p_limit)
    UNION ALL
    (SELECT 'resume', c.id, c.version FROM cases c WHERE c.state = 'paused' AND c.paused_until <= p_at
     ORDER BY c.paused_until LIMIT p_limit)
$$;

-- One job for each delivery.  A second one that waits for the same is refused (queueing_lock), and no two run at once (lock).
CREATE FUNCTION queue_deliveries(p_ids bigint[]) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT procrastinate_defer_jobs_v1(array_agg(ROW('deliveries', 'deliver', 0, 'delivery-' || d, 'delivery-' || d,
        jsonb_build_object('delivery_id', d), NULL)::procrastinate_job_to_defer_v1)) FROM unnest(p_ids) d
    HAVING count(*) > 0
$$;

-- What waits and has no job: it was told again to be sent, or there was no mail server.
CREATE FUNCTION jobless_deliveries(p_with_mail boolean, p_at timestamptz, p_limit integer) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT d.id FROM deliveries d
    WHERE d.state = 'waiting' AND (p_with_mail OR d.kind <> 'mail') AND (d.next_at IS NULL OR d.next_at <= p_at)
      AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.status = 'todo' AND j.queueing_lock = 'delivery-' || d.id)
      AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.status = 'doing' AND j.lock = 'delivery-' || d.id)
    ORDER BY d.id LIMIT p_limit
$$;

-- Forgets what nobody needs any more; answers how many rows of each kind.
CREATE FUNCTION clear_old(p_at timestamptz) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH gone_keys AS (DELETE FROM idempotency_keys WHERE at < p_at - interval '7 days' RETURNING 1),
    gone_sessions AS (DELETE FROM sessions WHERE expires_at <= p_at RETURNING 1),
    gone_tries AS (DELETE FROM log_in_tries WHERE at < p_at - interval '1 day' RETURNING 1),
    gone_news AS (DELETE FROM outbox WHERE done_at < p_at - interval '30 days' RETURNING 1),
    gone_letters AS (DELETE FROM deliveries WHERE sent_at < p_at - interval '90 days'
                     OR last_error = 'too_old' AND coalesce(revived_at, made_at) < p_at - interval '90 days' RETURNING 1)
    SELECT jsonb_build_object(
        'idempotency_keys', (SELECT count(*) FROM gone_keys), 'sessions', (SELECT count(*) FROM gone_sessions),
        'log_in_tries', (SELECT count(*) FROM gone_tries), 'outbox', (SELECT count(*) FROM gone_news),
        'deliveries', (SELECT count(*) FROM gone_letters))
$$;

-- Rights.
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON deliveries TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY worker_may ON deliveries TO gridwarden_worker USING (true) WITH CHECK (true);
-- An administrator sees what could not be delivered in his areas; lists that belong to no case are for any administrator.
CREATE POLICY administrator_reads ON deliveries FOR SELECT TO gridwarden_web USING (
    (SELECT actor_areas('administrator')) <> '{}' AND (case_id IS NULL OR EXISTS (
        SELECT FROM cases c WHERE c.id = deliveries.case_id AND c.chain && (SELECT actor_areas('administrator')))));
GRANT SELECT ON deliveries TO gridwarden_web;
GRANT SELECT, INSERT, UPDATE ON deliveries TO gridwarden_worker;
GRANT SELECT, UPDATE (ended_at) ON subscriptions TO gridwarden_worker;
REVOKE EXECUTE ON FUNCTION mail_address, people_of, concerned, letter_facts, area_name, week_lists, case_line, begin_week, steps_due,
    queue_deliveries, jobless_deliveries, clear_old FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concerned, letter_facts, week_lists, begin_week, steps_due, queue_deliveries, jobless_deliveries, clear_old
    TO gridwarden_worker;
