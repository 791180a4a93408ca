CREATE OR REPLACE FUNCTION be_away(p_session bytea, p_at timestamptz, p_absence jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_posted postings;
    v_since date := (p_absence ->> 'since')::date;
    v_begins timestamptz := CASE WHEN v_since = day_of(p_at) THEN p_at ELSE day_begins(v_since) END;
    v_ends timestamptz := day_begins((p_absence ->> 'until')::date);
    v_during tstzrange;
    v_stand_in postings;
    v_fresh boolean := p_absence ->> 'name' IS NOT NULL OR p_absence ->> 'staff_number' IS NOT NULL;
    v_told jsonb;
    v_wrong text;
    v_id integer;
BEGIN
    SELECT * INTO v_posted FROM postings p WHERE p.id = (p_absence ->> 'posting_id')::integer FOR UPDATE;
    IF v_posted.id IS NULL OR NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    v_wrong := CASE
        WHEN v_posted.role NOT IN ('head', 'deputy') THEN 'role'
        WHEN v_begins >= v_ends OR v_begins IS NULL OR v_ends IS NULL THEN 'from_after_until'
        WHEN v_begins < p_at THEN 'away_in_past' END;
    -- There is no range of days that are reversed.
    IF v_wrong IS NULL THEN
        v_during := tstzrange(v_begins, v_ends);
        SELECT * INTO v_stand_in FROM postings p WHERE p.id = (p_absence ->> 'stand_in')::integer AND p.area_code = v_posted.area_code
            AND p.role = 'deputy' AND p.id <> v_posted.id AND p.during @> v_during;
        v_wrong := CASE
            WHEN NOT v_posted.during && v_during THEN 'not_posted_then'
            WHEN EXISTS (SELECT FROM absences a WHERE a.posting_id = v_posted.id AND a.during && v_during) THEN 'away_already'
            WHEN p_absence ->> 'stand_in' IS NOT NULL AND v_stand_in.id IS NULL THEN 'stand_in' END;
    END IF;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'refused: %', v_wrong USING ERRCODE = 'GW102', DETAIL = jsonb_build_object('code', v_wrong)::text;
    END IF;
    IF v_fresh THEN
        v_told := change_postings(jsonb_build_array(jsonb_build_object('n', 1, 'area_code', v_posted.area_code, 'role', 'deputy',
            'name', p_absence -> 'name', 'staff_number', p_absence -> 'staff_number', 'since', v_since, 'until', p_absence -> 'until')),
            p_at, v_person, NULL, false, true);
        IF v_told -> 'faults' <> '[]' THEN
            RAISE EXCEPTION 'the stand-in is refused' USING ERRCODE = 'GW102', DETAIL = (v_told #> '{faults,0}')::text;
        END IF;
        v_stand_in.id := (v_told #>> '{changes,0,posting_id}')::integer;
    END IF;
    INSERT INTO absences (posting_id, during, stand_in, posted_for_it, reason, made_at, made_by)
    VALUES (v_posted.id, v_during, v_stand_in.id, v_fresh, p_absence ->> 'reason', p_at, v_person) RETURNING id INTO v_id;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, became)
    VALUES (p_at, v_person, 'away', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', v_id, 'since', v_begins, 'until', v_ends, 'stand_in', v_stand_in.id));
    RETURN v_id;
END $$;

CREATE OR REPLACE FUNCTION be_back(p_session bytea, p_at timestamptz, p_absence integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := act_as(p_session, p_at);
    v_absence absences;
    v_posted postings;
    v_stand_in postings;
    v_told jsonb;
BEGIN
    SELECT * INTO v_absence FROM absences a WHERE a.id = p_absence AND upper(a.during) > p_at FOR UPDATE;
    SELECT * INTO v_posted FROM postings p WHERE p.id = v_absence.posting_id;
    IF v_absence.id IS NULL THEN
        RAISE EXCEPTION 'no such absence' USING ERRCODE = 'GW103';
    ELSIF NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    IF lower(v_absence.during) >= p_at THEN
        DELETE FROM absences WHERE id = p_absence;
    ELSE
        UPDATE absences SET during = tstzrange(lower(during), p_at) WHERE id = p_absence;
    END IF;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, was)
    VALUES (p_at, v_person, 'back', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', p_absence, 'since', lower(v_absence.during), 'until', upper(v_absence.during)));
    SELECT * INTO v_stand_in FROM postings p
    WHERE p.id = v_absence.stand_in AND v_absence.posted_for_it AND upper(p.during) = upper(v_absence.during) AND lower(p.during) <> p_at
      AND NOT EXISTS (SELECT FROM absences a WHERE a.stand_in = p.id AND a.id <> p_absence AND upper(a.during) > p_at);
    IF v_stand_in.id IS NOT NULL THEN
        DELETE FROM absences a WHERE a.posting_id = v_stand_in.id AND lower(v_stand_in.during) > p_at;
        v_told := change_postings(jsonb_build_array(jsonb_build_object('n', 1, 'posting_id', v_stand_in.id)
            || CASE WHEN lower(v_stand_in.during) > p_at THEN '{"withdraw": true}' ELSE jsonb_build_object('until', day_of(p_at)) END),
            p_at, v_person, NULL, false, true);
        IF v_told -> 'faults' <> '[]' THEN
            RAISE EXCEPTION 'the stand-in is refused' USING ERRCODE = 'GW102', DETAIL = (v_told #> '{faults,0}')::text;
        END IF;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION split_off(p_case cases, p_number text, p_posting integer, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_report reports;
    v_new cases := p_case;
    v_due_at timestamptz;
BEGIN
    SELECT * INTO v_report FROM reports r WHERE r.number = p_number;
    v_new.id := nextval('cases_id_seq');
    v_new.state := 'received';
    v_new.version := 1;
    v_new.received_at := v_report.received_at;
    v_due_at := due_after(v_report.received_at, stage_deadline(p_case.category_code, v_report.received_at, 'solve'));
    v_new.due_at := least(v_due_at, due_after(v_report.received_at, stage_deadline(v_report.category_code, v_report.received_at, 'solve')));
    v_new.stage_due_at := due_after(p_at, stage_deadline(p_case.category_code, v_report.received_at, 'accept'));
    v_new.asked_until := NULL;
    v_new.geom := v_report.geom;
    v_new.cells := v_report.cells;
    v_new.channel := v_report.channel;
    v_new.area_code := v_report.area_code;
    v_new.chain := v_report.chain;
    v_new.elsewhere := (owned_by(v_new, jsonb_build_object('area_code', v_new.owner_area_code, 'role', v_new.owner_role,
                                                           'posting_id', v_new.owner_posting_id))).elsewhere;
    INSERT INTO cases OVERRIDING SYSTEM VALUE SELECT (v_new).*;
    UPDATE reports SET case_id = v_new.id WHERE id = v_report.id;
    PERFORM add_event(v_new, p_at, 'split_off', p_posting, NULL, false, jsonb_build_object('from', p_case.id, 'report_id', v_report.id)
        || CASE WHEN v_new.due_at <> v_due_at THEN jsonb_build_object('due_at', v_new.due_at) ELSE '{}' END);
    RETURN v_new.id;
END $$;
