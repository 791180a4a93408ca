-- Who owned each case from when on, and what was due: each change worked out from the one before it by the service's own
-- stepped(), the first change of all cases at once, then the second, and so on.
CREATE TEMP TABLE stage_turns (case_id bigint, turn integer, stood cases, until timestamptz);

INSERT INTO stage_turns
SELECT r.case_id, 0, jsonb_populate_record(NULL::cases, jsonb_build_object(
    'id', r.case_id, 'category_code', r.category_code, 'state', 'received', 'about_official', k.about_official, 'chain', a.chain,
    'owner_area_code', a.owner ->> 'area_code', 'owner_role', a.owner ->> 'role', 'owner_posting_id', a.owner -> 'posting_id',
    'received_at', r.received_at, 'due_at', due_after(r.received_at, k.deadlines -> 'solve'), 'reopened', 0, 'returned', 0))
FROM stage_reports r JOIN stage_answers a USING (id) CROSS JOIN LATERAL category_at(r.category_code, r.received_at) k;
ALTER TABLE stage_turns ADD PRIMARY KEY (case_id, turn);
-- However few turns the planner expects, it finds them by key.
CREATE INDEX ON stage_events (case_id, turn) WHERE turns;
ANALYZE stage_turns, stage_events;

DO $$
DECLARE
    v_turn integer := 0;
BEGIN
    LOOP
        v_turn := v_turn + 1;
        INSERT INTO stage_turns
        SELECT e.case_id, v_turn, stepped(b.stood, s, e.at, jsonb_build_object('until', u.until, 'owner', CASE
                   WHEN d.id IS NULL THEN jsonb_build_object('area_code', a.owner -> 'area_code', 'role', a.owner -> 'role',
                                                             'posting_id', a.owner -> 'posting_id')
                   ELSE jsonb_build_object('area_code', d.area_code, 'role', 'department', 'posting_id', d.id) END)), u.until
        FROM stage_events e
        JOIN stage_turns b ON b.case_id = e.case_id AND b.turn = v_turn - 1
        JOIN steps s ON s.verb = e.verb
        JOIN stage_reports r ON r.case_id = e.case_id
        JOIN stage_answers a ON a.id = r.id
        LEFT JOIN postings d ON d.role = 'department' AND d.area_code = a.chain[2] AND d.desk = e.goes_to AND d.during @> e.at
        CROSS JOIN LATERAL (
            -- More time begins where the deadline ends, a pause begins at once.
            SELECT CASE WHEN e.hours IS NOT NULL THEN
                make_interval(secs => e.hours * 3600) + CASE e.verb WHEN 'pause' THEN e.at ELSE greatest((b.stood).due_at, e.at) END
            END AS until) u
        WHERE e.turns AND e.turn = v_turn;
        EXIT WHEN NOT FOUND;
    END LOOP;
END $$;
ANALYZE stage_turns;

-- Who does what an owner does: at a desk without a person of its own its dispatcher, in a department its handler.
CREATE TEMP TABLE stage_hands AS
SELECT p.id AS posting_id, coalesce(
    CASE WHEN p.person_id IS NULL THEN (
        SELECT min(h.id) FROM postings h
        WHERE h.area_code = p.area_code AND h.role = CASE p.role WHEN 'desk' THEN 'dispatcher' ELSE 'handler' END
          AND (p.role = 'desk' OR h.desk = p.desk)) END, p.id) AS hand_id
FROM postings p WHERE p.role IN ('head', 'deputy', 'desk', 'department');
ALTER TABLE stage_hands ADD PRIMARY KEY (posting_id);
CREATE TEMP TABLE stage_staff AS
SELECT p.area_code::text AS area_code, p.role, min(p.id) AS id, min(p.person_id) AS person_id
FROM postings p WHERE p.role IN ('dispatcher', 'supervisor', 'clerk') GROUP BY 1, 2;
ALTER TABLE stage_staff ADD PRIMARY KEY (area_code, role);
ANALYZE stage_hands, stage_staff;

-- Each line of the histories with its actor and with what a step keeps, as take_step() would have written it.
CREATE TEMP TABLE stage_lines AS
SELECT e.case_id, e.seq, e.at, e.verb, e.state, w.actor, e.words, e.salt, e.data
       || CASE WHEN s.verb IS NULL THEN '{}' ELSE jsonb_build_object('as', ARRAY(SELECT x FROM unnest(s.who) x WHERE x = ANY (w.is_to_it))) END
       || CASE WHEN f.due_at <> b.due_at THEN jsonb_build_object('due_at', f.due_at, 'due_before', b.due_at) ELSE '{}' END
       || CASE WHEN (f.owner_area_code, f.owner_role, f.owner_posting_id) IS DISTINCT FROM (b.owner_area_code, b.owner_role, b.owner_posting_id)
                    AND f.case_id IS NOT NULL THEN
              jsonb_build_object('owner', jsonb_build_object('area_code', f.owner_area_code, 'role', f.owner_role, 'posting_id', f.owner_posting_id),
                                 'owner_before', jsonb_build_object('area_code', b.owner_area_code, 'role', b.owner_role, 'posting_id', b.owner_posting_id))
              ELSE '{}' END
       || CASE WHEN s.verb IS NOT NULL AND w.is_to_it = ARRAY['reporter'] THEN jsonb_build_object(
              'report_id', (SELECT o.id FROM stage_reports o WHERE o.case_id = e.case_id)) ELSE '{}' END
       || CASE WHEN f.until IS NOT NULL THEN jsonb_build_object('until', f.until) ELSE '{}' END
       || CASE WHEN e.words IS NULL THEN '{}' ELSE
              jsonb_build_object('words_digest', encode(sha256(e.salt || convert_to(e.words, 'UTF8')), 'hex')) END
       || CASE WHEN r.id IS NULL THEN '{}' ELSE jsonb_build_object(
              'report_id', r.id, 'channel', r.channel, 'outcome', a.answer -> 'outcome', 'edition', a.answer -> 'edition',
              'owner', a.owner, 'words_digest', encode(sha256(r.salt || convert_to(r.words, 'UTF8')), 'hex')) END AS data
FROM stage_events e
LEFT JOIN steps s ON s.verb = e.verb
LEFT JOIN stage_reports r ON r.id = e.report_id
LEFT JOIN stage_answers a ON a.id = e.report_id
-- As it stood before, and after.
JOIN (SELECT t.case_id, t.turn, (t.stood).* FROM stage_turns t) b ON b.case_id = e.case_id AND b.turn = e.turn - e.turns::integer
LEFT JOIN (SELECT t.case_id, t.turn, t.until, (t.stood).* FROM stage_turns t) f ON e.turns AND f.case_id = e.case_id AND f.turn = e.turn
LEFT JOIN stage_hands h ON h.posting_id = b.owner_posting_id
LEFT JOIN stage_staff city ON city.role = 'dispatcher' AND city.area_code = b.chain[1]
LEFT JOIN stage_staff county ON county.role = 'dispatcher' AND county.area_code = b.chain[2]
LEFT JOIN stage_staff township ON township.role = 'dispatcher' AND township.area_code = b.chain[3]
LEFT JOIN stage_staff supervisor ON supervisor.role = 'supervisor' AND supervisor.area_code = b.chain[2]
CROSS JOIN LATERAL (SELECT array_position(b.chain, b.owner_area_code::text) AS place) stands
CROSS JOIN LATERAL (SELECT stands.place - (b.owner_role <> 'department')::integer AS place) above
CROSS JOIN LATERAL (
    SELECT CASE e.played
        WHEN 'owner' THEN h.hand_id
        -- What went up is directed from there on.
        WHEN 'desk' THEN coalesce(CASE WHEN stands.place >= 3 THEN township.id END, CASE WHEN stands.place >= 2 THEN county.id END, city.id)
        WHEN 'above' THEN CASE WHEN above.place >= 3 THEN township.id WHEN above.place = 2 THEN county.id ELSE city.id END
        WHEN 'recheck' THEN supervisor.id END AS id
) does
LEFT JOIN postings p ON p.id = does.id
CROSS JOIN LATERAL (
    SELECT p.id AS actor, CASE
        WHEN p.id IS NULL THEN ARRAY[CASE WHEN e.verb IN ('lapse', 'resume') THEN 'service' ELSE 'reporter' END]
        ELSE array_remove(ARRAY[
            CASE WHEN e.played = 'owner' OR p.role = 'dispatcher' AND b.owner_role = 'desk' AND p.area_code = b.owner_area_code THEN 'owner' END,
            CASE WHEN p.role IN ('desk', 'dispatcher') THEN 'dispatcher' END,
            CASE WHEN p.role IN ('desk', 'dispatcher') AND array_position(b.chain, p.area_code::text) <= above.place THEN 'above' END,
            CASE WHEN e.played = 'recheck' THEN 'uninvolved' END], NULL) END AS is_to_it
) w;
