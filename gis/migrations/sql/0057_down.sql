DROP FUNCTION concerned_by_visits, rota_officials, rota_between, change_rota, plan_rota;
CREATE OR REPLACE FUNCTION come_again(p_places bigint[]) RETURNS TABLE (case_id bigint, into_id bigint, report_id bigint, place_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_places bigint[] := ARRAY(SELECT l.id FROM unnest(p_places) l (id) WHERE EXISTS (
        SELECT FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = l.id AND c.state = 'closed' AND NOT c.private));
    v_open text[] := (SELECT m.sources FROM steps m WHERE m.verb = 'merge');
BEGIN
    IF v_places = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (p.anchor_id, c.id) p.anchor_id, c.id, c.chain, c.state, c.urgency, c.private, c.about_official, c.closed_at,
               r.id AS first_id, r.received_at AS first_at,
               r.channel = 'patrol' OR r.taken_by IS NOT NULL AND r.channel IN ('app', 'wechat') AS by_staff
        FROM place_reports p JOIN reports r ON r.id = p.report_id JOIN cases c ON c.id = r.case_id
        WHERE p.anchor_id = ANY (v_places) ORDER BY p.anchor_id, c.id, r.received_at, r.id
    ),
    first_open AS MATERIALIZED (
        SELECT DISTINCT ON (o.anchor_id, o.chain[1:2]) o.* FROM told o
        WHERE o.state = ANY (v_open) AND NOT o.by_staff AND NOT o.private ORDER BY o.anchor_id, o.chain[1:2], o.first_at, o.first_id
    ),
    near AS MATERIALIZED (
        SELECT DISTINCT ON (n.id) n.id, n.first_id, n.first_at, n.anchor_id, n.chain, o.id AS into_id
        FROM first_open n JOIN told o ON o.anchor_id = n.anchor_id AND o.state = 'closed' AND NOT o.private AND o.chain[1:2] = n.chain[1:2]
                                     AND n.first_at BETWEEN o.closed_at AND o.closed_at + interval '30 days'
        WHERE n.state = 'received' AND NOT n.about_official AND n.urgency <> 'emergency'
          -- Where its reporters told of it at two places, it is that of the first.
          AND n.first_id = (SELECT r.id FROM reports r WHERE r.case_id = n.id ORDER BY r.received_at, r.id LIMIT 1)
          AND n.first_at >= (SELECT max(o.closed_at) FROM told o WHERE o.anchor_id = n.anchor_id)
        ORDER BY n.id, o.closed_at DESC, o.id DESC
    )
    SELECT DISTINCT ON (n.into_id) n.id, n.into_id, n.first_id, n.anchor_id
    FROM near n
    WHERE untouched(n.id) AND (one_up((SELECT c FROM cases c WHERE c.id = n.into_id), n.first_at, 1) ->> 'area_code') = ANY (n.chain)
    ORDER BY n.into_id, n.first_at, n.first_id;
END $$;
CREATE OR REPLACE FUNCTION recheck_reasons(p_case cases, p_at timestamptz) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN p_case.recurring OR 'recurring' = ANY (p_case.recheck) OR keeps_coming_back(p_case, NULL, p_at) THEN 'recurring' END,
        CASE WHEN p_case.hazard THEN 'hazard' END,
        CASE WHEN p_case.recheck_above THEN 'above' END,
        CASE WHEN p_case.reopened > 0 THEN 'reopened' END,
        CASE WHEN EXISTS (SELECT FROM reports r WHERE r.case_id = p_case.id AND (r.taken_by = actor_person() OR worked_on(p_case.id, r.taken_by))
                          AND r.channel IN ('hotline', 'village_box', 'talking_point')) THEN 'own_report' END,
        -- Once drawn it stays drawn: a failed re-check is followed by another one.
        CASE WHEN 'sampled' = ANY (p_case.recheck) OR random() < (SELECT s.share FROM recheck_shares s WHERE s.since <= p_at ORDER BY s.since DESC LIMIT 1) THEN 'sampled' END], NULL);
END $$;
CREATE OR REPLACE FUNCTION posted_owner(p_case cases, p_posting integer, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('area_code', p.area_code, 'role', p.role, 'posting_id', p.id)
        FROM postings p JOIN boundaries b ON b.edition_id = (edition_at(p_at)).id AND b.code = p.area_code
        WHERE p.id = p_posting AND p.during @> p_at AND p.role IN ('head', 'deputy', 'desk', 'department')
          AND (p.area_code = ANY (p_case.chain) OR b.chain && p_case.chain[2:])
          -- A report about an official stays with those who may know of it, and no head gets it.
          AND (NOT p_case.about_official OR p.area_code = ANY (p_case.chain) AND p.role IN ('desk', 'department')));
END $$;
CREATE OR REPLACE FUNCTION open_changes(p_edition editions, p_at timestamptz, p_cases bigint[])
RETURNS TABLE (case_id bigint, version integer, area_before text, area text, chain_before text[], chain text[], owner_before jsonb, owner jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    v_top text := (SELECT min(b.code::text COLLATE "C") FROM boundaries b WHERE b.edition_id = p_edition.id AND b.parent_code IS NULL);
BEGIN
    RETURN QUERY
    WITH matched AS MATERIALIZED (SELECT m.case_id, m.code FROM open_matches(p_edition) m WHERE p_cases IS NULL),
    named AS MATERIALIZED (
        SELECT c.id, (
            SELECT b.code::text FROM reports r CROSS JOIN LATERAL unnest(r.chain) WITH ORDINALITY u (code, n)
            JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = u.code
            WHERE r.id = (SELECT f.id FROM reports f WHERE f.case_id = c.id ORDER BY f.received_at, f.id LIMIT 1)
            ORDER BY u.n DESC LIMIT 1) AS code
        FROM cases c WHERE c.closed_at IS NULL AND c.geom IS NULL AND p_cases IS NULL
    ),
    placed AS MATERIALIZED (
        SELECT m.case_id, m.code FROM matched m UNION ALL SELECT n.id, n.code FROM named n
        UNION ALL
        SELECT c.id, (SELECT b.code::text FROM unnest(c.chain) WITH ORDINALITY u (code, n)
                      JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = u.code
                      WHERE c.area_code IS NOT NULL ORDER BY u.n DESC LIMIT 1)
        FROM cases c WHERE c.id = ANY (p_cases)
    ),
    -- Narrow until it is known what changes: nearly always nothing does.  About an official it is filed above all that is below
    -- the county, or the topmost area where there is none.
    stands AS MATERIALIZED (
        SELECT c.id, c.owner_posting_id IS NULL OR coalesce(d.during @> p_at, false) AS posted, b.code::text AS area,
               coalesce(CASE WHEN c.about_official THEN b.chain[:coalesce((
                   SELECT max(u.n) FROM unnest(b.chain) WITH ORDINALITY u (code, n) JOIN areas a ON a.code = u.code AND a.level = 'county'), 1)]
                   ELSE b.chain END, ARRAY[v_top]) AS chain, c.chain AS chain_before, c.area_code IS NOT NULL AS inside_before,
               o.code IS NULL AS ownerless
        FROM placed p JOIN cases c ON c.id = p.case_id AND c.closed_at IS NULL
        LEFT JOIN postings d ON d.id = c.owner_posting_id
        LEFT JOIN boundaries b ON b.edition_id = p_edition.id AND b.code = p.code
        LEFT JOIN boundaries o ON o.edition_id = p_edition.id AND o.code = c.owner_area_code
    ),
    moved AS MATERIALIZED (
        SELECT c.id, c.version, c.area_code::text AS area_before, CASE WHEN s.area IS NOT NULL THEN s.chain[cardinality(s.chain)] END AS area,
               s.chain_before, s.chain, s.posted, c.about_official,
               jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id) AS owner_before
        FROM stands s JOIN cases c ON c.id = s.id
        WHERE NOT s.posted OR s.chain <> s.chain_before OR s.inside_before <> (s.area IS NOT NULL) OR s.ownerless
    ),
    -- Once for all cases of one owner in one area.
    owners AS MATERIALIZED (
        SELECT k.*, owner_after(k.owner_before, k.posted, k.chain_before, k.chain, k.about_official, p_edition.id, p_at) AS owner
        FROM (SELECT DISTINCT m.owner_before, m.posted, m.chain_before, m.chain, m.about_official FROM moved m) k
    )
    SELECT m.id, m.version, m.area_before, m.area, m.chain_before, m.chain, m.owner_before, o.owner
    FROM moved m JOIN owners o USING (owner_before, posted, chain_before, chain, about_official)
    WHERE m.chain <> m.chain_before OR m.area IS DISTINCT FROM m.area_before OR o.owner <> m.owner_before;
END $$;
CREATE OR REPLACE FUNCTION dispatch_try(p_lon double precision, p_lat double precision, p_accuracy_m double precision, p_area_code text,
                             p_category text, p_channel text, p_hazard boolean, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_category categories := category_at(p_category, p_at);
    v_answer jsonb := CASE WHEN p_lon IS NULL THEN locate_area(p_area_code, p_at) ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    v_found record;
BEGIN
    IF edition_at(p_at) IS NULL THEN
        RAISE EXCEPTION 'no boundaries in force' USING ERRCODE = 'GW006';
    ELSIF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    ELSIF v_answer IS NULL THEN
        RAISE EXCEPTION 'unknown area' USING ERRCODE = 'GW004';
    ELSIF v_answer ->> 'outcome' = 'outside' THEN
        RAISE EXCEPTION 'outside the service area' USING ERRCODE = 'GW005', DETAIL = served_areas(p_at)::text;
    END IF;
    IF v_category.about_official THEN
        v_answer := answer_above(v_answer, p_at);
    END IF;
    SELECT * INTO v_found FROM dispatch_by_rules(jsonb_build_object(
        'chain', jsonb_path_query_array(v_answer, '$.chain[*].code'), 'category', p_category, 'family', v_category.family,
        'channel', p_channel, 'hazard', p_hazard, 'urgency', v_category.urgency, 'outcome', v_answer -> 'outcome',
        'accuracy_m', p_accuracy_m, 'about_official', v_category.about_official), p_at);
    RETURN jsonb_build_object('area', v_answer -> 'area', 'outcome', v_answer -> 'outcome', 'bypass', v_category.about_official,
        'rule_id', v_found.rule_id, 'target', v_found.target, 'automatic', v_found.automatic, 'why', v_found.why);
END $$;
DROP FUNCTION receive_report;
CREATE FUNCTION receive_report(
    p_key_digest bytea, p_body_digest bytea, p_session bytea, p_at timestamptz,
    p_number text, p_link_digest bytea, p_category text, p_channel text, p_seen_at timestamptz,
    p_words text, p_contact text,
    p_lon double precision, p_lat double precision, p_accuracy_m double precision,          -- WGS84, or null
    p_lon_given double precision, p_lat_given double precision, p_datum text,               -- as it was given
    p_area_code text, p_place_words text,
    p_cells bigint[],                                                                       -- of the pin, or null
    p_lang text DEFAULT 'zh',                                                               -- in which the reporter reads
    p_same_as bigint DEFAULT NULL                                                           -- the case of which he says that it is the same
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
    v_into cases;
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
                                  'match', with_names(v_earlier.match), 'repeated', true,
                                  'joined', v_earlier.joined)::text;
    END IF;
    IF v_category.code IS NULL THEN
        RAISE EXCEPTION 'unknown category' USING ERRCODE = 'GW003';
    END IF;
    IF p_channel = 'patrol' AND v_person IS NULL THEN
        RAISE EXCEPTION 'channel for staff only' USING ERRCODE = 'GW007';
    END IF;
    v_told := CASE WHEN v_geom IS NULL THEN locate_area(p_area_code, p_at)
                   ELSE locate(p_lon, p_lat, p_accuracy_m, p_at) END;
    IF v_category.about_official THEN
        v_told := answer_above(v_told, p_at);
    END IF;
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
                       received_at, due_at, stage_due_at, geom, cells, channel, about_official)
    OVERRIDING SYSTEM VALUE VALUES (
        v_case, p_category, v_category.private, v_category.urgency, v_answer #>> '{area,code}', v_chain,
        v_owner ->> 'area_code', v_owner ->> 'role', (v_owner ->> 'posting_id')::integer,
        p_at, due_after(p_at, v_category.deadlines -> 'solve'), due_after(p_at, v_category.deadlines -> 'accept'), v_geom, p_cells, p_channel,
        v_category.about_official);
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
        INSERT INTO report_contacts (report_id, contact, taken_by, lang) VALUES (v_report, p_contact, v_person, p_lang);
    END IF;
    INSERT INTO events (case_id, seq, at, verb, state, data) VALUES (v_case, 1, p_at, 'receive', 'received',
        jsonb_build_object('report_id', v_report, 'channel', p_channel, 'outcome', v_answer -> 'outcome',
                           'edition', v_answer -> 'edition', 'owner', v_owner,
                           'words_digest', encode(sha256(v_salt || convert_to(p_words, 'UTF8')), 'hex')));
    IF p_same_as IS NOT NULL THEN
        v_into := joined_to(p_session, p_link_digest, p_at, v_case, p_same_as);
    END IF;
    INSERT INTO outbox (topic, payload, at) VALUES ('report.received',
        jsonb_build_object('report_id', v_report, 'case_id', coalesce(v_into.id, v_case), 'owner', v_owner,
                           'also', jsonb_path_query_array(v_answer, '$.also[*].code'))
        || CASE WHEN v_into.id IS NULL THEN '{}' ELSE jsonb_build_object('joined', true, 'owner', jsonb_build_object(
               'area_code', v_into.owner_area_code, 'role', v_into.owner_role, 'posting_id', v_into.owner_posting_id)) END, p_at);
    RETURN jsonb_build_object('number', p_number, 'received_at', p_at, 'match', v_told, 'repeated', false, 'joined', v_into.id IS NOT NULL)::text;
END $$;
REVOKE EXECUTE ON FUNCTION receive_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_report TO gridwarden_web;
DROP FUNCTION at_door, past_grid, chain_to, may_plan_rota, may_take_visit, refuse_past_day, refuse_clash, receives, receiver, day_off;
DROP TABLE rota_visits, rota;

-- What the older revisions have no word for came through a box, or was told to somebody.
ALTER TABLE reports DISABLE TRIGGER reports_are_never_edited;
UPDATE reports SET channel = CASE channel WHEN 'letterbox' THEN 'village_box' ELSE 'talking_point' END WHERE channel IN ('letterbox', 'visit');
ALTER TABLE reports ENABLE TRIGGER reports_are_never_edited;
UPDATE cases SET channel = CASE channel WHEN 'letterbox' THEN 'village_box' ELSE 'talking_point' END WHERE channel IN ('letterbox', 'visit');
ALTER TABLE dispatch_rules DISABLE TRIGGER dispatch_rules_are_dated;
UPDATE dispatch_rules SET channel = CASE channel WHEN 'letterbox' THEN 'village_box' ELSE 'talking_point' END WHERE channel IN ('letterbox', 'visit');
ALTER TABLE dispatch_rules ENABLE TRIGGER dispatch_rules_are_dated;
UPDATE api_keys SET channels = array_replace(channels, 'letterbox', 'village_box') WHERE 'letterbox' = ANY (channels);
ALTER TABLE reports DROP CONSTRAINT reports_channel_check, ADD CONSTRAINT reports_channel_check CHECK (
    channel IN ('app', 'wechat', 'hotline', 'village_box', 'talking_point', 'patrol'));
ALTER TABLE dispatch_rules DROP CONSTRAINT dispatch_rules_channel_check, ADD CONSTRAINT dispatch_rules_channel_check CHECK (
    channel IN ('app', 'wechat', 'hotline', 'village_box', 'talking_point', 'patrol'));
ALTER TABLE api_keys DROP CONSTRAINT api_keys_channels_check, ADD CONSTRAINT api_keys_channels_check CHECK (
    cardinality(channels) > 0 AND channels <@ ARRAY['app', 'wechat', 'hotline', 'village_box', 'talking_point']);

-- As before 0057.
CREATE OR REPLACE FUNCTION akin(p_case cases, p_category text, p_point geometry, p_area_code text, p_at timestamptz) RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_family text := (category_at(p_category, p_at)).family;
    v_sees boolean := actor_sees(p_case);
    v_near double precision;
BEGIN
    IF p_case.state = 'merged' OR p_case.about_official OR NOT v_sees AND (p_case.private OR p_case.closed_at IS NOT NULL)
       OR (category_at(p_case.category_code, p_at)).family IS DISTINCT FROM v_family THEN
        RETURN NULL;
    ELSIF p_case.geom IS NULL OR p_point IS NULL THEN
        RETURN CASE WHEN p_case.area_code = p_area_code THEN 0 END;
    END IF;
    v_near := 1 - metres_between(p_point, CASE WHEN v_sees THEN p_case.geom ELSE ST_SnapToGrid(p_case.geom, 0.001) END) / (2 * place_radius(v_family, p_at));
    RETURN CASE WHEN v_near >= 0 THEN v_near END;
END $$;
