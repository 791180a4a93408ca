-- What the index in memory does not say: the others on a border, what the circle of an accuracy touches, and a position too coarse
-- for a grid.  Few rows; each is asked as receive_report() would.
CREATE TEMP TABLE bulk_matches ON COMMIT DROP AS
WITH lone AS MATERIALIZED (
    -- Grids into which no other area of their level and no overlay reaches: a circle that lies in one touches no other.
    SELECT b.edition_id, b.code FROM boundaries b
    WHERE (b.edition_id, b.code) IN (SELECT s.edition_id, s.code FROM staged s WHERE s.outcome = 'inside' AND s.border_m > s.accuracy_m)
      AND NOT EXISTS (SELECT FROM boundaries o WHERE o.edition_id = b.edition_id AND o.code <> b.code AND (o.last_level OR o.overlay)
                      AND o.geom && b.geom AND ST_Relate(o.geom, b.geom, 'T********'))
)
SELECT s.n, coalesce(s.accuracy_m > 500, false) AS coarse, m.*
FROM staged s JOIN editions e ON e.id = s.edition_id
CROSS JOIN LATERAL gis_match(ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326), s.accuracy_m, e) m
WHERE s.outcome IN ('border', 'backstop') OR s.accuracy_m > 500
   OR s.accuracy_m >= 0.001 AND (s.outcome IN ('near', 'outside') OR s.outcome = 'inside' AND (
          s.border_m <= s.accuracy_m OR (s.edition_id, s.code) NOT IN (SELECT l.edition_id, l.code FROM lone l)));
ALTER TABLE bulk_matches ADD PRIMARY KEY (n);

-- Categories from when to when.
CREATE TEMP TABLE bulk_kinds ON COMMIT DROP AS
SELECT row_number() OVER ()::integer AS kind, k.code, k.since AS from_at,
       lead(k.since, 1, 'infinity') OVER (PARTITION BY k.code ORDER BY k.since) AS to_at,
       k.private, k.urgency, k.about_official, k.deadlines -> 'solve' AS solve, k.deadlines -> 'accept' AS accept
FROM categories k;

-- Under which area each row is filed; what lies outside, under the topmost one.
CREATE TEMP TABLE bulk_rows ON COMMIT DROP AS
SELECT s.*, coalesce(m.outcome, s.outcome) AS found, CASE WHEN m.n IS NULL THEN s.code ELSE m.code END AS area_code,
       coalesce(CASE WHEN m.n IS NULL THEN s.code ELSE m.code END, '') AS ground,  -- the same without null, to be joined by
       CASE WHEN s.lon IS NULL THEN 'named' WHEN m.coarse THEN 'coarse' ELSE 'point' END AS basis,
       m.also, m.candidates, CASE WHEN m.n IS NULL THEN s.border_m ELSE m.border_m END AS to_border_m,
       CASE WHEN m.n IS NULL THEN s.distance_m ELSE m.distance_m END AS to_area_m, k.kind, k.about_official,
       CASE WHEN s.channel IN ('letterbox', 'visit') THEN s.channel ELSE '' END AS door,  -- through which it goes past the grid
       row_number() OVER (ORDER BY s.received_at, s.n) AS place,
       nextval('cases_id_seq') AS case_id, nextval('reports_id_seq') AS report_id
FROM staged s LEFT JOIN bulk_matches m USING (n)
JOIN bulk_kinds k ON k.code = s.category_code AND k.from_at <= s.received_at AND s.received_at < k.to_at
ORDER BY s.received_at, s.n;
ANALYZE bulk_rows (edition_id, ground, basis, about_official, door, kind, received_at);

-- Who answers for an area is asked once for each stretch of time in which it does not change.
CREATE TEMP TABLE bulk_turns ON COMMIT DROP AS
SELECT row_number() OVER ()::integer AS turn, g.edition_id, g.ground, t.from_at,
       lead(t.from_at, 1, 'infinity') OVER (PARTITION BY g.edition_id, g.ground ORDER BY t.from_at) AS to_at
FROM (SELECT DISTINCT r.edition_id, r.ground FROM bulk_rows r) g
LEFT JOIN boundaries b ON b.edition_id = g.edition_id AND b.code = g.ground
CROSS JOIN LATERAL turns_of(coalesce(b.chain, ARRAY(
    SELECT top.code::text FROM boundaries top WHERE top.edition_id = g.edition_id AND top.parent_code IS NULL))) t (from_at);
ANALYZE bulk_turns (edition_id, ground, from_at, to_at);

CREATE TEMP TABLE bulk_frames ON COMMIT DROP AS
SELECT row_number() OVER ()::integer AS frame, f.*, a.answer, filed.chain, filed.owner, a.answer #>> '{area,code}' AS filed_code,
       (a.answer #>> '{head,posting_id}')::integer AS head_posting_id, b.name, e.tolerances_m[array_position(e.levels, b.level)] AS tolerance_m
FROM (
    SELECT r.edition_id, r.area_code, r.basis, r.about_official, r.door, r.about_official OR r.door <> '' AS cut, t.turn, min(r.received_at) AS at
    FROM bulk_rows r JOIN bulk_turns t ON t.edition_id = r.edition_id AND t.ground = r.ground
         AND t.from_at <= r.received_at AND r.received_at < t.to_at
    GROUP BY 1, 2, 3, 4, 5, 6, 7
) f
JOIN editions e ON e.id = f.edition_id
LEFT JOIN boundaries b ON b.edition_id = f.edition_id AND b.code = f.area_code
CROSS JOIN LATERAL (
    SELECT without_names(CASE f.basis WHEN 'named' THEN locate_area(f.area_code, f.at) ELSE answer_for(
        ROW(CASE WHEN f.area_code IS NULL THEN 'outside' ELSE 'inside' END, f.area_code, '{}', NULL, NULL, '[]', b.overlay, NULL)::area_match,
        e, f.at, f.basis) END) AS answer OFFSET 0
) said
CROSS JOIN LATERAL (
    SELECT CASE WHEN f.about_official THEN answer_above(said.answer, f.at) ELSE said.answer END AS answer OFFSET 0
) above
CROSS JOIN LATERAL (
    SELECT CASE WHEN f.door <> '' THEN past_grid(above.answer, NULL, f.door, f.at) ELSE above.answer END AS answer OFFSET 0
) a
CROSS JOIN LATERAL filed_under(a.answer, f.at) filed;
ANALYZE bulk_frames (frame, turn, basis);

-- A deadline in working days is the same for all that came on one day, where the calendar knows that day: then its first and its
-- last instant say the same.
CREATE TEMP TABLE bulk_dues ON COMMIT DROP AS
WITH days AS MATERIALIZED (
    SELECT DISTINCT r.kind, k.solve, (r.received_at AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM bulk_rows r JOIN bulk_kinds k USING (kind) WHERE k.solve ? 'work_days'
)
SELECT d.kind, d.day, due_after(d.day::timestamp AT TIME ZONE 'Asia/Shanghai', d.solve) AS due_at FROM days d
WHERE due_after(d.day::timestamp AT TIME ZONE 'Asia/Shanghai', d.solve)
    = due_after((d.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond', d.solve);
ANALYZE bulk_dues;
