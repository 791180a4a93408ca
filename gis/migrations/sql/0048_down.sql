CREATE OR REPLACE VIEW seen_reports WITH (security_barrier) AS
SELECT r.id, r.category_code, r.channel, r.received_at, r.area_code,
       CASE WHEN r.chain && (SELECT map_areas()) THEN r.cells ELSE r.cells[1:3] END AS cells
FROM reports r
WHERE r.category_code NOT IN (SELECT k.code FROM categories k WHERE k.private)
   OR r.chain && (SELECT map_areas());

CREATE OR REPLACE VIEW seen_cases WITH (security_barrier) AS
SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at, c.closed_at, c.area_code,
       CASE WHEN c.chain && (SELECT map_areas()) THEN c.cells ELSE c.cells[1:3] END AS cells, c.paused_at, c.merged_into, c.promised_at,
       CASE WHEN c.merged_into IS NULL THEN c.closed_at ELSE i.closed_at END AS end_closed_at,
       CASE WHEN c.merged_into IS NULL THEN least(c.promised_at, c.due_at) ELSE least(i.promised_at, i.due_at) END AS end_promised_at,
       CASE WHEN c.merged_into IS NULL THEN c.reopened ELSE i.reopened END AS end_reopened,
       CASE WHEN c.merged_into IS NULL THEN c.confirmed ELSE i.confirmed END AS end_confirmed,
       i.merged_into AS end_merged_into
FROM cases c LEFT JOIN cases i ON i.id = c.merged_into
WHERE NOT c.private OR c.chain && (SELECT map_areas());
