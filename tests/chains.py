"""A few cases with histories and texts, and a superuser who does what nobody may: for tests of the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from gis.store import Store

CASES = 12
_VERBS = "(VALUES (1, 'receive', 'received'), (2, 'accept', 'accepted'), (3, 'dispatch', 'dispatched'), (4, 'note', 'dispatched'), (5, 'start', 'in_progress')) s (seq, verb, state)"
_STEPS = "(SELECT c.id, 2 + c.id % 4 AS length FROM cases c) c"
# Case n has 2 to 5 events; the days lie close together, and some have none.
_FILL = f"""
INSERT INTO cases (id, category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at, due_at, channel)
OVERRIDING SYSTEM VALUE
SELECT n, 'dumping', false, 'normal', s.state, '9001001', '{{90,9001,9001001}}', '9001', 'desk', '2026-03-01Z', '2026-03-09Z', 'app'
FROM generate_series(1, {CASES}) n JOIN {_VERBS} ON s.seq = 2 + n % 4;
INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, area_code, chain, match)
OVERRIDING SYSTEM VALUE
SELECT n, lpad(n::text, 10, '0'), '', n, 'dumping', 'app', '2026-03-01Z', '2026-03-01Z', 'area', '9001001', '{{90,9001,9001001}}', '{{}}'
FROM generate_series(1, {CASES}) n;
INSERT INTO report_words (report_id, words, salt, chain) SELECT id, '沟边又有垃圾。' || id, sha256(int8send(id)), chain FROM reports;
INSERT INTO events (case_id, seq, at, verb, state, posting_id, data)
SELECT c.id, s.seq, '2026-03-01 00:00Z'::timestamptz + make_interval(hours => (c.id + 14 * s.seq - CASE WHEN s.seq > 3 THEN 28 ELSE 0 END)::integer),
       s.verb, s.state, CASE WHEN s.seq > 1 THEN 1 END, CASE s.verb
           WHEN 'receive' THEN jsonb_build_object('report_id', c.id, 'words_digest',
                encode(sha256(sha256(int8send(c.id)) || convert_to('沟边又有垃圾。' || c.id, 'UTF8')), 'hex'))
           WHEN 'note' THEN jsonb_build_object('words_digest', encode(sha256(int8send(c.id) || convert_to('去看过了', 'UTF8')), 'hex'))
           ELSE '{{}}' END
FROM {_STEPS}, {_VERBS} WHERE s.seq <= c.length ORDER BY s.seq, c.id;
INSERT INTO event_words (event_id, case_id, words, salt, shown) SELECT e.id, e.case_id, '去看过了', int8send(e.case_id), false FROM events e WHERE e.verb = 'note';
"""


def fill(owner: psycopg.Connection[Any]) -> None:
    """Put the cases into a little town and commit."""
    owner.execute(_FILL)
    owner.commit()


@contextmanager
def owner(database: Store) -> Iterator[psycopg.Connection[Any]]:
    """A connection with the rights of the owner of the tables; what was not committed is rolled back."""
    with psycopg.connect(database.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        connection.commit()
        yield connection
        connection.rollback()


@contextmanager
def tampering(database: Store) -> Iterator[psycopg.Connection[Any]]:
    """A superuser for whom no trigger fires and no reference is checked; what he did is committed."""
    with psycopg.connect(database.dsn("admin")) as connection:
        connection.execute("SET search_path = gridwarden, public")
        connection.execute("SET session_replication_role = replica")
        yield connection
