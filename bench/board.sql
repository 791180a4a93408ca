-- What bench/board.py measures beside the cases of bench/desk.sql: orders on open and on closed cases, and what its sections look for.
INSERT INTO orders (case_id, nth, given_by, given_at, owner_area_code, owner_role, owner_posting_id, due_at, state, answered_at)
SELECT c.id, 1, (SELECT p.id FROM postings p WHERE p.area_code = '90' AND p.role = 'supervisor'), %(now)s - interval '5 days',
       c.owner_area_code, c.owner_role, c.owner_posting_id, %(now)s + (random() - 0.5) * interval '8 days',
       CASE WHEN c.id %% 5 = 0 THEN 'answered' ELSE 'given' END, CASE WHEN c.id %% 5 = 0 THEN %(now)s - interval '1 day' END
FROM cases c WHERE c.id BETWEEN %(closed)s - 499 AND %(closed)s OR c.id > %(closed)s AND c.id %% 19 = 0;
UPDATE cases SET recheck = '{sampled}' WHERE state = 'claimed_solved' AND id %% 10 = 0;
UPDATE cases SET returned = 2 WHERE closed_at IS NULL AND id %% 50 = 0;
