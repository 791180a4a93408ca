-- As it was before.
CREATE OR REPLACE FUNCTION recheck_reasons(p_case cases, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN p_case.recurring OR 'recurring' = ANY (p_case.recheck) OR keeps_coming_back(p_case, NULL, p_at) THEN 'recurring' END,
        CASE WHEN p_case.hazard THEN 'hazard' END,
        CASE WHEN p_case.reopened > 0 THEN 'reopened' END,
        CASE WHEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND r.taken_by = actor_person()
                          AND r.channel IN ('hotline', 'village_box', 'talking_point')) THEN 'own_report' END,
        -- Once drawn it stays drawn: a failed re-check is followed by another one.
        CASE WHEN 'sampled' = ANY (p_case.recheck) OR random() < (SELECT s.share FROM recheck_shares s WHERE s.since <= p_at ORDER BY s.since DESC LIMIT 1) THEN 'sampled' END], NULL);
END $$;
