-- The events of orders stay with their cases.
CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT v.told || jsonb_build_object(
        'mediation', (SELECT jsonb_build_object('state', CASE m.state WHEN 'vacant' THEN 'opened' ELSE m.state END, 'outcome', m.outcome)
                      FROM mediations m WHERE m.case_id = (v.told ->> 'case_id')::bigint),
        'events', (SELECT coalesce(jsonb_agg(e ORDER BY place), '[]') FROM jsonb_array_elements(v.told -> 'events') WITH ORDINALITY u (e, place)
                   WHERE NOT starts_with(e ->> 'verb', 'mediation_')
                      OR e ->> 'verb' IN ('mediation_open', 'mediation_agree', 'mediation_fail', 'mediation_withdraw')))
    FROM reporter_view_of_case(p_number, p_link_digest) v (told) WHERE v.told IS NOT NULL
$$;
DROP FUNCTION board_look, board_open, order_told, concerned_by_orders, orders_late, take_order, my_orders, order_open_to, order_over, order_event, supervises;
DROP TABLE order_steps, orders;
