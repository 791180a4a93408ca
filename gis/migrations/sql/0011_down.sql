DROP FUNCTION end_dispatch_rule, add_dispatch_rule, may_rule, dispatch_try, dispatches_due, dispatch_target, dispatch_by_rules, rule_target, answer_above,
    desk_over, in_office_hours;
DROP INDEX cases_received;
DROP TABLE ruled_cases, dispatch_rules;
DROP FUNCTION refuse_another_rule;

DROP FUNCTION receive_report;
-- Errors, by sqlstate: GW002 key used for another body, GW003 unknown category, GW004 unknown area, GW005 outside the
-- service area (detail: what is served), GW006 no boundaries in force, GW007 channel for staff only.
-- A repeated key with the same body answers what the first call answered and stores nothing.
CREATE FUNCTION receive_report(
    p_key_digest bytea, p_body_digest bytea, p_session bytea, p_at timestamptz,
    p_number text, p_link_digest bytea, p_category text, p_channel text, p_seen_at timestamptz,
    p_words text, p_contact text,
    p_lon double precision, p_lat double precision, p_accuracy_m double precision,          -- WGS84, or null
    p_lon_given double precision, p_lat_given double precision, p_datum text,               -- as it was given
    p_area_code text, p_place_words text,
    p_cells bigint[]                                                                        -- of the pin, or null
) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = gridwarden, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_report bigint := nextval('reports_id_seq');
    v_case bigint := nextval('cases_id_seq');
    v_person integer := act_as(p_session, p_at);
    v_known idempotency_keys;
    v_earlier reports;
    v_category categories := category_at(p_category, p_at);
    v_told jsonb;                                    -- with the head's name, where the actor may see it
    v_answer jsonb;                                  -- without: what is kept
    v_owner jsonb;
    v_chain text[];
    v_geom geometry := ST_SetSRID(ST_MakePoint(p_lon, p_lat), 4326);
    v_salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
BEGIN
    -- A racer with the same key waits here for the first one to commit.
    INSERT INTO idempotency_keys VALUES (p_key_digest, p_body_digest, v_report, p_at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO v_known FROM idempotency_keys WHERE key_digest = p_key_digest;
        IF v_known.body_digest <> p_body_digest THEN
            RAISE EXCEPTION 'this idempotency key was used for another report' USING ERRCODE = 'GW002';
        END IF;
        SELECT * INTO v_earlier FROM reports WHERE id = v_known.report_id;
        RETURN jsonb_build_object('number', v_earlier.number, 'received_at', v_earlier.received_at,
                                  'match', with_names(v_earlier.match), 'repeated', true)::text;
    END IF;
    IF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    END IF;
    IF p_channel = 'patrol' AND v_person IS NULL THEN
        RAISE EXCEPTION 'channel for staff only' USING ERRCODE = 'GW007';
    END IF;
    v_told := CASE WHEN v_geom IS NULL THEN locate_area(p_area_code, p_at)
                   ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    v_answer := CASE WHEN v_told -> 'head' = 'null' THEN v_told ELSE v_told #- '{head,name}' END;
    IF v_answer ->> 'edition' IS NULL AND edition_at(p_at) IS NULL THEN
        RAISE EXCEPTION 'no boundaries in force' USING ERRCODE = 'GW006';
    ELSIF v_answer IS NULL THEN
        RAISE EXCEPTION 'unknown area' USING ERRCODE = 'GW004';
    END IF;
    IF v_answer ->> 'outcome' = 'outside' AND v_person IS NULL THEN
        RAISE EXCEPTION 'outside the service area' USING ERRCODE = 'GW005', DETAIL = served_areas(p_at)::text;
    END IF;
    SELECT f.chain, f.owner INTO v_chain, v_owner FROM filed_under(v_answer, p_at) f;
    INSERT INTO cases (id, category_code, private, urgency, area_code, chain, owner_area_code, owner_role, owner_posting_id,
                       received_at, due_at, stage_due_at, geom, cells, channel)
    OVERRIDING SYSTEM VALUE VALUES (
        v_case, p_category, v_category.private, v_category.urgency, v_answer #>> '{area,code}', v_chain,
        v_owner ->> 'area_code', v_owner ->> 'role', (v_owner ->> 'posting_id')::integer,
        p_at, due_after(p_at, v_category.deadlines -> 'solve'), due_after(p_at, v_category.deadlines -> 'accept'), v_geom, p_cells, p_channel);
    INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision,
                         lon_given, lat_given, datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by,
                         cells)
    OVERRIDING SYSTEM VALUE VALUES (
        v_report, p_number, p_link_digest, v_case, p_category, p_channel, p_at, p_seen_at,
        CASE WHEN v_geom IS NULL THEN 'area' ELSE 'point' END, p_lon_given, p_lat_given, p_datum, p_accuracy_m, v_geom,
        v_answer #>> '{area,code}', v_chain, v_answer, CASE WHEN p_seen_at = p_at THEN (v_answer #>> '{head,posting_id}')::integer
             ELSE head_on(v_answer #>> '{area,code}', p_seen_at) END, v_person, p_cells);
    INSERT INTO report_words (report_id, words, place_words, salt, chain)
    VALUES (v_report, p_words, p_place_words, v_salt, v_chain);
    IF p_contact IS NOT NULL THEN
        INSERT INTO report_contacts (report_id, contact, taken_by) VALUES (v_report, p_contact, v_person);
    END IF;
    INSERT INTO events (case_id, seq, at, verb, state, data) VALUES (v_case, 1, p_at, 'receive', 'received',
        jsonb_build_object('report_id', v_report, 'channel', p_channel, 'outcome', v_answer -> 'outcome',
                           'edition', v_answer -> 'edition', 'owner', v_owner,
                           'words_digest', encode(sha256(v_salt || convert_to(p_words, 'UTF8')), 'hex')));
    INSERT INTO outbox (topic, payload, at) VALUES ('report.received',
        jsonb_build_object('report_id', v_report, 'case_id', v_case, 'owner', v_owner,
                           'also', jsonb_path_query_array(v_answer, '$.also[*].code')), p_at);
    RETURN jsonb_build_object('number', p_number, 'received_at', p_at, 'match', v_told, 'repeated', false)::text;
END $$;

REVOKE EXECUTE ON FUNCTION receive_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_report TO gridwarden_web;

ALTER TABLE categories DROP CONSTRAINT what_is_about_officials_is_private, DROP COLUMN about_official;
