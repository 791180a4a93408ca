-- Takes back 0039.
DROP FUNCTION desk_look;
DROP INDEX boundaries_by_level;
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
REVOKE EXECUTE ON FUNCTION desk_counts, desk_cases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk_counts, desk_cases TO gridwarden_web;
