"""SQL of a revision that has landed is edited no more: a database that has run it would never see the change.

``landed_migrations.txt`` holds a digest for each such file.  Whoever lands a revision adds its files, in the folder
``gis/migrations/sql``: ``sha256sum 0028_* >> ../../../tests/unit/landed_migrations.txt``.
"""

from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "gis" / "migrations" / "sql"
LANDED = Path(__file__).with_name("landed_migrations.txt")


def test_what_has_landed_is_as_it_was() -> None:
    lines = [line.split("  ", 1) for line in LANDED.read_text(encoding="utf-8").splitlines()]
    landed = {name: digest for digest, name in lines}
    there = {path.name: sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.sql")}
    assert {name: there.get(name) for name in landed} == landed, "write a new revision instead"
    # The newest one may still be in the making.
    newest = max(name[:4] for name in there)
    assert {name for name in there if name[:4] < newest} <= landed.keys(), "add what has landed since"
