-- Each report is matched as receive_report() would have matched it at the moment it was received, by the same functions.
CREATE TEMP TABLE stage_answers AS
SELECT r.id, f.chain, f.owner, a.answer
FROM stage_reports r
CROSS JOIN LATERAL (
    SELECT without_names(CASE WHEN r.lon IS NULL THEN locate_area(r.area_code, r.received_at)
                              ELSE locate(r.lon, r.lat, r.accuracy_m, r.received_at) END) AS answer OFFSET 0
) l
CROSS JOIN LATERAL (
    SELECT CASE WHEN (category_at(r.category_code, r.received_at)).about_official THEN answer_above(l.answer, r.received_at)
                ELSE l.answer END AS answer OFFSET 0
) b
CROSS JOIN LATERAL (
    SELECT CASE WHEN r.channel IN ('letterbox', 'visit') THEN past_grid(b.answer, NULL, r.channel, r.received_at) ELSE b.answer END AS answer OFFSET 0
) a
CROSS JOIN LATERAL filed_under(a.answer, r.received_at) f;
ALTER TABLE stage_answers ADD PRIMARY KEY (id);
CREATE INDEX ON stage_reports (case_id, received_at, id);
ANALYZE stage_cases, stage_reports, stage_answers, stage_events;
