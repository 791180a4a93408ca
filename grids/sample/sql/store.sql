-- A case is received with its report, stands as its history left it, and has owner and dates from the last change of them.
INSERT INTO cases (id, category_code, private, urgency, state, confirmed, evaluation, reopened, returned, area_code, chain,
                   owner_area_code, owner_role, owner_posting_id, elsewhere, received_at, due_at, stage_due_at, asked_until,
                   paused_at, paused_until, claimed_at, recheck, closed_at, merged_into, hazard, recurring, about_official,
                   version, synthetic, geom, cells, channel)
OVERRIDING SYSTEM VALUE
SELECT c.id, r.category_code, k.private, k.urgency, c.state, c.confirmed, c.evaluation, c.reopened, t.returned,
       a.answer #>> '{area,code}', a.chain, t.owner_area_code, t.owner_role, t.owner_posting_id, t.elsewhere, r.received_at, t.due_at,
       due_after(c.stage_since, k.deadlines -> CASE c.state WHEN 'received' THEN 'accept' WHEN 'accepted' THEN 'dispatch'
                                                            WHEN 'claimed_solved' THEN 'recheck' END),
       t.asked_until, CASE WHEN c.state = 'paused' THEN t.paused_at END, CASE WHEN c.state = 'paused' THEN t.paused_until END,
       c.claimed_at, c.recheck, c.closed_at, c.merged_into, c.hazard, c.recurring, k.about_official,
       c.version, true, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), r.cells, r.channel
FROM stage_cases c
JOIN stage_reports r ON r.case_id = c.id
JOIN stage_answers a ON a.id = r.id
JOIN (SELECT s.case_id, s.turn, (s.stood).* FROM stage_turns s) t ON t.case_id = c.id AND t.turn = c.turn
CROSS JOIN LATERAL category_at(r.category_code, r.received_at) k;

-- What was told by telephone or in the village, somebody wrote down.
INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given,
                     lat_given, datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by, synthetic, cells)
OVERRIDING SYSTEM VALUE
SELECT r.id, r.number, r.key_digest, r.now_in, r.category_code, r.channel, r.received_at, r.seen_at,
       CASE WHEN r.lon IS NULL THEN 'area' ELSE 'point' END, r.lon_given, r.lat_given, r.datum, r.accuracy_m,
       ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), a.answer #>> '{area,code}', a.chain, a.answer,
       head_on(a.answer #>> '{area,code}', r.seen_at), w.person_id, true, r.cells
FROM stage_reports r
JOIN stage_answers a USING (id)
LEFT JOIN stage_staff w ON w.role = 'clerk' AND w.area_code = CASE r.channel
    WHEN 'hotline' THEN a.chain[1] WHEN 'village_box' THEN a.chain[2] WHEN 'talking_point' THEN a.chain[2] WHEN 'visit' THEN a.chain[2] END;

INSERT INTO report_words (report_id, words, place_words, salt, chain)
SELECT r.id, r.words, r.place_words, r.salt, a.chain FROM stage_reports r JOIN stage_answers a USING (id);

INSERT INTO report_contacts (report_id, contact, taken_by)
SELECT s.id, s.contact, r.taken_by FROM stage_reports s JOIN reports r USING (id) WHERE s.contact IS NOT NULL;

-- In the order of their chains: a trigger hangs each on the one before it.
ANALYZE stage_lines;
INSERT INTO events (case_id, seq, at, verb, state, posting_id, data)
SELECT l.case_id, l.seq, l.at, l.verb, l.state, l.actor, l.data FROM stage_lines l ORDER BY l.case_id, l.seq;

INSERT INTO event_words (event_id, case_id, words, salt, shown)
SELECT e.id, e.case_id, l.words, l.salt, s.shown
FROM stage_lines l JOIN events e USING (case_id, seq) JOIN steps s ON s.verb = l.verb WHERE l.words IS NOT NULL;

ANALYZE cases, reports, report_words, report_contacts, events, event_words;

DROP TABLE stage_cases, stage_reports, stage_events, stage_answers, stage_turns, stage_hands, stage_staff, stage_lines;
