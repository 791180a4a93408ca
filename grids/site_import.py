"""Sites out of a file become dated rows: what is new begins, what changed ends and goes on, what is gone may end.

Owns that comparison, by sets and in one transaction; ``gis.site_rows`` says what a file holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, LiteralString

import psycopg

from gis.boundary_refusals import BoundaryFileError
from gis.site_rows import SiteRow
from grids.editions import SHANGHAI

_STAGE: Final = """
    CREATE TEMP TABLE stage_sites ON COMMIT DROP AS
    SELECT g.code, g.kind, g.name, coalesce(g.since, %(begins)s) AS since, g.since AS said, g.until, g.synthetic,
           ST_GeomFromWKB(g.wkb, 4326) AS geom
    FROM unnest(%(codes)s::text[], %(kinds)s::text[], %(names)s::text[], %(since)s::timestamptz[],
                %(until)s::timestamptz[], %(synthetic)s::boolean[], %(wkb)s::bytea[])
        g (code, kind, name, since, until, synthetic, wkb)
"""
# What stands under a code: its last stretch.
_LAST: Final = """
    CREATE TEMP TABLE last_sites ON COMMIT DROP AS
    SELECT DISTINCT ON (s.code) s.* FROM sites s ORDER BY s.code, lower(s.during) DESC
"""
_CHANGED: Final = """
    CREATE TEMP TABLE changed_sites ON COMMIT DROP AS
    SELECT g.*, s.id AS old_id, s.during AS old_during
    FROM stage_sites g JOIN last_sites s ON s.code = g.code
    WHERE ((s.kind, s.name) <> (g.kind, g.name) OR NOT ST_Equals(s.geom, g.geom)
       OR upper(s.during) IS DISTINCT FROM g.until AND NOT (upper_inf(s.during) AND g.until IS NULL))
       -- It ended before that day: nothing goes on that could be otherwise.
       AND (upper(s.during) = g.until AND g.until <= %(begins)s) IS NOT TRUE
"""
# Codes are one list's own: what another list calls so is another thing.  What is of no list may be taken over.
_OF_ANOTHER: Final = """
    SELECT c.code, s.source FROM changed_sites c JOIN sites s ON s.id = c.old_id
    WHERE s.source <> %(source)s ORDER BY c.code LIMIT 1
"""
# Against the day on which it would begin, or began: a file may say none of its own.
_BACKWARDS: Final = """
    SELECT code, (since AT TIME ZONE %(zone)s)::date, (until AT TIME ZONE %(zone)s)::date FROM (
        SELECT g.code, g.since, g.until FROM stage_sites g
        WHERE NOT EXISTS (SELECT FROM last_sites s WHERE s.code = g.code)
        UNION ALL
        SELECT c.code, lower(c.old_during), c.until FROM changed_sites c
        WHERE lower(c.old_during) >= %(begins)s OR c.until <= %(begins)s
    ) stretches (code, since, until) WHERE until <= since ORDER BY code LIMIT 1
"""
# What is recorded since a day does not move to another one.
_MOVED: Final = """
    SELECT g.code, (min(lower(s.during)) AT TIME ZONE %(zone)s)::date, (g.said AT TIME ZONE %(zone)s)::date
    FROM stage_sites g JOIN sites s ON s.code = g.code
    GROUP BY g.code, g.said HAVING min(lower(s.during)) <> g.said ORDER BY g.code LIMIT 1
"""
_STEPS: Final[tuple[tuple[str, LiteralString], ...]] = (
    # What began with this very file, or is not past that day, is put right; what is older ends.
    (
        "corrected",
        "UPDATE sites s SET kind = c.kind, name = c.name, geom = c.geom, source = %(source)s,"
        " during = tstzrange(lower(s.during), c.until) FROM changed_sites c"
        " WHERE s.id = c.old_id AND lower(c.old_during) >= %(begins)s",
    ),
    (
        "ended_to_go_on",
        "UPDATE sites s SET during = tstzrange(lower(s.during),"
        " CASE WHEN c.until <= %(begins)s THEN c.until ELSE least(upper(s.during), %(begins)s) END)"
        " FROM changed_sites c WHERE s.id = c.old_id AND lower(c.old_during) < %(begins)s",
    ),
    (
        "changed",
        "INSERT INTO sites (code, kind, name, during, synthetic, geom, source)"
        " SELECT c.code, c.kind, c.name, tstzrange(%(begins)s, c.until), c.synthetic, c.geom, %(source)s"
        " FROM changed_sites c WHERE lower(c.old_during) < %(begins)s AND (c.until IS NULL OR c.until > %(begins)s)",
    ),
    (
        "new",
        "INSERT INTO sites (code, kind, name, during, synthetic, geom, source)"
        " SELECT g.code, g.kind, g.name, tstzrange(g.since, g.until), g.synthetic, g.geom, %(source)s"
        " FROM stage_sites g WHERE NOT EXISTS (SELECT FROM last_sites s WHERE s.code = g.code)",
    ),
)
_GONE: Final[LiteralString] = (
    "UPDATE sites s SET during = tstzrange(lower(s.during), %(begins)s) WHERE s.source = %(source)s"
    " AND upper_inf(s.during) AND lower(s.during) < %(begins)s AND s.kind IN (SELECT g.kind FROM stage_sites g)"
    " AND NOT EXISTS (SELECT FROM stage_sites g WHERE g.code = s.code)"
)


@dataclass(frozen=True, slots=True)
class SitesTold:
    """How many sites are new, changed (they end, and go on as they are now), the same, or gone (they end)."""

    new: int
    changed: int
    same: int
    gone: int

    def nothing(self) -> bool:
        """Whether the file says what is known already."""
        return self.new == self.changed == self.gone == 0


def import_sites(
    connection: psycopg.Connection[Any], rows: Sequence[SiteRow], source: str, begins: date, *, replace_kind: bool
) -> SitesTold:
    """Write sites and answer what that changed.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction, which may be rolled back.
    rows : sequence of SiteRow
        Each code once.
    source : str
        The list they come from.
    begins : date
        From its midnight in Shanghai on what is new or different holds, where the file says no day of its own.
    replace_kind : bool
        Sites of this source and of a kind in the file that are not in it end on that day.

    Raises
    ------
    BoundaryFileError
        ``boundary_file_refused``: ``code_of_another``, of one that another list has otherwise; ``ends_before``, of one
        that would end before it begins, or began; ``since_differs``, of one that is recorded since another day.
    """
    values = {
        "begins": _midnight(begins),
        "zone": SHANGHAI.key,
        "source": source,
        "codes": [row.code for row in rows],
        "kinds": [row.kind for row in rows],
        "names": [row.name for row in rows],
        "since": [_midnight(row.since) for row in rows],
        "until": [_midnight(row.until) for row in rows],
        "synthetic": [row.synthetic for row in rows],
        "wkb": [row.wkb for row in rows],
    }
    for statement in (_STAGE, _LAST, _CHANGED):
        connection.execute(statement, values)
    another = connection.execute(_OF_ANOTHER, values).fetchone()
    if another is not None:
        code, there = another
        raise BoundaryFileError("code_of_another", code=code, source=there)
    backwards = connection.execute(_BACKWARDS, values).fetchone()
    if backwards is not None:
        code, since, until = backwards
        raise BoundaryFileError("ends_before", code=code, since=str(since), until=str(until))
    moved = connection.execute(_MOVED, values).fetchone()
    if moved is not None:
        code, recorded, since = moved
        raise BoundaryFileError("since_differs", code=code, recorded=str(recorded), since=str(since))
    done = {name: connection.execute(statement, values).rowcount for name, statement in _STEPS}
    changed = done["corrected"] + done["ended_to_go_on"]
    gone = connection.execute(_GONE, values).rowcount if replace_kind else 0
    return SitesTold(done["new"], changed, len(rows) - changed - done["new"], gone)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), SHANGHAI)
