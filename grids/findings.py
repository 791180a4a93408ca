"""What was found when an edition's boundaries were checked: kept in the database, and read from there.

Finds nothing itself (``gis.boundary_checks`` does) and has no words (``grids.finding_words``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
import shapely
from psycopg.types.json import Jsonb

from gis.candidates import Finding

OF_THE_FILE: Final = ("invalid_ring",)
"""Kinds that only the file could show, because what is stored was repaired: checking the edition again keeps them."""


def keep(
    connection: psycopg.Connection[Any],
    edition_id: int,
    found: Sequence[Finding],
    *,
    areas: int,
    at: datetime,
    against: int | None = None,
    kept: Sequence[str] = (),
) -> None:
    """Write what was found for an edition in place of what was found before, in one statement.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction.
    found : sequence of Finding
        None at all is an answer too: that the edition was checked is written beside.
    areas : int
        How many areas were looked at.
    at : datetime
        Aware; when that was.
    against : int, optional
        The edition that it was compared with.
    kept : sequence of str
        Kinds that stay as they were written before; ``OF_THE_FILE`` when an edition is checked again.
    """
    connection.execute(
        "SELECT keep_findings(%s, %s, %s, %s, %s, %s)",
        (edition_id, at, against, areas, list(kept), Jsonb([as_row(one) for one in found])),
    )


def as_row(one: Finding) -> dict[str, Any]:
    """Answer a finding as the functions of the database take it."""
    return {
        "kind": one.kind,
        "severity": one.severity,
        "codes": list(one.codes),
        "area_m2": one.area_m2,
        "shape": None if one.shape is None else shapely.to_wkb(one.shape, hex=True),
        "repaired": None if one.repaired is None else shapely.to_wkb(one.repaired, hex=True),
        "params": dict(one.params),
    }
