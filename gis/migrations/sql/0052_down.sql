-- Cases that others have a part of cannot be kept without: their parts are forgotten, what was said of them stays in the history.
DROP TRIGGER assisting_see ON cases;
UPDATE cases c SET elsewhere = (owned_by(c, jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id))).elsewhere
WHERE EXISTS (SELECT FROM parts t WHERE t.case_id = c.id);
UPDATE steps SET needs = array_remove(needs, 'parts') WHERE 'parts' = ANY (needs);
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
            'handed_over', r.topic = 'case.split_off' OR r.topic = 'report.received' AND NOT r.payload ? 'joined' OR EXISTS (
                SELECT FROM events e WHERE e.case_id = r.case_id AND e.seq = (r.payload ->> 'seq')::integer AND e.data ? 'owner')) AS facts
        FROM rows r
    )
    (SELECT DISTINCT ON (a.id, lower(mail_address(k.contact))) a.id, 'reporter', 'report:' || r.id, k.lang, a.facts
     -- What went into another case is told to those who reported it, and not to all who reported the other one.
     FROM asked a JOIN reports r ON CASE WHEN a.topic IN ('case.merge', 'case.join') THEN r.id IN (
              SELECT (e.data ->> 'report_id')::bigint FROM events e WHERE e.case_id IN (SELECT k.kin_id FROM kin(ARRAY[a.case_id]) k) AND e.verb IN ('receive', 'split_off'))
              AND r.case_id <> a.case_id ELSE r.case_id = a.case_id END
     JOIN report_contacts k ON k.report_id = r.id
     WHERE mail_address(k.contact) IS NOT NULL AND (a.topic <> 'report.received' OR r.id = (a.payload ->> 'report_id')::bigint)
       -- Whoever said himself that it is the same knows.
       AND CASE WHEN a.topic IN ('case.join', 'case.reopen') THEN EXISTS (
               SELECT FROM events e WHERE e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer
               AND CASE e.verb WHEN 'join' THEN e.data -> 'as' ? 'service' ELSE r.id IS DISTINCT FROM (e.data ->> 'again')::bigint END) ELSE true END
     ORDER BY a.id, lower(mail_address(k.contact)), r.id DESC)
    UNION ALL
    SELECT a.id, 'owner', 'person:' || p.id, p.lang, a.facts
    FROM asked a, people_of(a.owner, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
      -- A claim that waits for its re-check is late with those who look again.
      AND NOT (a.topic IN ('case.stage_overdue', 'case.stage_due_soon') AND a.facts ->> 'state' = 'claimed_solved')
      -- Nobody is written to about what he did himself.
      AND NOT EXISTS (SELECT FROM postings s WHERE s.id = (a.payload ->> 'posting_id')::integer AND s.person_id = p.id)
    UNION ALL
    SELECT a.id, 'rechecker', 'person:' || p.id, p.lang, a.facts
    FROM asked a JOIN cases c ON c.id = a.case_id AND c.state = 'claimed_solved'
         AND (a.topic IN ('case.stage_overdue', 'case.stage_due_soon') AND a.facts ->> 'state' = 'claimed_solved' OR a.topic = 'case.claim' AND cardinality(c.recheck) > 0
              OR a.topic = 'case.alarm' AND EXISTS (SELECT FROM events e WHERE e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer AND e.data ? 'recheck')),
         recheckers(c, p_at) w JOIN people p ON p.id = w
    WHERE mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT a.id, 'supervisor', 'person:' || p.id, p.lang, a.facts
    FROM asked a JOIN events e ON e.case_id = a.case_id AND e.seq = (a.payload ->> 'seq')::integer AND e.verb = 'alarm'
         JOIN postings s ON s.id = (e.data ->> 'supervisor_posting_id')::integer JOIN people p ON p.id = s.person_id
    WHERE a.topic = 'case.alarm' AND mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT a.id, 'program', 'subscription:' || s.id, 'en', a.facts
    FROM asked a JOIN cases c ON c.id = a.case_id AND NOT c.private AND NOT c.about_official
    JOIN subscriptions s ON s.ended_at IS NULL AND s.area_code = ANY (a.chain) AND a.topic = ANY (s.topics)
    UNION ALL
    SELECT o.id, t.relation, 'person:' || p.id, p.lang, jsonb_build_object('cause_id', o.payload -> 'cause_id')
    FROM outbox o CROSS JOIN LATERAL (
        SELECT 'owner' AS relation, w AS person_id FROM people_of(o.payload -> 'owner', p_at) w
        UNION ALL
        SELECT 'supervisor', s.person_id FROM postings s
        WHERE s.id = supervisor_over((SELECT b.chain FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = o.payload #>> '{owner,area_code}'), p_at)
          -- Who sits at the desk, too, is told as that.
          AND s.person_id NOT IN (SELECT people_of(o.payload -> 'owner', p_at))) t JOIN people p ON p.id = t.person_id
    WHERE o.id = ANY (p_ids) AND o.topic = 'cause.raised' AND mail_address(p.email) IS NOT NULL
    UNION ALL
    SELECT o.id, 'lists', 'posting:' || s.id || ':' || p.id, p.lang, '{}'
    FROM outbox o JOIN postings s ON s.role IN ('head', 'deputy', 'desk') AND s.during @> p_at, list_readers(s, p_at) w JOIN people p ON p.id = w
    WHERE o.id = ANY (p_ids) AND o.topic = 'week.begun' AND mail_address(p.email) IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION relations_to(p_case cases, p_person integer, p_link bytea, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_posted postings;
    v_place integer;
    v_owner_place integer := coalesce(array_position(p_case.chain, p_case.owner_area_code::text), cardinality(p_case.chain) + 1);
    v_found text[] := '{}';
    v_directs boolean := false;
BEGIN
    IF p_link IS NOT NULL AND EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND r.key_digest = p_link) THEN
        v_found := v_found || 'reporter'::text;
    ELSIF p_link IS NOT NULL AND report_at_place(p_case, p_link, p_at) IS NOT NULL THEN
        v_found := v_found || 'affected'::text;
    END IF;
    IF p_person IS NULL THEN
        RETURN v_found;
    END IF;
    FOR v_posted IN SELECT * FROM postings p WHERE p.person_id = p_person AND p.during @> p_at LOOP
        v_place := array_position(p_case.chain, v_posted.area_code::text);
        IF works_for_owner(v_posted, p_case) THEN
            v_found := v_found || 'owner'::text;
        END IF;
        IF v_place IS NULL THEN
            CONTINUE;
        END IF;
        IF v_posted.role IN ('desk', 'dispatcher') AND (v_place <= v_owner_place OR NOT EXISTS (
               SELECT FROM postings p WHERE p.area_code = p_case.owner_area_code AND p.during @> p_at AND works_for_owner(p, p_case))) THEN
            v_found := v_found || 'dispatcher'::text;
        END IF;
        IF v_posted.role IN ('desk', 'dispatcher', 'supervisor') THEN
            v_directs := v_directs OR NOT p_case.recheck_above OR v_owner_place = 1 OR v_place < v_owner_place;
            IF v_place < v_owner_place OR v_place = v_owner_place AND (v_posted.role = 'supervisor' OR p_case.owner_role = 'department') THEN
                v_found := v_found || 'above'::text;
            END IF;
        END IF;
        IF v_posted.role IN ('supervisor', 'clerk') THEN
            v_found := v_found || v_posted.role;
        END IF;
    END LOOP;
    -- Whoever handled or directed it does not re-check it, nor does anybody who works for the one that claims.
    IF v_directs AND p_case.state = 'claimed_solved' AND NOT 'owner' = ANY (v_found) AND NOT worked_on(p_case.id, p_person) THEN
        v_found := v_found || 'uninvolved'::text;
    END IF;
    -- Nobody stands above himself: who works for the owner gives himself no extension.
    RETURN ARRAY(SELECT DISTINCT f FROM unnest(v_found) f WHERE f <> 'above' OR NOT 'owner' = ANY (v_found) ORDER BY f);
END $$;

CREATE OR REPLACE FUNCTION missing_need(p_case cases, p_step steps, p_at timestamptz, p_words text, p_data jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_need text;
    v_lacking text[] := lacking(p_case);
BEGIN
    FOREACH v_need IN ARRAY p_step.needs LOOP
        IF v_need = ANY (v_lacking) OR NOT coalesce(CASE v_need
            -- What the service says is the report by which a case came again.
            WHEN 'words' THEN length(p_words) BETWEEN 1 AND 4000 OR p_data ? 'again' AND EXISTS (
                SELECT FROM reports r WHERE r.id = (p_data ->> 'again')::bigint
                AND p_case.state = 'closed' AND r.received_at BETWEEN p_case.closed_at AND p_case.closed_at + interval '30 days')
            WHEN 'owner' THEN p_data -> 'owner' IS NOT NULL AND p_data -> 'owner' <> 'null'
            WHEN 'until' THEN (p_data ->> 'until')::timestamptz > greatest(p_at, CASE WHEN p_step.verb = 'pause' THEN p_at ELSE p_case.due_at END)
            WHEN 'asked' THEN true
            WHEN 'higher' THEN true
            WHEN 'silence' THEN p_case.claimed_at <= p_at - interval '7 days' AND cardinality(p_case.recheck) = 0
            WHEN 'first_word' THEN NOT has_confirmed(p_case.id, (p_data ->> 'by_report')::bigint)
            WHEN 'rating' THEN p_data ->> 'rating' IN ('solved', 'partly', 'not')
            WHEN 'body' THEN length(btrim(p_data ->> 'body')) > 0 AND length(p_data ->> 'body') <= 200
            -- Nothing goes into a claim, past its re-check, nor into a pause, past its own clock.
            WHEN 'into' THEN EXISTS (SELECT FROM cases c WHERE c.id = (p_data ->> 'into')::bigint AND c.id <> p_case.id
                                     AND c.state = ANY ((SELECT m.sources FROM steps m WHERE m.verb = 'merge')::text[]) AND c.chain[1:2] = p_case.chain[1:2] AND c.private = p_case.private
                                     AND c.about_official = p_case.about_official)
            WHEN 'report' THEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND r.number = p_data ->> 'report')
            WHEN 'urgency' THEN urgency_rank(p_data ->> 'urgency') IS NOT NULL AND p_data ->> 'urgency' <> p_case.urgency
            -- What was said about an official was filed apart when it came; no later word moves a case there or away.
            WHEN 'category' THEN EXISTS (SELECT FROM category_at(p_data ->> 'category', p_at) k
                                         WHERE k.code IS NOT NULL AND k.about_official = p_case.about_official)
            END, false) THEN
            RETURN v_need;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION lacking(p_case cases) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN p_case.asked_until IS NULL THEN 'asked' END,
        CASE WHEN (p_case.owner_area_code, p_case.owner_role) = (p_case.chain[1], 'desk') THEN 'higher' END,
        CASE WHEN (SELECT count(*) <= 1 FROM reports r WHERE r.case_id = p_case.id) THEN 'report' END], NULL)
$$;

CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'provisional', promise_is_provisional(c), 'case_id', c.id, 'version', c.version, 'evaluation', c.evaluation, 'my_rating', (SELECT s.rating FROM said_of(c.id) s WHERE s.report_id = r.id), 'recheck', c.recheck, 'joined', r.joined,
        'has_confirmed', c.state = 'claimed_solved' AND has_confirmed(c.id, r.id),
        'owner', jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'desk', (
            SELECT p.desk FROM postings p WHERE p.id = c.owner_posting_id)),
        'events', (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'verb', v.verb, 'state', v.state, 'again', v.data ? 'again',
                                                       'reason', CASE WHEN told_to(x, v, r.id) THEN x.words END) ORDER BY v.seq)
                   FROM events v LEFT JOIN event_words x ON x.event_id = v.id
                   WHERE v.case_id = c.id AND v.verb NOT IN ('note', 'look') AND (NOT r.joined OR v.at >= r.received_at)))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

DROP FUNCTION parts_late, take_part_step, parts_to_do, my_parts, relations_to_part, assisting_posting, assisting_see, is_joint, posted;
DROP TABLE parts, part_steps;
