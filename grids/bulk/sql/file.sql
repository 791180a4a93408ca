-- Rows become cases, reports and histories: the same values as receive_report() would have written, one statement a table.
-- What was closed elsewhere is closed here, and nobody has confirmed it: unsolved in every figure.
CREATE TEMP TABLE bulk_filed ON COMMIT DROP AS
SELECT r.*, f.frame, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326) AS geom,
       CASE WHEN r.lon IS NOT NULL THEN ARRAY[r.cell_5, r.cell_6, r.cell_7, r.cell_8, r.cell_9] END AS cells,
       uuid_send(gen_random_uuid()) AS salt
FROM bulk_rows r
JOIN bulk_turns t ON t.edition_id = r.edition_id AND t.ground = r.ground AND t.from_at <= r.received_at AND r.received_at < t.to_at
JOIN bulk_frames f ON f.turn = t.turn AND f.basis = r.basis AND f.about_official = r.about_official AND f.door = r.door
ORDER BY r.place;
ANALYZE bulk_filed (frame, kind, place, received_at);

INSERT INTO cases (id, category_code, private, urgency, state, confirmed, closed_at, area_code, chain, owner_area_code, owner_role,
                   owner_posting_id, received_at, due_at, stage_due_at, geom, cells, channel, about_official)
OVERRIDING SYSTEM VALUE
SELECT r.case_id, r.category_code, k.private, k.urgency, CASE WHEN r.closed_at IS NULL THEN 'received' ELSE 'closed' END,
       CASE WHEN r.closed_at IS NOT NULL THEN false END, r.closed_at, f.filed_code, f.chain, f.owner ->> 'area_code', f.owner ->> 'role',
       (f.owner ->> 'posting_id')::integer, r.received_at, coalesce(d.due_at, due_after(r.received_at, k.solve)),
       CASE WHEN r.closed_at IS NULL THEN due_after(r.received_at, k.accept) END, r.geom, r.cells, r.channel, k.about_official
FROM bulk_filed r JOIN bulk_frames f USING (frame) JOIN bulk_kinds k USING (kind)
LEFT JOIN bulk_dues d ON d.kind = r.kind AND d.day = (r.received_at AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY r.place;

INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given,
                     datum, accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by, cells)
OVERRIDING SYSTEM VALUE
SELECT r.report_id, n.number, n.key_digest, r.case_id, r.category_code, r.channel, r.received_at, r.seen_at,
       CASE WHEN r.lon IS NULL THEN 'area' ELSE 'point' END, r.lon_given, r.lat_given, CASE WHEN r.lon IS NOT NULL THEN i.datum END,
       r.accuracy_m, r.geom, f.filed_code, f.chain,
       f.answer || CASE WHEN f.cut OR f.basis = 'named' THEN jsonb_build_object('at', r.received_at)
           ELSE jsonb_build_object(
               'outcome', r.found, 'also', CASE WHEN r.also <> '{}' THEN area_brief(r.edition_id, r.also) ELSE '[]' END,
               'candidates', CASE WHEN r.candidates IS NOT NULL THEN r.candidates
                                  WHEN r.accuracy_m >= 0.001 AND r.found = 'inside' THEN
                                      jsonb_build_array(jsonb_build_object('code', r.area_code, 'name', f.name, 'share', 1, 'distance_m', 0))
                                  ELSE '[]' END,
               'distance_m', round(r.to_area_m::numeric, 3), 'border_m', round(r.to_border_m::numeric, 3),
               'tolerance_m', CASE WHEN r.found = 'near' THEN f.tolerance_m END, 'at', r.received_at) END,
       CASE WHEN r.seen_at = r.received_at THEN f.head_posting_id ELSE h.id END, i.made_by, r.cells
FROM bulk_filed r JOIN bulk_frames f USING (frame) JOIN bulk_numbers n USING (place) CROSS JOIN bulk_import i
LEFT JOIN postings h ON r.seen_at <> r.received_at AND h.area_code = f.filed_code AND h.role = 'head' AND h.during @> r.seen_at
ORDER BY r.place;

INSERT INTO report_words (report_id, words, place_words, salt, chain)
SELECT r.report_id, r.words, r.place_words, r.salt, f.chain FROM bulk_filed r JOIN bulk_frames f USING (frame) ORDER BY r.place;

-- One line a case: that it was received, or that it came closed.
INSERT INTO events (case_id, seq, at, verb, state, data)
SELECT r.case_id, 1, coalesce(r.closed_at, r.received_at), CASE WHEN r.closed_at IS NULL THEN 'receive' ELSE 'archive' END,
       CASE WHEN r.closed_at IS NULL THEN 'received' ELSE 'closed' END,
       jsonb_build_object('report_id', r.report_id, 'channel', r.channel,
                          'outcome', CASE WHEN f.cut OR f.basis = 'named' THEN f.answer -> 'outcome' ELSE to_jsonb(r.found) END,
                          'edition', f.answer -> 'edition', 'owner', f.owner, 'import_id', i.id,
                          'words_digest', encode(sha256(r.salt || convert_to(r.words, 'UTF8')), 'hex'))
FROM bulk_filed r JOIN bulk_frames f USING (frame) CROSS JOIN bulk_import i ORDER BY r.place;

-- Whoever must act is told; of what is over, nobody.
INSERT INTO outbox (topic, payload, at)
SELECT 'report.received', jsonb_build_object('report_id', r.report_id, 'case_id', r.case_id, 'owner', f.owner, 'also',
           CASE WHEN f.cut THEN '[]'::jsonb ELSE to_jsonb(coalesce(r.also, '{}')) END), i.made_at
FROM bulk_filed r JOIN bulk_frames f USING (frame) CROSS JOIN bulk_import i WHERE r.closed_at IS NULL ORDER BY r.place;

INSERT INTO report_imports (id, source, file_name, file_digest, filed, known, refused, made_at, made_by)
OVERRIDING SYSTEM VALUE SELECT id, source, file_name, file_digest, (SELECT count(*) FROM bulk_filed), known, refused, made_at, made_by
FROM bulk_import;

INSERT INTO report_origins (source, external_id, report_id, import_id)
SELECT i.source, r.external_id, r.report_id, i.id FROM bulk_filed r CROSS JOIN bulk_import i;
