-- What a desk has before it: the open cases that somebody directs, and what each of them waits for.  Row-level security keeps
-- the planner from its statistics and from `&&` as an index condition, so what goes through all open cases of a city runs as the
-- owner and asks for the actor's rights itself; the rows of a page are then read under the policies again.

-- Usage: desk_cases(), the earliest deadline first: of the stage, of the whole, or of the pause.
CREATE INDEX cases_open_by_deadline ON cases ((least(coalesce(paused_until, due_at), stage_due_at)), id) WHERE closed_at IS NULL;

-- The grids that have no head at an instant.
CREATE FUNCTION grids_without_head(p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(b.code::text), '{}') FROM edition_at(p_at) e JOIN boundaries b ON b.edition_id = e.id AND b.level = e.levels[cardinality(e.levels)]
    WHERE NOT EXISTS (SELECT FROM postings p WHERE p.area_code = b.code AND p.role = 'head' AND p.during @> p_at)
$$;

-- The claims that the actor has handled or directed in whatever posting: others re-check them.
CREATE FUNCTION claims_handled() RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT c.id), '{}') FROM cases c JOIN events e ON e.case_id = c.id
    WHERE c.state = 'claimed_solved' AND e.posting_id = ANY (ARRAY(SELECT p.id FROM postings p WHERE p.person_id = actor_person()))
      AND handles(e.verb, e.data)
$$;

-- The open cases of some areas, and those that they own from outside, each with the sections of the desk in which it stands.
-- p_vacant: grids_without_head(); p_handled: claims_handled(); soon: within p_soon.
--   unowned    nobody is posted where it lies: no posting, one that has ended, or not handed on and its grid has no head
--   late       a deadline has passed (past_due)
--   soon       not late nor paused, and a deadline is near
--   paused     and the pause is over
--   recheck    claimed as solved, and this person has neither handled nor directed it
-- A plain SQL function, so that the planner sees through it.
CREATE FUNCTION desk_open(p_areas text[], p_vacant text[], p_handled bigint[], p_at timestamptz, p_soon interval)
RETURNS TABLE (id bigint, act_by timestamptz, chain text[], category_code text, hazard boolean, recurring boolean, reopened boolean,
               unowned boolean, received boolean, late boolean, returned boolean, extension boolean, soon boolean, recheck boolean, paused boolean)
LANGUAGE sql STABLE AS $$
    SELECT c.id, least(coalesce(c.paused_until, c.due_at), c.stage_due_at), c.chain, c.category_code, c.hazard, c.recurring, c.reopened > 0,
           c.owner_posting_id IS NULL OR c.owner_posting_id NOT IN (SELECT p.id FROM postings p WHERE p.during @> p_at)
               OR c.state IN ('received', 'accepted') AND c.area_code = ANY (p_vacant),
           c.state = 'received',
           past_due(c.due_at, c.paused_at, p_at) OR coalesce(c.stage_due_at < p_at, false),
           c.returned > 0 AND c.state = 'accepted',
           c.asked_until IS NOT NULL,
           c.state <> 'paused' AND c.due_at >= p_at AND coalesce(c.stage_due_at >= p_at, true)
               AND least(c.due_at, c.stage_due_at) <= p_at + p_soon,
           c.state = 'claimed_solved' AND c.chain && p_areas AND c.id <> ALL (p_handled),
           c.state = 'paused' AND c.paused_until <= p_at
    FROM cases c WHERE c.closed_at IS NULL AND (c.chain && p_areas OR c.elsewhere && p_areas)
$$;

-- How many of the actor's open cases stand in each section, under the filters of the page (null: all).
CREATE FUNCTION desk_counts(p_at timestamptz, p_soon interval, p_area text, p_category text, p_flag text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_areas text[] := actor_areas('desk', 'dispatcher', 'supervisor');
    v_vacant text[] := grids_without_head(p_at);
    v_handled bigint[] := claims_handled();
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'unowned', count(*) FILTER (WHERE d.unowned), 'received', count(*) FILTER (WHERE d.received),
            'late', count(*) FILTER (WHERE d.late), 'returned', count(*) FILTER (WHERE d.returned),
            'extension', count(*) FILTER (WHERE d.extension), 'soon', count(*) FILTER (WHERE d.soon),
            'recheck', count(*) FILTER (WHERE d.recheck), 'paused', count(*) FILTER (WHERE d.paused), 'open', count(*))
        FROM desk_open(v_areas, v_vacant, v_handled, p_at, p_soon) d
        WHERE (p_area IS NULL OR d.chain @> ARRAY[p_area]) AND (p_category IS NULL OR d.category_code = p_category)
          AND CASE p_flag WHEN 'hazard' THEN d.hazard WHEN 'recurring' THEN d.recurring WHEN 'reopened' THEN d.reopened ELSE true END);
END $$;

-- A page of a section, what must be done first at the top; after (p_after_at, p_after_id) where a page came before.
CREATE FUNCTION desk_cases(p_at timestamptz, p_soon interval, p_section text, p_area text, p_category text, p_flag text,
                           p_after_at timestamptz, p_after_id bigint, p_limit integer)
RETURNS TABLE (id bigint, act_by timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_areas text[] := actor_areas('desk', 'dispatcher', 'supervisor');
    v_vacant text[] := CASE p_section WHEN 'unowned' THEN grids_without_head(p_at) ELSE '{}' END;
    v_handled bigint[] := CASE p_section WHEN 'recheck' THEN claims_handled() ELSE '{}' END;
BEGIN
    RETURN QUERY
        SELECT d.id, d.act_by FROM desk_open(v_areas, v_vacant, v_handled, p_at, p_soon) d
        WHERE CASE p_section WHEN 'unowned' THEN d.unowned WHEN 'received' THEN d.received WHEN 'late' THEN d.late
                             WHEN 'returned' THEN d.returned WHEN 'extension' THEN d.extension WHEN 'soon' THEN d.soon
                             WHEN 'recheck' THEN d.recheck WHEN 'paused' THEN d.paused ELSE true END
          AND (p_area IS NULL OR d.chain @> ARRAY[p_area]) AND (p_category IS NULL OR d.category_code = p_category)
          AND CASE p_flag WHEN 'hazard' THEN d.hazard WHEN 'recurring' THEN d.recurring WHEN 'reopened' THEN d.reopened ELSE true END
          AND (p_after_at IS NULL OR (d.act_by, d.id) > (p_after_at, p_after_id))
        ORDER BY d.act_by, d.id LIMIT p_limit;
END $$;

-- To whom the cases of a page may be handed: whoever is posted on that day in one of their chains of areas, and every department
-- below the second area of such a chain.  The actor must direct there; take_step looks at each case again.
CREATE FUNCTION desk_owners(p_chains text[], p_at timestamptz)
RETURNS TABLE (posting_id integer, role text, area_code text, area text, desk text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT p.id, p.role, p.area_code::text, b.name, p.desk
    FROM postings p JOIN boundaries b ON b.edition_id = (SELECT (edition_at(p_at)).id) AND b.code = p.area_code
    WHERE cardinality(actor_areas('desk', 'dispatcher', 'supervisor')) > 0 AND p.during @> p_at
      AND (p.role IN ('head', 'deputy', 'desk', 'department') AND p.area_code = ANY (p_chains)
           OR p.role = 'department' AND b.chain[2] = ANY (p_chains))
    ORDER BY array_position('{department,desk,head,deputy}', p.role), cardinality(b.chain), b.code, p.id
$$;

-- What is told of a spot knows the roles and the owners from elsewhere, as the policies do since revision 0006.
-- A case's own reports, and every other one within so many metres of its pin that the actor may see, of whatever case; the
-- newest first.  `nth` counts those whose cases are of its family of categories, the first one is 1; it is null for others.
CREATE OR REPLACE FUNCTION reports_at_spot(p_case bigint, p_metres double precision, p_at timestamptz, p_limit integer)
RETURNS TABLE (report_id bigint, case_id bigint, category_code text, state text, confirmed boolean, received_at timestamptz,
               due_at timestamptz, closed_at timestamptz, area_code text, lon double precision, lat double precision,
               distance_m double precision, nth bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH mine AS MATERIALIZED (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator') AS areas,
                                    actor_keys() AS keys),
    asked AS (
        SELECT c.id, c.geom, (category_at(c.category_code, p_at)).family AS family
        FROM cases c, mine WHERE c.id = p_case AND c.geom IS NOT NULL AND (c.chain && mine.areas OR c.elsewhere && mine.keys)
    ),
    near AS (
        SELECT r.*, m.metres, c.state, c.confirmed, c.due_at, c.closed_at,
               (category_at(c.category_code, p_at)).family = a.family AS akin
        FROM asked a JOIN reports r ON r.geom && box_around(a.geom, p_metres) OR r.case_id = a.id
             JOIN cases c ON c.id = r.case_id, mine,
             LATERAL (SELECT ST_DistanceSpheroid(a.geom, r.geom, 'SPHEROID["WGS 84",6378137,298.257223563]') AS metres) m
        WHERE (r.chain && mine.areas OR c.chain && mine.areas OR c.elsewhere && mine.keys) AND (m.metres <= p_metres OR r.case_id = a.id)
    )
    SELECT n.id, n.case_id, n.category_code, n.state, n.confirmed, n.received_at, n.due_at, n.closed_at,
           n.area_code::text, ST_X(n.geom), ST_Y(n.geom), n.metres,
           CASE WHEN n.akin THEN count(*) FILTER (WHERE n.akin) OVER (ORDER BY n.received_at, n.id) END
    FROM near n ORDER BY n.received_at DESC, n.id DESC LIMIT p_limit
$$;

-- The how-manieth word about its spot the last report of each case is: its own reports, and those of other cases of its
-- family of categories within so many metres of its pin that came before.  Cases about whose spot no other case spoke are left out.
CREATE OR REPLACE FUNCTION told_at_spot(p_cases bigint[], p_metres double precision, p_at timestamptz)
RETURNS TABLE (case_id bigint, nth bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    WITH mine AS MATERIALIZED (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor', 'administrator') AS areas,
                                    actor_keys() AS keys),
    kinds AS MATERIALIZED (
        SELECT DISTINCT ON (k.code) k.code, k.family FROM categories k WHERE k.since <= p_at ORDER BY k.code, k.since DESC
    ),
    asked AS MATERIALIZED (
        SELECT c.id, c.geom, k.family, own.told, own.at
        FROM cases c JOIN kinds k ON k.code = c.category_code, mine,
             LATERAL (SELECT count(*) AS told, max(r.received_at) AS at FROM reports r WHERE r.case_id = c.id) own
        WHERE c.id = ANY (p_cases) AND c.geom IS NOT NULL AND (c.chain && mine.areas OR c.elsewhere && mine.keys)
    )
    SELECT a.id, a.told + count(*)
    FROM asked a JOIN reports r ON r.geom && box_around(a.geom, p_metres)
         JOIN cases c ON c.id = r.case_id JOIN kinds k ON k.code = c.category_code, mine
    WHERE r.case_id <> a.id AND k.family = a.family AND r.received_at <= a.at AND (r.chain && mine.areas OR c.chain && mine.areas OR c.elsewhere && mine.keys)
      AND ST_DistanceSpheroid(a.geom, r.geom, 'SPHEROID["WGS 84",6378137,298.257223563]') <= p_metres
    GROUP BY a.id, a.told
$$;

REVOKE EXECUTE ON FUNCTION grids_without_head, claims_handled, desk_open, desk_counts, desk_cases, desk_owners FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk_counts, desk_cases, desk_owners TO gridwarden_web;
