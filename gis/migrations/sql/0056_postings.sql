-- As before; whoever shares a desk is entered as away, too: nobody hands over to him.  His colleagues act, so nobody stands in.
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
    -- As change_postings() does, and before any row is locked.
    PERFORM pg_advisory_xact_lock(hashtext('gridwarden.postings'));
    SELECT * INTO v_posted FROM postings p WHERE p.id = (p_absence ->> 'posting_id')::integer FOR UPDATE;
    IF v_posted.id IS NULL OR NOT looks_after(v_posted.area_code, p_at) THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW101';
    END IF;
    v_wrong := CASE
        WHEN v_posted.role NOT IN ('head', 'deputy', 'dispatcher', 'supervisor', 'handler') THEN 'role'
        WHEN v_posted.role NOT IN ('head', 'deputy') AND coalesce(p_absence ->> 'stand_in', p_absence ->> 'name', p_absence ->> 'staff_number') IS NOT NULL
            THEN 'no_stand_in'
        WHEN v_begins >= v_ends OR v_begins IS NULL OR v_ends IS NULL THEN 'from_after_until'
        WHEN v_begins < p_at THEN 'away_in_past' END;
    -- There is no range of days that are reversed.
    IF v_wrong IS NULL THEN
        v_during := tstzrange(v_begins, v_ends);
        SELECT * INTO v_stand_in FROM postings p WHERE p.id = (p_absence ->> 'stand_in')::integer AND p.area_code = v_posted.area_code
            AND p.role = 'deputy' AND p.person_id <> v_posted.person_id AND p.during @> v_during;
        v_wrong := CASE
            WHEN NOT v_posted.during && v_during THEN 'not_posted_then'
            WHEN EXISTS (SELECT FROM absences a WHERE a.posting_id = v_posted.id AND a.during && v_during) THEN 'away_already'
            WHEN p_absence ->> 'stand_in' IS NOT NULL AND v_stand_in.id IS NULL THEN 'stand_in' END;
    END IF;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'refused: %', v_wrong USING ERRCODE = 'GW102', DETAIL = jsonb_build_object('code', v_wrong)::text;
    END IF;
    -- Who is deputy there anyhow on all these days is posted already.
    IF v_fresh AND p_absence ->> 'staff_number' IS NOT NULL THEN
        SELECT p.* INTO v_stand_in FROM postings p JOIN people w ON w.id = p.person_id
        WHERE w.staff_number = p_absence ->> 'staff_number' AND p.area_code = v_posted.area_code AND p.role = 'deputy' AND p.during @> v_during;
        v_fresh := v_stand_in.id IS NULL;
    END IF;
    IF v_fresh THEN
        v_told := change_postings(jsonb_build_array(jsonb_build_object('n', 1, 'area_code', v_posted.area_code, 'role', 'deputy',
            'name', p_absence -> 'name', 'staff_number', p_absence -> 'staff_number', 'since', v_since, 'until', p_absence -> 'until')),
            p_at, v_person, NULL, false, true);
        IF v_told -> 'faults' <> '[]' THEN
            RAISE EXCEPTION 'the stand-in is refused' USING ERRCODE = 'GW102', DETAIL = (v_told #> '{faults,0}')::text;
        END IF;
        -- One whose days would be cut or lengthened for it is not posted for it alone.
        SELECT * INTO v_stand_in FROM postings p
        WHERE v_told #>> '{changes,0,kind}' = 'new' AND p.id = (v_told #>> '{changes,0,posting_id}')::integer;
    END IF;
    IF coalesce(p_absence ->> 'stand_in', p_absence ->> 'name', p_absence ->> 'staff_number') IS NOT NULL
       AND (v_stand_in.id IS NULL OR v_stand_in.person_id = v_posted.person_id) THEN
        RAISE EXCEPTION 'refused: stand_in' USING ERRCODE = 'GW102', DETAIL = '{"code": "stand_in"}';
    END IF;
    INSERT INTO absences (posting_id, during, stand_in, posted_for_it, reason, made_at, made_by)
    VALUES (v_posted.id, v_during, v_stand_in.id, v_fresh, p_absence ->> 'reason', p_at, v_person) RETURNING id INTO v_id;
    INSERT INTO staff_changes (at, made_by, kind, posting_id, person_id, became)
    VALUES (p_at, v_person, 'away', v_posted.id, v_posted.person_id,
            jsonb_build_object('absence_id', v_id, 'since', v_begins, 'until', v_ends, 'stand_in', v_stand_in.id));
    RETURN v_id;
END $$;
