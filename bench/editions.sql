-- What bench/editions.py lets follow: 200,000 open cases with a pin in a grid of edition 1, each in the hands of its head.
INSERT INTO categories VALUES ('dumping', '2018-12-31 16:00Z', 'waste', '乱倒垃圾', 'Dumping', false, 'normal', '{"solve": {"hours": 72}}');
INSERT INTO people (name) SELECT code FROM boundaries WHERE edition_id = 1 AND last_level;
INSERT INTO postings (area_code, role, person_id, during)
SELECT name, 'head', id, tstzrange('2018-12-31 16:00Z', NULL) FROM people;
CREATE TEMP TABLE pins AS
SELECT row_number() OVER () AS n, b.code, b.chain, (d.dump).geom FROM boundaries b,
    LATERAL (SELECT ST_Dump(ST_GeneratePoints(b.geom, 40, 1)) AS dump) d
WHERE b.edition_id = 1 AND b.last_level ORDER BY random() LIMIT 200000;
INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, owner_posting_id, received_at,
                   due_at, channel, geom, cells)
SELECT 'dumping', false, 'normal', 'received', n.code, n.chain, n.code, 'head', p.id, '2026-11-01Z', '2026-11-09Z', 'app', n.geom, '{1,2,3,4,5}'
FROM pins n JOIN postings p ON p.area_code = n.code;
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     accuracy_m, geom, area_code, chain, match, cells)
SELECT lpad(id::text, 10, '0'), '', id, category_code, 'app', received_at, received_at, 'point', ST_X(geom), ST_Y(geom), 'wgs84', 15, geom,
       area_code, chain, '{}', cells FROM cases;
INSERT INTO report_words (report_id, words, salt, chain) SELECT id, '东头又有人倒垃圾。', '', chain FROM reports;
INSERT INTO events (case_id, seq, at, verb, state) SELECT id, 1, received_at, 'receive', 'received' FROM cases ORDER BY id;
