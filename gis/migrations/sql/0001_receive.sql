-- receive_report: idempotency, match, case, report, event and outbox row in one call and one transaction.

CREATE FUNCTION category_at(p_code text, p_at timestamptz) RETURNS categories
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found categories;
BEGIN
    SELECT * INTO found FROM categories c WHERE c.code = p_code AND c.since <= p_at ORDER BY c.since DESC LIMIT 1;
    RETURN found;
END $$;

-- Topmost areas of an edition: which jurisdictions are served.
CREATE FUNCTION served_areas(p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('code', b.code, 'name', b.name, 'level', b.level) ORDER BY b.code), '[]')
    FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.parent_code IS NULL
$$;

-- An answer of locate without names: what may be kept for good.
CREATE FUNCTION without_names(p_answer jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_answer -> 'head' = 'null' THEN p_answer ELSE p_answer #- '{head,name}' END
$$;

-- The answer as it may be told now: with the head's name, where that may be shown.
CREATE FUNCTION with_names(p_answer jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_name text;
BEGIN
    IF p_answer -> 'head' = 'null' THEN
        RETURN p_answer;
    END IF;
    SELECT w.name INTO v_name FROM postings p JOIN people w ON w.id = p.person_id
    WHERE p.id = (p_answer #>> '{head,posting_id}')::integer AND (actor_is_staff() OR name_is_public(p));
    RETURN jsonb_set(p_answer, '{head,name}', coalesce(to_jsonb(v_name), 'null'));
END $$;

-- Who was head of an area on another day.
CREATE FUNCTION head_on(p_code text, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT p.id FROM postings p WHERE p.area_code = p_code AND p.role = 'head' AND p.during @> p_at);
END $$;

-- Under which areas a report is filed, and who owns its case.  What lies outside waits in the triage list of the topmost
-- area, so that nothing that staff took down is dropped.
CREATE FUNCTION filed_under(p_answer jsonb, p_at timestamptz, OUT chain text[], OUT owner jsonb)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_answer ->> 'outcome' = 'outside' THEN
        chain := ARRAY[served_areas(p_at) -> 0 ->> 'code'];
        owner := (who_answers(chain, (edition_at(p_at)).id, p_at)).owner;
    ELSE
        chain := ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(p_answer -> 'chain') c);
        owner := p_answer -> 'owner';
    END IF;
END $$;

-- Errors, by sqlstate: GW002 key used for another body, GW003 unknown category, GW004 unknown area, GW005 outside the
-- service area (detail: what is served), GW006 no boundaries in force, GW007 channel for staff only.
-- A repeated key with the same body answers what the first call answered and stores nothing.
CREATE FUNCTION receive_report(
    p_key_digest bytea, p_body_digest bytea, p_session bytea, p_at timestamptz,
    p_number text, p_link_digest bytea, p_category text, p_channel text, p_seen_at timestamptz,
    p_words text, p_contact text,
    p_lon double precision, p_lat double precision, p_accuracy_m double precision,          -- WGS84, or null
    p_lon_given double precision, p_lat_given double precision, p_datum text,               -- as it was given
    p_area_code text, p_place_words text
) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_report bigint := nextval('reports_id_seq');
    v_case bigint := nextval('cases_id_seq');
    v_person integer := act_as(p_session, p_at);
    v_known idempotency_keys;
    v_earlier reports;
    v_category categories := category_at(p_category, p_at);
    v_answer jsonb;
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
    v_answer := without_names(CASE WHEN v_geom IS NULL THEN locate_area(p_area_code, p_at)
                                   ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END);
    IF edition_at(p_at) IS NULL THEN
        RAISE EXCEPTION 'no boundaries in force' USING ERRCODE = 'GW006';
    ELSIF v_answer IS NULL THEN
        RAISE EXCEPTION 'unknown area' USING ERRCODE = 'GW004';
    END IF;
    IF v_answer ->> 'outcome' = 'outside' AND v_person IS NULL THEN
        RAISE EXCEPTION 'outside the service area' USING ERRCODE = 'GW005', DETAIL = served_areas(p_at)::text;
    END IF;
    SELECT f.chain, f.owner INTO v_chain, v_owner FROM filed_under(v_answer, p_at) f;
    INSERT INTO cases (id, category_code, private, urgency, area_code, chain, owner_area_code, owner_role, owner_posting_id,
                       received_at, due_at, geom)
    OVERRIDING SYSTEM VALUE VALUES (
        v_case, p_category, v_category.private, v_category.urgency, v_answer #>> '{area,code}', v_chain,
        v_owner ->> 'area_code', v_owner ->> 'role', (v_owner ->> 'posting_id')::integer,
        p_at, p_at + make_interval(secs => (v_category.deadlines #>> '{solve,hours}')::double precision * 3600), v_geom);
    INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision,
                         lon_given, lat_given, datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by)
    OVERRIDING SYSTEM VALUE VALUES (
        v_report, p_number, p_link_digest, v_case, p_category, p_channel, p_at, p_seen_at,
        CASE WHEN v_geom IS NULL THEN 'area' ELSE 'point' END, p_lon_given, p_lat_given, p_datum, p_accuracy_m, v_geom,
        v_answer #>> '{area,code}', v_chain, v_answer, head_on(v_answer #>> '{area,code}', p_seen_at), v_person);
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
    RETURN jsonb_build_object('number', p_number, 'received_at', p_at, 'match', with_names(v_answer), 'repeated', false)::text;
END $$;

-- What a receipt number alone tells: category, area, state, day.  Of a private category the second level alone (a county):
-- a number can be guessed.
CREATE FUNCTION receipt(p_number text, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'number', r.number, 'category', r.category_code, 'state', c.state,
        'confirmed', c.confirmed, 'received_on', (r.received_at AT TIME ZONE 'Asia/Shanghai')::date,
        'area', area_brief(e.id, ARRAY[CASE WHEN c.private THEN r.chain[least(2, cardinality(r.chain))] ELSE r.area_code END]) -> 0)
    FROM reports r JOIN cases c ON c.id = r.case_id, edition_at(r.received_at) e
    WHERE r.number = p_number
$$;

-- What the holder of the key may see besides: the words, the pin, the answer that was given, the history.  No staff names.
CREATE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'events', (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'verb', v.verb, 'state', v.state,
                                                       'reason', v.data -> 'reason') ORDER BY v.seq)
                   FROM events v WHERE v.case_id = c.id))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;

-- What anybody may know of an area's cases: category, state, dates, area; private categories are left out.
CREATE FUNCTION public_cases(p_area text, p_limit integer)
RETURNS TABLE (category_code text, state text, confirmed boolean, received_on date, closed_on date, area_code text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT c.category_code, c.state, c.confirmed, (c.received_at AT TIME ZONE 'Asia/Shanghai')::date,
           (c.closed_at AT TIME ZONE 'Asia/Shanghai')::date, c.area_code
    FROM cases c WHERE c.chain @> ARRAY[p_area] AND NOT c.private ORDER BY c.received_at DESC LIMIT p_limit
$$;
