-- What bench/desk.py measures over: grids with heads, cases of a year, a report and four events each.
INSERT INTO areas SELECT '9002' || lpad(n::text, 4, '0'), 'grid' FROM generate_series(1, %(grids)s) n;
INSERT INTO boundaries
SELECT e.id, code, 'grid', '西村网格' || n, '9002', ARRAY['90', '9002', code], false, 100, 300, 1, true, ST_Centroid(box), ST_Multi(box)
FROM editions e, generate_series(1, %(grids)s) n, LATERAL (SELECT '9002' || lpad(n::text, 4, '0') AS code,
     ST_Translate(ST_MakeEnvelope(0, 0, 0.001, 0.001, 4326), 116 + n %% 80 / 1000.0, 38 + n / 80 / 1000.0) AS box) b;
-- Every hundredth grid has no head.
INSERT INTO people (name) SELECT '网格长' || n FROM generate_series(1, %(grids)s) n WHERE n %% 100 > 0;
INSERT INTO postings (area_code, role, person_id, during)
SELECT '9002' || lpad(substr(p.name, 4), 4, '0'), 'head', p.id, tstzrange('2018-12-31 16:00Z', NULL)
FROM people p WHERE p.name ~ '^网格长[0-9]+$';
CREATE TEMP TABLE made AS
SELECT n AS id, code, n > %(closed)s AS open, %(now)s - (CASE WHEN n > %(closed)s THEN 40 ELSE 365 END * random()) * interval '1 day' AS received_at,
       (ARRAY['received', 'accepted', 'dispatched', 'in_progress', 'in_progress', 'claimed_solved', 'paused'])[1 + floor(random() * 7)::integer] AS state,
       random() AS luck
FROM generate_series(1, %(open)s + %(closed)s) n, LATERAL (SELECT '9002' || lpad((n * 7919 %% %(grids)s + 1)::text, 4, '0') AS code) g;
INSERT INTO cases (id, category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, owner_posting_id, received_at,
                   due_at, stage_due_at, closed_at, confirmed, paused_at, paused_until, asked_until, returned, reopened, hazard, claimed_at,
                   geom, cells, channel)
OVERRIDING SYSTEM VALUE
SELECT m.id, 'dumping', false, 'normal', CASE WHEN m.open THEN m.state ELSE 'closed' END, m.code, ARRAY['90', '9002', m.code],
       CASE WHEN p.id IS NULL THEN '90' ELSE m.code END, CASE WHEN p.id IS NULL THEN 'desk' ELSE 'head' END,
       coalesce(p.id, (SELECT d.id FROM postings d WHERE d.area_code = '90' AND d.role = 'desk')), m.received_at,
       -- One in three is late.
       m.received_at + interval '60 days' * greatest(m.luck, 0.01),
       CASE WHEN m.open AND m.state IN ('received', 'accepted', 'claimed_solved') THEN m.received_at + interval '45 days' END,
       CASE WHEN NOT m.open THEN m.received_at + interval '3 days' END, CASE WHEN NOT m.open THEN true END,
       CASE WHEN m.open AND m.state = 'paused' THEN m.received_at END,
       CASE WHEN m.open AND m.state = 'paused' THEN m.received_at + interval '50 days' END,
       CASE WHEN m.open AND m.state = 'in_progress' AND m.luck < 0.1 THEN m.received_at + interval '90 days' END,
       CASE WHEN m.luck < 0.05 THEN 1 ELSE 0 END, CASE WHEN m.luck > 0.95 THEN 1 ELSE 0 END, m.luck > 0.98,
       CASE WHEN m.open AND m.state = 'claimed_solved' THEN m.received_at END,
       ST_SetSRID(ST_MakePoint(116 + random() * 0.08, 38 + random() * 0.075), 4326), '{1,2,3,4,5}', 'app'
FROM made m LEFT JOIN postings p ON p.area_code = m.code AND p.role = 'head';
INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     geom, area_code, chain, match, cells)
OVERRIDING SYSTEM VALUE
SELECT id, lpad(id::text, 10, '0'), '', id, category_code, channel, received_at, received_at, 'point', ST_X(geom), ST_Y(geom), 'wgs84', geom,
       area_code, chain, '{}', cells FROM cases;
INSERT INTO report_words (report_id, words, salt, chain) SELECT id, '东头水沟边上又有人倒垃圾，味道很大，麻烦来看看。', '', chain FROM cases;
INSERT INTO events (case_id, seq, at, verb, state, posting_id)
SELECT c.id, s.seq, c.received_at, s.verb, s.state, CASE WHEN s.seq = 1 THEN NULL
       WHEN s.seq = 3 AND c.id %% 5 = 0 THEN (SELECT p.id FROM postings p WHERE p.area_code = '90' AND p.role = 'dispatcher') ELSE c.owner_posting_id END
FROM (VALUES (1, 'receive', 'received'), (2, 'accept', 'accepted'), (3, 'dispatch', 'dispatched'), (4, 'start', 'in_progress')) s (seq, verb, state),
     cases c WHERE c.closed_at IS NULL ORDER BY c.id, s.seq;
INSERT INTO sessions SELECT %(digest)s, p.id, %(now)s, %(now)s + interval '12 hours' FROM people p WHERE p.login = 'city';
