-- A case takes area, owner and deadline from its first report, and its pin from the first report that has one.
INSERT INTO cases (id, category_code, private, urgency, state, confirmed, reopened, area_code, chain, owner_area_code,
                   owner_role, owner_posting_id, received_at, due_at, closed_at, version, synthetic, geom, cells, channel)
OVERRIDING SYSTEM VALUE
SELECT c.id, c.category_code, k.private, k.urgency, c.state, c.confirmed, c.reopened, f.answer #>> '{area,code}', f.chain,
       f.owner ->> 'area_code', f.owner ->> 'role', (f.owner ->> 'posting_id')::integer, f.received_at,
       f.received_at + make_interval(secs => (k.deadlines #>> '{solve,hours}')::double precision * 3600),
       c.closed_at, c.version, true, pin.geom, pin.cells, f.channel
FROM stage_cases c
JOIN (
    SELECT DISTINCT ON (r.case_id) r.case_id, r.received_at, r.channel, a.answer, a.chain, a.owner
    FROM stage_reports r JOIN stage_answers a USING (id)
    ORDER BY r.case_id, r.received_at, r.id
) f ON f.case_id = c.id
LEFT JOIN LATERAL (
    SELECT ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326) AS geom, p.cells FROM stage_reports p
    WHERE p.case_id = c.id AND p.lon IS NOT NULL ORDER BY p.received_at, p.id LIMIT 1
) pin ON true
CROSS JOIN LATERAL category_at(c.category_code, f.received_at) k;

INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given,
                     lat_given, datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, synthetic, cells)
OVERRIDING SYSTEM VALUE
SELECT r.id, r.number, r.key_digest, r.case_id, r.category_code, r.channel, r.received_at, r.seen_at,
       CASE WHEN r.lon IS NULL THEN 'area' ELSE 'point' END, r.lon_given, r.lat_given, r.datum, r.accuracy_m,
       ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), a.answer #>> '{area,code}', a.chain, a.answer,
       head_on(a.answer #>> '{area,code}', r.seen_at), true, r.cells
FROM stage_reports r JOIN stage_answers a USING (id);

INSERT INTO report_words (report_id, words, place_words, salt, chain)
SELECT r.id, r.words, r.place_words, r.salt, a.chain FROM stage_reports r JOIN stage_answers a USING (id);

INSERT INTO report_contacts (report_id, contact) SELECT id, contact FROM stage_reports WHERE contact IS NOT NULL;

INSERT INTO events (case_id, seq, at, verb, state, posting_id, data)
SELECT e.case_id, e.seq, e.at, e.verb, e.state, CASE WHEN e.staff THEN c.owner_posting_id END,
       e.data || CASE WHEN r.id IS NULL THEN '{}' ELSE jsonb_build_object(
           'report_id', r.id, 'channel', r.channel, 'outcome', a.answer -> 'outcome', 'edition', a.answer -> 'edition',
           'owner', a.owner, 'words_digest', encode(sha256(r.salt || convert_to(r.words, 'UTF8')), 'hex')) END
FROM stage_events e
JOIN cases c ON c.id = e.case_id
LEFT JOIN stage_reports r ON r.id = e.report_id
LEFT JOIN stage_answers a ON a.id = e.report_id
ORDER BY e.case_id, e.seq;

ANALYZE cases, reports, report_words, report_contacts, events;

DROP TABLE stage_cases, stage_reports, stage_events, stage_answers;
