-- Photos, and what of words and photos the public sees.
-- The bytes of a photo are a file named by their digest (grids/photo_files.py); here stands what it shows and for whom.
-- Nothing is public before a clerk who did not handle the case has released it; the released version is kept apart.

CREATE TABLE photos (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    report_id     bigint REFERENCES reports,         -- null: taken by staff at work
    kind          text NOT NULL CHECK (kind IN ('report', 'before', 'after', 'recheck')),
    digest        bytea NOT NULL CHECK (octet_length(digest) = 32),          -- sha256 of the file, and its name
    width         integer NOT NULL CHECK (width > 0),
    height        integer NOT NULL CHECK (height > 0),
    bytes         integer NOT NULL CHECK (bytes > 0),
    taken_by      integer REFERENCES people,         -- the member of staff who sent it
    at            timestamptz NOT NULL,
    chain         text[] NOT NULL,
    decision      text NOT NULL DEFAULT 'waiting' CHECK (decision IN ('waiting', 'released', 'withheld', 'withdrawn')),
    decided_at    timestamptz,
    decided_by    integer REFERENCES people,
    shown_digest  bytea CHECK (octet_length(shown_digest) = 32),             -- what the public sees, perhaps blurred
    shown_width   integer,
    shown_height  integer,
    CHECK ((kind = 'report') = (report_id IS NOT NULL)),
    CHECK ((decision = 'waiting') = (decided_at IS NULL)),
    CHECK (decision <> 'released' OR shown_digest IS NOT NULL)
);
-- Usage: photo_add(), the same photo of the same report again; reporter_photos().
CREATE UNIQUE INDEX photos_of_a_report ON photos (report_id, digest) WHERE report_id IS NOT NULL;
-- Usage: photo_add(), the same photo of work on the same case again.
CREATE UNIQUE INDEX photos_of_work ON photos (case_id, kind, digest) WHERE report_id IS NULL;
-- Usage: the photos of a case.
CREATE INDEX photos_by_case ON photos (case_id);
-- Usage: moderation_queue(), the newest photos that wait.
CREATE INDEX photos_waiting ON photos (id DESC) WHERE decision = 'waiting';

-- What was decided about a report's words.  The words as they were said stand in report_words and are never edited;
-- these are the clerk's version of them and go when they are withdrawn.
CREATE TABLE releases (
    report_id   bigint PRIMARY KEY REFERENCES reports,
    decision    text NOT NULL CHECK (decision IN ('released', 'withheld', 'withdrawn')),
    words       text CHECK (length(words) BETWEEN 1 AND 4000),
    salt        bytea NOT NULL,                      -- of the words' digest in the event
    decided_at  timestamptz NOT NULL,
    decided_by  integer NOT NULL REFERENCES people,
    chain       text[] NOT NULL,
    CHECK ((decision = 'released') = (words IS NOT NULL))
);
-- Usage: moderation_queue(), what was released last.
CREATE INDEX releases_newest ON releases (decided_at DESC) WHERE decision = 'released';

-- A report that moves to another case takes its photos along.
CREATE FUNCTION photos_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    UPDATE photos SET case_id = NEW.case_id WHERE report_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER photos_follow_their_report AFTER UPDATE OF case_id ON reports
    FOR EACH ROW WHEN (OLD.case_id <> NEW.case_id) EXECUTE FUNCTION photos_follow();

-- Whether the actor reads the words of a case, and so sees its photos: by the same words as the policy on report_words.
CREATE FUNCTION actor_reads_words(p_case cases) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_case.chain && actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor')
        OR coalesce(p_case.elsewhere && actor_keys(), false);
END $$;

-- Keeps a photo whose file is on the disk: of a report by its link, of work on a case by a member of staff.
-- The same photo again answers the first.  Errors: GW080 no such report for this link, GW081 no such case for this actor,
-- GW082 as many photos as there may be.
CREATE FUNCTION photo_add(
    p_number text, p_link bytea, p_case bigint, p_kind text, p_digest bytea, p_width integer, p_height integer, p_bytes integer,
    p_most integer, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := actor_person();
    v_report reports;
    v_case cases;
    v_photo photos;
    v_count integer;
BEGIN
    LOOP
        IF p_number IS NOT NULL THEN
            SELECT * INTO v_report FROM reports r WHERE r.number = p_number AND r.key_digest = p_link;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no such report' USING ERRCODE = 'GW080';
            END IF;
        END IF;
        SELECT * INTO v_case FROM cases c WHERE c.id = coalesce(v_report.case_id, p_case) FOR NO KEY UPDATE;
        -- Between the two the report may have moved to another case.
        EXIT WHEN v_report.id IS NULL OR EXISTS (SELECT FROM reports r WHERE r.id = v_report.id AND r.case_id = v_case.id);
    END LOOP;
    IF v_case.id IS NULL OR v_report.id IS NULL AND NOT actor_reads_words(v_case) THEN
        RAISE EXCEPTION 'no such case' USING ERRCODE = 'GW081';
    END IF;
    SELECT * INTO v_photo FROM photos p WHERE p.digest = p_digest AND p.kind = p_kind
        AND CASE WHEN v_report.id IS NULL THEN p.case_id = v_case.id AND p.report_id IS NULL ELSE p.report_id = v_report.id END;
    IF FOUND THEN
        RETURN jsonb_build_object('id', v_photo.id, 'case_id', v_case.id, 'at', v_photo.at, 'repeated', true);
    END IF;
    SELECT count(*) INTO v_count FROM photos p WHERE CASE WHEN v_report.id IS NULL
        THEN p.case_id = v_case.id AND p.report_id IS NULL AND p.kind = p_kind ELSE p.report_id = v_report.id END;
    IF v_count >= p_most THEN
        RAISE EXCEPTION 'enough photos' USING ERRCODE = 'GW082';
    END IF;
    INSERT INTO photos (case_id, report_id, kind, digest, width, height, bytes, taken_by, at, chain)
    VALUES (v_case.id, v_report.id, p_kind, p_digest, p_width, p_height, p_bytes,
            CASE WHEN v_report.id IS NULL THEN v_person END, p_at, coalesce(v_report.chain, v_case.chain))
    RETURNING * INTO v_photo;
    PERFORM add_event(v_case, p_at, 'photo', CASE WHEN v_report.id IS NULL THEN acting_posting(v_case, v_person, p_at) END,
                      NULL, false, jsonb_build_object('photo_id', v_photo.id, 'kind', p_kind, 'digest', encode(p_digest, 'hex')));
    RETURN jsonb_build_object('id', v_photo.id, 'case_id', v_case.id, 'at', p_at, 'repeated', false);
END $$;

-- The photos that the holder of a report's link may see: those of the report, and what staff took before and after the work,
-- so that he can say whether it is solved; the latter not of what is private or about an official.
CREATE FUNCTION reporter_photos(p_number text, p_link bytea)
RETURNS TABLE (id bigint, kind text, digest bytea, width integer, height integer, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN QUERY SELECT p.id, p.kind, p.digest, p.width, p.height, p.at
    FROM reports r JOIN cases c ON c.id = r.case_id JOIN photos p ON p.case_id = c.id
    WHERE r.number = p_number AND r.key_digest = p_link
      AND (p.report_id = r.id OR p.kind IN ('before', 'after') AND NOT c.private AND NOT c.about_official)
    ORDER BY p.at, p.id;
END $$;

-- The file that the public sees of a photo; null before it is released and as soon as it is withdrawn.
CREATE FUNCTION public_photo(p_photo bigint) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
BEGIN
    RETURN (SELECT p.shown_digest FROM photos p JOIN cases c ON c.id = p.case_id
            WHERE p.id = p_photo AND p.decision = 'released' AND NOT c.private AND NOT c.about_official);
END $$;

-- What anybody may know of a case: category, state, dates, area, and what was released; null for a private one.
-- Whether something was never told, not yet released, or withheld does not show.
CREATE FUNCTION public_case(p_case bigint, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_case cases;
BEGIN
    SELECT * INTO v_case FROM cases c WHERE c.id = p_case AND NOT c.private;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object(
        'id', v_case.id, 'category', v_case.category_code, 'state', v_case.state, 'confirmed', v_case.confirmed,
        'received_on', (v_case.received_at AT TIME ZONE 'Asia/Shanghai')::date,
        'closed_on', (v_case.closed_at AT TIME ZONE 'Asia/Shanghai')::date,
        'area', area_brief((edition_at(v_case.received_at)).id, ARRAY[v_case.area_code::text]) -> 0,
        'words', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'words', w.words, 'received_on', (r.received_at AT TIME ZONE 'Asia/Shanghai')::date)
                      ORDER BY r.received_at, r.id), '[]')
                  FROM reports r JOIN releases w ON w.report_id = r.id
                  WHERE r.case_id = v_case.id AND w.decision = 'released' AND NOT v_case.about_official),
        'photos', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'id', p.id, 'kind', p.kind, 'width', p.shown_width, 'height', p.shown_height,
                       'sent_on', (p.at AT TIME ZONE 'Asia/Shanghai')::date) ORDER BY p.at, p.id), '[]')
                   FROM photos p
                   WHERE p.case_id = v_case.id AND p.decision = 'released' AND NOT v_case.about_official));
END $$;

-- Whether a person handled a case: did anything on it but take the report, look, write a note, or moderate.
CREATE FUNCTION handled(p_person integer, p_case bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM events e JOIN postings p ON p.id = e.posting_id
                   WHERE e.case_id = p_case AND p.person_id = p_person
                     AND e.verb NOT IN ('receive', 'look', 'note', 'release', 'withhold', 'withdraw'));
END $$;

-- Locks a case for a clerk's decision and answers the posting by which he decides.
-- Errors: GW081 not his, GW083 he handled it, GW084 private or about an official: never offered.
CREATE FUNCTION moderating(p_case cases, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_person integer := actor_person();
    v_posting integer;
BEGIN
    SELECT p.id INTO v_posting FROM postings p
    WHERE p.person_id = v_person AND p.role = 'clerk' AND p.during @> p_at AND p.area_code = ANY (p_case.chain)
    ORDER BY array_position(p_case.chain, p.area_code::text) DESC, p.id LIMIT 1;
    IF v_posting IS NULL THEN
        RAISE EXCEPTION 'not for this actor' USING ERRCODE = 'GW081';
    ELSIF p_case.private OR p_case.about_official THEN
        RAISE EXCEPTION 'never public' USING ERRCODE = 'GW084';
    ELSIF handled(v_person, p_case.id) THEN
        RAISE EXCEPTION 'handled by the same person' USING ERRCODE = 'GW083';
    END IF;
    RETURN v_posting;
END $$;

-- The verb of a decision, if it may follow what was decided before.  Error: GW085, with what stands in the detail.
CREATE FUNCTION verb_of_decision(p_before text, p_decision text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_decision = 'released' THEN
        RETURN 'release';
    ELSIF p_decision = 'withheld' AND p_before = 'waiting' THEN
        RETURN 'withhold';
    ELSIF p_decision = 'withdrawn' AND p_before = 'released' THEN
        RETURN 'withdraw';
    END IF;
    RAISE EXCEPTION 'not after this' USING ERRCODE = 'GW085', DETAIL = p_before;
END $$;

-- Decides about the words of a report; the reason stands with the event.  The same decision again answers and writes nothing.
CREATE FUNCTION decide_words(p_report bigint, p_decision text, p_words text, p_reason text, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_case cases;
    v_posting integer;
    v_verb text;
    v_before releases;
    v_salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
    v_data jsonb := jsonb_build_object('report_id', p_report);
BEGIN
    SELECT c.* INTO v_case FROM cases c WHERE c.id = (SELECT r.case_id FROM reports r WHERE r.id = p_report) FOR NO KEY UPDATE;
    v_posting := moderating(v_case, p_at);
    SELECT * INTO v_before FROM releases w WHERE w.report_id = p_report;
    IF v_before.decision = p_decision AND v_before.words IS NOT DISTINCT FROM p_words THEN
        RETURN jsonb_build_object('case_id', v_case.id, 'decision', p_decision, 'repeated', true);
    END IF;
    v_verb := verb_of_decision(coalesce(v_before.decision, 'waiting'), p_decision);
    INSERT INTO releases AS w VALUES (p_report, p_decision, p_words, v_salt, p_at, actor_person(),
                                      (SELECT r.chain FROM reports r WHERE r.id = p_report))
    ON CONFLICT (report_id) DO UPDATE SET decision = EXCLUDED.decision, words = EXCLUDED.words, salt = EXCLUDED.salt,
        decided_at = EXCLUDED.decided_at, decided_by = EXCLUDED.decided_by;
    IF p_words IS NOT NULL THEN
        v_data := v_data || jsonb_build_object('released_digest', encode(sha256(v_salt || convert_to(p_words, 'UTF8')), 'hex'));
    END IF;
    PERFORM add_event(v_case, p_at, v_verb, v_posting, p_reason, false, v_data);
    RETURN jsonb_build_object('case_id', v_case.id, 'decision', p_decision, 'repeated', false);
END $$;

-- Decides about a photo; what the public is to see of it is on the disk already.
CREATE FUNCTION decide_photo(
    p_photo bigint, p_decision text, p_shown bytea, p_width integer, p_height integer, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_case cases;
    v_posting integer;
    v_verb text;
    v_before photos;
    v_data jsonb := jsonb_build_object('photo_id', p_photo);
BEGIN
    SELECT c.* INTO v_case FROM cases c WHERE c.id = (SELECT p.case_id FROM photos p WHERE p.id = p_photo) FOR NO KEY UPDATE;
    v_posting := moderating(v_case, p_at);
    SELECT * INTO v_before FROM photos p WHERE p.id = p_photo;
    IF v_before.decision = p_decision AND (p_decision <> 'released' OR v_before.shown_digest = p_shown) THEN
        RETURN jsonb_build_object('case_id', v_case.id, 'decision', p_decision, 'repeated', true);
    END IF;
    v_verb := verb_of_decision(v_before.decision, p_decision);
    UPDATE photos SET decision = p_decision, decided_at = p_at, decided_by = actor_person(),
        shown_digest = p_shown, shown_width = p_width, shown_height = p_height
    WHERE id = p_photo;
    IF p_shown IS NOT NULL THEN
        v_data := v_data || jsonb_build_object('digest', encode(p_shown, 'hex'), 'blurred', p_shown <> v_before.digest);
    END IF;
    PERFORM add_event(v_case, p_at, v_verb, v_posting, p_reason, false, v_data);
    RETURN jsonb_build_object('case_id', v_case.id, 'decision', p_decision, 'repeated', false);
END $$;

-- What waits for the actor, or was released in his areas; the newest first, so many of words and so many of photos.
-- Of cases that he handled, that are private or about an official, nothing.
CREATE FUNCTION moderation_queue(p_decision text, p_limit integer)
RETURNS TABLE (what text, id bigint, case_id bigint, kind text, category_code text, area_code text, at timestamptz,
               words text, place_words text, width integer, height integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_person integer := actor_person();
    v_areas text[] := actor_areas('clerk');
BEGIN
    IF p_decision = 'waiting' THEN
        RETURN QUERY SELECT 'words', r.id, c.id, 'report', c.category_code, c.area_code::text, r.received_at, w.words,
                            w.place_words, NULL::integer, NULL::integer
        FROM report_words w JOIN reports r ON r.id = w.report_id JOIN cases c ON c.id = r.case_id
        WHERE w.chain && v_areas AND c.chain && v_areas AND NOT c.private AND NOT c.about_official
          AND NOT EXISTS (SELECT FROM releases d WHERE d.report_id = r.id) AND NOT handled(v_person, c.id)
        ORDER BY w.report_id DESC LIMIT p_limit;
    ELSE
        RETURN QUERY SELECT 'words', r.id, c.id, 'report', c.category_code, c.area_code::text, r.received_at, d.words,
                            NULL::text, NULL::integer, NULL::integer
        FROM releases d JOIN reports r ON r.id = d.report_id JOIN cases c ON c.id = r.case_id
        WHERE d.decision = p_decision AND c.chain && v_areas AND NOT c.private AND NOT c.about_official
          AND NOT handled(v_person, c.id)
        ORDER BY d.decided_at DESC LIMIT p_limit;
    END IF;
    RETURN QUERY SELECT 'photo', p.id, c.id, p.kind, c.category_code, c.area_code::text, p.at, NULL::text, NULL::text,
                        p.width, p.height
    FROM photos p JOIN cases c ON c.id = p.case_id
    WHERE p.decision = p_decision AND c.chain && v_areas AND NOT c.private AND NOT c.about_official
      AND NOT handled(v_person, c.id)
    ORDER BY p.id DESC LIMIT p_limit;
END $$;

-- Rights.
GRANT SELECT ON photos, releases TO gridwarden_web;
ALTER TABLE photos ENABLE ROW LEVEL SECURITY;
ALTER TABLE photos FORCE ROW LEVEL SECURITY;
ALTER TABLE releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE releases FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_may ON photos TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON releases TO gridwarden_owner USING (true) WITH CHECK (true);
-- Whoever may not see the case sees none of its photos either, whatever hides the case.
CREATE POLICY chain_reads ON photos FOR SELECT TO gridwarden_web USING (
    EXISTS (SELECT FROM cases c WHERE c.id = photos.case_id
            AND (photos.chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor'))
                 OR c.chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor'))
                 OR c.elsewhere && (SELECT actor_keys()))));
CREATE POLICY chain_reads ON releases FOR SELECT TO gridwarden_web USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'dispatcher', 'clerk', 'supervisor')));

REVOKE EXECUTE ON FUNCTION photos_follow, actor_reads_words, photo_add, reporter_photos, public_photo, public_case, handled,
    moderating, verb_of_decision, decide_words, decide_photo, moderation_queue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION photo_add, reporter_photos, public_photo, public_case, decide_words, decide_photo, moderation_queue
    TO gridwarden_web;
