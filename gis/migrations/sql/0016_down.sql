DROP FUNCTION edition_effects, effects_of, follow_open_cases, let_follow, open_changes, owner_after, open_matches, prepare_as, take_back_as,
    activate_as, check_looks_after_boundaries, edition_before, take_back, activate, activation_refused, was_in_force, earliest_activation,
    midnight_after, extend_lineage;
DROP TABLE preparations;
REVOKE SELECT, INSERT ON units, shapes, lineage, spellings FROM gridwarden_worker;
REVOKE EXECUTE ON FUNCTION number_areas FROM gridwarden_worker;
REVOKE EXECUTE ON FUNCTION activation_forbidden FROM gridwarden_web;
CREATE OR REPLACE FUNCTION look_at_contact(p_session bytea, p_at timestamptz, p_number text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_report reports;
    v_case cases;
BEGIN
    SELECT * INTO v_report FROM reports r WHERE r.number = p_number;
    IF v_person IS NULL OR v_report.id IS NULL OR NOT (
        -- Not `=`: nobody took down what a resident sent himself, and null would let everybody in.
        v_report.taken_by IS NOT DISTINCT FROM v_person AND actor_is_staff() OR v_report.chain && actor_areas('supervisor')) THEN
        RAISE EXCEPTION 'no such case for this actor' USING ERRCODE = 'GW024';
    END IF;
    SELECT * INTO v_case FROM cases c WHERE c.id = v_report.case_id FOR UPDATE;
    PERFORM add_event(v_case, p_at, 'look', acting_posting(v_case, v_person, p_at), NULL, false,
                      jsonb_build_object('report_id', v_report.id));
    RETURN (SELECT k.contact FROM report_contacts k WHERE k.report_id = v_report.id);
END $$;
