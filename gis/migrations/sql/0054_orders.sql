-- Supervision: orders on a case, each with a deadline of its own, and the board on which a supervisor sees what does not go by itself.

-- What a supervisor orders of whoever has a case.  It stays with the case: another owner has to answer it, and it is judged after the case is closed, too.
-- Its words stand with its events.
CREATE TABLE orders (
    case_id           bigint NOT NULL REFERENCES cases,
    nth               integer NOT NULL CHECK (nth > 0),     -- in its case
    state             text NOT NULL DEFAULT 'given' CHECK (state IN ('given', 'answered', 'kept', 'not_kept', 'withdrawn')),
    version           integer NOT NULL DEFAULT 1,
    given_by          integer NOT NULL REFERENCES postings,
    given_at          timestamptz NOT NULL,
    -- To whom: the owner of the case at that time.
    owner_area_code   area_code NOT NULL REFERENCES areas,
    owner_role        text NOT NULL,
    owner_posting_id  integer REFERENCES postings,
    due_at            timestamptz NOT NULL,
    late_due_at       timestamptz,                          -- the deadline of which it was told that it has passed
    answered_at       timestamptz,
    ended_at          timestamptz,
    PRIMARY KEY (case_id, nth),
    CHECK ((state IN ('kept', 'not_kept', 'withdrawn')) = (ended_at IS NOT NULL))
);
-- Usage: board_look(), the orders that are not judged yet.
CREATE INDEX orders_open ON orders (case_id) WHERE ended_at IS NULL;
-- Usage: orders_late(), those of which it was not told yet.
CREATE INDEX orders_ripe ON orders (due_at) WHERE state = 'given' AND late_due_at IS DISTINCT FROM due_at;

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON orders TO gridwarden_owner USING (true) WITH CHECK (true);
-- Whoever sees the case.
CREATE POLICY chain_reads ON orders FOR SELECT TO gridwarden_web USING (EXISTS (SELECT FROM cases c WHERE c.id = orders.case_id));
GRANT SELECT ON orders TO gridwarden_web;

-- grids/order_steps.py, row by row.  Without sources: a new one, on an open case.
CREATE TABLE order_steps (
    verb     text PRIMARY KEY,
    sources  text[] NOT NULL,
    target   text NOT NULL,
    who      text NOT NULL,
    needs    text[] NOT NULL
);
INSERT INTO order_steps (verb, sources, target, who, needs) VALUES
    ('order_give', '{}', 'given', 'supervisor', '{words,until}'),
    ('order_answer', '{given}', 'answered', 'owner', '{words}'),
    ('order_keep', '{given,answered}', 'kept', 'supervisor', '{words}'),
    ('order_not_keep', '{given,answered}', 'not_kept', 'supervisor', '{words}'),
    ('order_until', '{given,answered}', 'given', 'supervisor', '{words,until}'),
    ('order_withdraw', '{given,answered}', 'withdrawn', 'supervisor', '{words}');
GRANT SELECT ON order_steps TO gridwarden_web;

-- As which supervisor somebody directs a case by an order: in his posting nearest to it, of those that stand at or above an area of its chain.  Null: as none,
-- nor does anybody who works for its owner.
CREATE FUNCTION supervises(p_case cases, p_over text, p_person integer, p_at timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT p.id FROM postings p
    WHERE p.person_id = p_person AND p.role = 'supervisor' AND p.during @> p_at
      AND array_position(p_case.chain, p.area_code::text) <= coalesce(array_position(p_case.chain, p_over), cardinality(p_case.chain))
      AND NOT EXISTS (SELECT FROM postings w WHERE w.person_id = p_person AND w.during @> p_at AND works_for_owner(w, p_case))
    ORDER BY array_position(p_case.chain, p.area_code::text) DESC, p.id LIMIT 1
$$;

-- Over what a supervisor must stand: who gives an order, over whoever has the case now; who judges or changes it, no lower than whoever gave it.
CREATE FUNCTION order_over(p_case cases, p_order orders) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT p.area_code::text FROM postings p WHERE p.id = p_order.given_by), p_case.owner_area_code::text)
$$;

-- The steps of an order that are open to somebody, of a new one where p_order is null.
CREATE FUNCTION order_open_to(p_case cases, p_order orders, p_person integer, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(s.verb ORDER BY s.verb), '{}') FROM order_steps s
    WHERE CASE WHEN p_order.nth IS NULL THEN s.sources = '{}' AND p_case.closed_at IS NULL ELSE p_order.state = ANY (s.sources) END
      AND CASE s.who WHEN 'owner' THEN EXISTS (SELECT FROM postings w WHERE w.person_id = p_person AND w.during @> p_at AND works_for_owner(w, p_case))
                     ELSE supervises(p_case, order_over(p_case, p_order), p_person, p_at) IS NOT NULL END
$$;

-- What the actor may do about the orders of a case that he sees: by order, and under 0 about a new one.
CREATE FUNCTION my_orders(p_case bigint, p_at timestamptz) RETURNS TABLE (nth integer, verbs text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce(o.nth, 0), order_open_to(c, o, actor_person(), p_at)
    FROM cases c JOIN (SELECT * FROM orders WHERE case_id = p_case UNION ALL SELECT (NULL::orders).*) o ON true
    WHERE c.id = p_case AND actor_sees(c)
$$;

-- Takes a step of an order, or gives one (p_nth null; p_version is then how many the case has); under the lock of the case, with an event of it.
-- GW020 it has changed, GW021 not from its state, GW022 for others, GW023 something is missing, GW024 no such case or order for this actor.
CREATE FUNCTION take_order(p_session bytea, p_at timestamptz, p_case bigint, p_nth integer, p_version integer, p_verb text, p_words text, p_until timestamptz)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_case cases;
    v_before orders;
    v_order orders;
    v_step order_steps;
    v_open text[];
    v_posting integer;
    v_seq integer;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case FOR UPDATE;
    SELECT * INTO v_before FROM orders o WHERE o.case_id = p_case AND o.nth = p_nth;
    v_open := order_open_to(v_case, v_before, v_person, p_at);
    IF v_case.id IS NULL OR p_nth IS NOT NULL AND v_before.nth IS NULL OR cardinality(v_open) = 0 AND NOT actor_sees(v_case) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    IF p_version IS DISTINCT FROM coalesce(v_before.version, (SELECT count(*)::integer FROM orders o WHERE o.case_id = p_case)) THEN
        RAISE EXCEPTION 'the order has changed' USING ERRCODE = 'GW020', DETAIL = (
            SELECT jsonb_build_object('version', coalesce(v_before.version, max(o.nth)), 'state', coalesce('order_' || v_before.state, 'ordered'))
            FROM orders o WHERE o.case_id = p_case)::text;
    END IF;
    SELECT * INTO v_step FROM order_steps s WHERE s.verb = p_verb
        AND CASE WHEN v_before.nth IS NULL THEN s.sources = '{}' AND v_case.closed_at IS NULL ELSE v_before.state = ANY (s.sources) END;
    IF v_step.verb IS NULL THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'GW021', DETAIL = jsonb_build_object(
            'state', coalesce(v_before.state, v_case.state), 'allowed', v_open)::text;
    END IF;
    IF NOT p_verb = ANY (v_open) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW022', DETAIL = jsonb_build_object('who', ARRAY[v_step.who], 'allowed', v_open)::text;
    END IF;
    IF coalesce(length(p_words), 0) NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = '{"need": "words"}';
    END IF;
    IF 'until' = ANY (v_step.needs) AND NOT coalesce(p_until > p_at, false) THEN
        RAISE EXCEPTION 'something is missing' USING ERRCODE = 'GW023', DETAIL = '{"need": "order_until"}';
    END IF;
    v_posting := CASE v_step.who WHEN 'owner' THEN acting_posting(v_case, v_person, p_at)
                                 ELSE supervises(v_case, order_over(v_case, v_before), v_person, p_at) END;
    IF v_before.nth IS NULL THEN
        INSERT INTO orders (case_id, nth, given_by, given_at, owner_area_code, owner_role, owner_posting_id, due_at)
        VALUES (p_case, p_version + 1, v_posting, p_at, v_case.owner_area_code, v_case.owner_role, v_case.owner_posting_id, p_until)
        RETURNING * INTO v_order;
    ELSE
        UPDATE orders o SET state = v_step.target, version = o.version + 1, due_at = CASE WHEN 'until' = ANY (v_step.needs) THEN p_until ELSE o.due_at END,
            answered_at = CASE v_step.target WHEN 'answered' THEN p_at WHEN 'given' THEN NULL ELSE o.answered_at END,
            ended_at = CASE WHEN v_step.target NOT IN ('given', 'answered') THEN p_at END
        WHERE o.case_id = p_case AND o.nth = p_nth RETURNING * INTO v_order;
    END IF;
    v_seq := add_event(v_case, p_at, p_verb, v_posting, p_words, false, order_event(v_order)
        || CASE WHEN v_before.nth IS NULL THEN jsonb_build_object('ordered', jsonb_build_object(
               'area_code', v_order.owner_area_code, 'role', v_order.owner_role, 'posting_id', v_order.owner_posting_id)) ELSE '{}' END
        || CASE WHEN v_before.due_at <> v_order.due_at THEN jsonb_build_object('order_due_before', v_before.due_at) ELSE '{}' END);
    RETURN jsonb_build_object('case_id', p_case, 'nth', v_order.nth, 'state', v_order.state, 'version', v_order.version, 'due_at', v_order.due_at, 'seq', v_seq);
END $$;

-- What an event of a case tells of an order.
CREATE FUNCTION order_event(p_order orders) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('order', p_order.nth, 'order_state', p_order.state, 'order_due_at', p_order.due_at)
$$;

-- Tells of orders whose deadline has passed without an answer, each deadline once; answers of how many.  The cases are locked in the order of their numbers, so
-- that two workers do not wait for each other, and what another one told meanwhile is not told again.
CREATE FUNCTION orders_late(p_at timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_cases bigint[];
    v_order orders;
    v_case cases;
    v_told integer := 0;
BEGIN
    v_cases := ARRAY(SELECT o.case_id FROM orders o WHERE o.state = 'given' AND o.late_due_at IS DISTINCT FROM o.due_at AND o.due_at <= p_at
                     ORDER BY o.due_at, o.case_id LIMIT p_limit);
    PERFORM FROM cases c WHERE c.id = ANY (v_cases) ORDER BY c.id FOR UPDATE;
    FOR v_order IN
        UPDATE orders o SET late_due_at = o.due_at
        WHERE o.case_id = ANY (v_cases) AND o.state = 'given' AND o.late_due_at IS DISTINCT FROM o.due_at AND o.due_at <= p_at
        RETURNING o.*
    LOOP
        SELECT * INTO v_case FROM cases c WHERE c.id = v_order.case_id;
        PERFORM add_event(v_case, p_at, 'order_late', NULL, NULL, false, order_event(v_order));
        v_told := v_told + 1;
    END LOOP;
    RETURN v_told;
END $$;

-- Whom rows of the outbox concern because he gave an order: whoever gave it, as long as he is posted as that, else the nearest supervisor over the owner.
CREATE FUNCTION concerned_by_orders(p_ids bigint[], p_at timestamptz)
RETURNS TABLE (outbox_id bigint, relation text, recipient text, lang text, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT o.id, 'orderer', 'person:' || p.id, p.lang, jsonb_build_object(
        'seq', o.payload -> 'seq', 'verb', o.payload -> 'verb', 'state', o.payload -> 'state',
        'category', c.category_code, 'area_code', c.area_code, 'owner', o.payload -> 'owner', 'handed_over', false)
    FROM outbox o JOIN cases c ON c.id = (o.payload ->> 'case_id')::bigint
         JOIN events e ON e.case_id = c.id AND e.seq = (o.payload ->> 'seq')::integer
         JOIN orders r ON r.case_id = c.id AND r.nth = (e.data ->> 'order')::integer
         JOIN postings s ON s.id = coalesce((SELECT g.id FROM postings g WHERE g.id = r.given_by AND g.during @> p_at), supervisor_of(c, p_at))
         JOIN people p ON p.id = s.person_id
    WHERE o.id = ANY (p_ids) AND o.topic IN ('case.order_answer', 'case.order_late') AND mail_address(p.email) IS NOT NULL
$$;

-- What a letter says of the order that it tells of, beside letter_facts(); to whoever gets a case, of the one that he has to answer first.  {}: of none.
CREATE FUNCTION order_told(p_delivery bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT coalesce((
        SELECT jsonb_build_object('order', jsonb_build_object('nth', e.data -> 'order', 'due_at', e.data -> 'order_due_at'))
        FROM deliveries d JOIN events e ON e.case_id = d.case_id AND e.seq = (d.data ->> 'seq')::integer
        WHERE d.id = p_delivery AND e.data ? 'order'), (
        SELECT jsonb_build_object('order', jsonb_build_object('nth', o.nth, 'due_at', o.due_at))
        FROM deliveries d JOIN orders o ON o.case_id = d.case_id AND o.state = 'given'
        WHERE d.id = p_delivery AND d.template = 'owned' ORDER BY o.due_at, o.nth LIMIT 1), '{}')
$$;

-- What stands on the board of whoever supervises some areas, and in which of its sections.  By `act_by` it is sorted, but for orders by `order_due`, what is late
-- first, and for answers by `answered_at`.
--   overdue    its deadline has passed (past_due)
--   returned   sent back twice or more
--   paused     for more than 14 days, or its pause is over
--   recurring  it keeps coming back, or is a hazard
--   unowned    nobody is posted as its owner, or nobody has accepted it 30 minutes after it was received
--   recheck    claimed as solved, and a re-check is compulsory or was drawn
--   orders     an order waits for its answer, also of a case that is closed
--   answered   an answer waits for its judgement, also of a case that is closed
-- A plain SQL function, so that the planner sees through it.
CREATE FUNCTION board_open(p_areas text[], p_at timestamptz)
RETURNS TABLE (id bigint, act_by timestamptz, chain text[], category_code text, order_due timestamptz, answered_at timestamptz,
               overdue boolean, returned boolean, paused boolean, recurring boolean, unowned boolean, recheck boolean)
LANGUAGE sql STABLE AS $$
    SELECT c.id, least(coalesce(c.paused_until, c.due_at), c.stage_due_at), c.chain, c.category_code, o.order_due, o.answered_at,
           past_due(c.due_at, c.paused_at, p_at), c.returned >= 2,
           c.state = 'paused' AND (c.paused_at < p_at - interval '14 days' OR c.paused_until <= p_at),
           c.recurring OR c.hazard,
           c.owner_posting_id IS NULL OR c.owner_posting_id NOT IN (SELECT p.id FROM postings p WHERE p.during @> p_at)
               OR c.state = 'received' AND c.received_at < p_at - interval '30 minutes',
           c.state = 'claimed_solved' AND cardinality(c.recheck) > 0
    FROM cases c LEFT JOIN (
        SELECT w.case_id, min(w.due_at) FILTER (WHERE w.state = 'given') AS order_due, min(w.answered_at) FILTER (WHERE w.state = 'answered') AS answered_at
        FROM orders w WHERE w.ended_at IS NULL GROUP BY w.case_id) o ON o.case_id = c.id
    WHERE c.closed_at IS NULL AND c.chain && p_areas
    UNION ALL
    SELECT c.id, c.due_at, c.chain, c.category_code, min(w.due_at) FILTER (WHERE w.state = 'given'), min(w.answered_at) FILTER (WHERE w.state = 'answered'),
           false, false, false, false, false, false
    FROM orders w JOIN cases c ON c.id = w.case_id
    WHERE w.ended_at IS NULL AND c.closed_at IS NOT NULL AND c.chain && p_areas GROUP BY c.id
$$;

-- How many cases of the areas that the actor supervises stand in each section, under the filters of the page (null: all), `late` of the orders; and a page of a
-- section: [{id, key}], after (p_after_key, p_after_id) where a page came before.  One pass over what is open.
CREATE FUNCTION board_look(p_at timestamptz, p_section text, p_area text, p_category text, p_after_key timestamptz, p_after_id bigint, p_limit integer,
                           OUT counts jsonb, OUT page jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_areas text[] := actor_areas('supervisor');
BEGIN
    WITH board AS MATERIALIZED (
        SELECT b.* FROM board_open(v_areas, p_at) b
        WHERE (p_area IS NULL OR b.chain @> ARRAY[p_area]) AND (p_category IS NULL OR b.category_code = p_category)
    ),
    shown AS (
        SELECT b.id, CASE p_section WHEN 'orders' THEN b.order_due WHEN 'answered' THEN b.answered_at ELSE b.act_by END AS key FROM board b
        WHERE CASE p_section WHEN 'overdue' THEN b.overdue WHEN 'returned' THEN b.returned WHEN 'paused' THEN b.paused WHEN 'recurring' THEN b.recurring
                             WHEN 'unowned' THEN b.unowned WHEN 'recheck' THEN b.recheck WHEN 'orders' THEN b.order_due IS NOT NULL
                             WHEN 'answered' THEN b.answered_at IS NOT NULL ELSE false END
    )
    SELECT (SELECT jsonb_build_object(
                'overdue', count(*) FILTER (WHERE b.overdue), 'returned', count(*) FILTER (WHERE b.returned),
                'paused', count(*) FILTER (WHERE b.paused), 'recurring', count(*) FILTER (WHERE b.recurring),
                'unowned', count(*) FILTER (WHERE b.unowned), 'recheck', count(*) FILTER (WHERE b.recheck),
                'orders', count(b.order_due), 'answered', count(b.answered_at)) FROM board b),
           (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'key', f.key) ORDER BY f.key, f.id), '[]') FROM (
                SELECT s.* FROM shown s WHERE p_after_key IS NULL OR (s.key, s.id) > (p_after_key, p_after_id) ORDER BY s.key, s.id LIMIT p_limit) f)
    INTO counts, page;
END $$;

-- As before; what is ordered of those who have a case is no news to its reporters.
CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT v.told || jsonb_build_object(
        'mediation', (SELECT jsonb_build_object('state', CASE m.state WHEN 'vacant' THEN 'opened' ELSE m.state END, 'outcome', m.outcome)
                      FROM mediations m WHERE m.case_id = (v.told ->> 'case_id')::bigint),
        'events', (SELECT coalesce(jsonb_agg(e ORDER BY place), '[]') FROM jsonb_array_elements(v.told -> 'events') WITH ORDINALITY u (e, place)
                   WHERE NOT starts_with(e ->> 'verb', 'order_') AND NOT starts_with(e ->> 'verb', 'mediation_')
                      OR e ->> 'verb' IN ('mediation_open', 'mediation_agree', 'mediation_fail', 'mediation_withdraw')))
    FROM reporter_view_of_case(p_number, p_link_digest) v (told) WHERE v.told IS NOT NULL
$$;

REVOKE EXECUTE ON FUNCTION supervises, order_over, order_open_to, my_orders, take_order, order_event, orders_late, concerned_by_orders, order_told, board_open, board_look
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_orders, take_order, board_look TO gridwarden_web;
GRANT EXECUTE ON FUNCTION orders_late, concerned_by_orders, order_told TO gridwarden_worker;
