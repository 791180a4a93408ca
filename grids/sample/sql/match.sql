-- Each report is matched as locate() would have matched it at the moment it was received; a test holds both equal.
-- The parts of locate() are called for all reports at once, and the question who answers once for each area and
-- stretch of time in which no posting changed: many times faster than report by report.
CREATE TEMP TABLE stage_turns AS
SELECT DISTINCT t.turn FROM postings p, unnest(ARRAY[lower(p.during), upper(p.during)]) t (turn) WHERE t.turn IS NOT NULL;

CREATE TEMP TABLE stage_matches AS
SELECT r.id, r.received_at AS at, r.geom, r.accuracy_m, e.e AS edition, (e.e).id AS edition_id,
       (SELECT coalesce(max(turn), '-infinity') FROM stage_turns WHERE turn <= r.received_at) AS turn,
       coalesce(m.outcome, n.outcome) AS outcome, coalesce(m.code, n.code) AS code, coalesce(m.also, '{}') AS also,
       CASE WHEN r.geom IS NULL THEN 0 ELSE m.distance_m END AS distance_m, m.border_m
FROM (SELECT *, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom FROM stage_reports) r
CROSS JOIN LATERAL (SELECT x AS e FROM edition_at(r.received_at) x OFFSET 0) e
LEFT JOIN LATERAL (
    -- Without an accuracy gis_match leaves the candidates out; they follow below.
    SELECT g.* FROM (SELECT WHERE r.geom IS NOT NULL OFFSET 0) pinned,
                    gis_match(r.geom, CASE WHEN r.accuracy_m > 500 THEN r.accuracy_m END, e.e) g
) m ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN b.level = (e.e).levels[cardinality((e.e).levels)] THEN 'inside' ELSE 'backstop' END AS outcome, b.code
    FROM boundaries b WHERE r.geom IS NULL AND b.edition_id = (e.e).id AND b.code = r.area_code
) n ON true;

-- What lies outside (code null) waits in the triage list of the topmost area, as receive_report does it.
CREATE TEMP TABLE stage_who AS
SELECT d.edition_id, d.code, d.turn, c.chain, w.head, w.owner,
       CASE WHEN d.code IS NOT NULL THEN area_brief(d.edition_id, c.chain) ELSE '[]' END AS path
FROM (SELECT DISTINCT edition_id, code, turn, (edition).valid_from FROM stage_matches) d
LEFT JOIN boundaries b ON b.edition_id = d.edition_id AND b.code = d.code
CROSS JOIN LATERAL (SELECT coalesce(b.chain, ARRAY[served_areas(greatest(d.turn, d.valid_from)) -> 0 ->> 'code']) OFFSET 0) c (chain)
CROSS JOIN LATERAL (SELECT * FROM who_answers(c.chain, d.edition_id, d.turn) OFFSET 0) w;
ANALYZE stage_matches, stage_who;

CREATE TEMP TABLE stage_answers AS
SELECT m.id, w.chain, w.owner, without_names(jsonb_build_object(
    'outcome', m.outcome,
    'area', w.path -> -1,
    'head', CASE WHEN m.code IS NOT NULL THEN w.head END,
    'owner', CASE WHEN m.code IS NOT NULL THEN w.owner END,
    'chain', w.path,
    'also', CASE WHEN m.also = '{}' THEN '[]' ELSE area_brief(m.edition_id, m.also) END,
    'candidates', CASE
        WHEN m.code IS NULL OR m.geom IS NULL OR coalesce(m.accuracy_m, 0) NOT BETWEEN 1e-9 AND 500 THEN '[]'
        WHEN m.outcome = 'inside' AND m.border_m >= m.accuracy_m
        THEN jsonb_build_array(jsonb_build_object('code', m.code, 'share', 1, 'distance_m', 0))
        ELSE circle_candidates(m.geom, m.accuracy_m, m.edition_id, (m.edition).levels[cardinality((m.edition).levels)]) END,
    'distance_m', round(m.distance_m::numeric, 3),
    'border_m', round(m.border_m::numeric, 3),
    'edition', (m.edition).name,
    'synthetic', (m.edition).synthetic,
    'at', m.at)) AS answer
FROM stage_matches m
JOIN stage_who w ON w.edition_id = m.edition_id AND w.turn = m.turn
                AND coalesce(w.code, '') = coalesce(m.code, '');
ALTER TABLE stage_answers ADD PRIMARY KEY (id);
CREATE INDEX ON stage_reports (case_id, received_at, id);
ANALYZE stage_cases, stage_reports, stage_answers, stage_events;
