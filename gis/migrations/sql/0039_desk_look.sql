-- The desk asks once: how many cases stand in each section, and a page of one of them.  What both need is found once.

-- Usage: the areas of one level of an edition, without their outlines.
CREATE INDEX boundaries_by_level ON boundaries (edition_id, level, code);

DROP FUNCTION desk_counts, desk_cases;

-- How many of the actor's open cases stand in each section, under the filters of the page (null: all); and a page of a section, what must
-- be done first at the top: [{id, act_by}], after (p_after_at, p_after_id) where a page came before.
CREATE FUNCTION desk_look(p_at timestamptz, p_soon interval, p_section text, p_area text, p_category text, p_flag text,
                          p_after_at timestamptz, p_after_id bigint, p_limit integer, OUT counts jsonb, OUT page jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_areas text[] := actor_areas('desk', 'dispatcher', 'supervisor');
    v_vacant text[] := grids_without_head(p_at);
    v_handled bigint[] := claims_handled();
BEGIN
    SELECT jsonb_build_object(
        'unowned', count(*) FILTER (WHERE d.unowned), 'received', count(*) FILTER (WHERE d.received),
        'late', count(*) FILTER (WHERE d.late), 'returned', count(*) FILTER (WHERE d.returned),
        'extension', count(*) FILTER (WHERE d.extension), 'soon', count(*) FILTER (WHERE d.soon),
        'recheck', count(*) FILTER (WHERE d.recheck), 'paused', count(*) FILTER (WHERE d.paused), 'open', count(*))
    INTO counts FROM desk_open(v_areas, v_vacant, v_handled, p_at, p_soon) d
    WHERE (p_area IS NULL OR d.chain @> ARRAY[p_area]) AND (p_category IS NULL OR d.category_code = p_category)
      AND CASE p_flag WHEN 'hazard' THEN d.hazard WHEN 'recurring' THEN d.recurring WHEN 'reopened' THEN d.reopened ELSE true END;
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'act_by', f.act_by) ORDER BY f.act_by, f.id), '[]') INTO page FROM (
        SELECT d.id, d.act_by FROM desk_open(v_areas, v_vacant, v_handled, p_at, p_soon) d
        WHERE CASE p_section WHEN 'unowned' THEN d.unowned WHEN 'received' THEN d.received WHEN 'late' THEN d.late
                             WHEN 'returned' THEN d.returned WHEN 'extension' THEN d.extension WHEN 'soon' THEN d.soon
                             WHEN 'recheck' THEN d.recheck WHEN 'paused' THEN d.paused ELSE true END
          AND (p_area IS NULL OR d.chain @> ARRAY[p_area]) AND (p_category IS NULL OR d.category_code = p_category)
          AND CASE p_flag WHEN 'hazard' THEN d.hazard WHEN 'recurring' THEN d.recurring WHEN 'reopened' THEN d.reopened ELSE true END
          AND (p_after_at IS NULL OR (d.act_by, d.id) > (p_after_at, p_after_id))
        ORDER BY d.act_by, d.id LIMIT p_limit) f;
END $$;
REVOKE EXECUTE ON FUNCTION desk_look FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk_look TO gridwarden_web;
