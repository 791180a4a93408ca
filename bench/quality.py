"""``./run quality``: the full counts of claims that the tests hold with small ones; one file of results for each.

A claim is worked through in rounds.  Each that is done is written down at once, so that a run that was ended goes on
where it was; what was found at another commit is shown as old and begun anew.  Where files differ from their commit
nothing is kept: two such trees have nothing to be told apart by.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from bench.locate import _store as a_store
from bench.watched import watch
from gis.index_source import index_of_edition_number
from tests.property.test_match import asked, between, differences
from tests.tessellations import load, points, tessellation

_KEPT = Path("var/quality")
_BY_BRUTE_FORCE = 500


def locate(seed: int, store: Any) -> dict[str, int]:
    """Ask 100,000 points in a random city of both engines, and 500 of them of brute force."""
    rng = np.random.default_rng(seed)
    city = tessellation(rng)
    where = points(city, rng, 100_000)
    with psycopg.connect(store.dsn("migrate")) as connection:
        edition = load(connection, city, f"seed {seed}")
        rows = asked(connection, edition, where)
        index = index_of_edition_number(connection, edition)
        connection.rollback()
    wrong, unsure = differences(city, rows[:_BY_BRUTE_FORCE], where[:_BY_BRUTE_FORCE])
    apart, close, rounded = between(city, index, rows, where)
    for line in (wrong + apart)[:5]:
        print(f"seed {seed}: {line}", flush=True)
    differ = len(wrong) + len(apart)
    return {"points": len(where), "differences": differ, "too_close_to_call": unsure + close, "rounded": rounded}


# Claim: how many rounds, and what a round is.
CLAIMS: dict[str, tuple[int, Callable[[int, Any], dict[str, int]]]] = {"locate": (200, locate), "watch": (20, watch)}


def main() -> None:
    """Work through the claims that are named, or all; without differences the exit code is 0."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain"], check=True, capture_output=True, text=True).stdout
    if changed:
        print("Files differ from their commit: nothing is kept.")
    found = [_work(name, None if changed else commit) for name in sys.argv[1:] or CLAIMS]
    sys.exit(any(result["differences"] for result in found))


def _work(name: str, commit: str | None) -> dict[str, Any]:
    rounds, work = CLAIMS[name]
    file = _KEPT / f"{name}.json"
    result = json.loads(file.read_text(encoding="utf-8")) if commit is not None and file.exists() else {}
    if commit is None or result.get("commit") != commit:
        if result:
            print(f"{name}: {result['rounds']} rounds of commit {result['commit'][:12]} are old; begun anew")
        result = {"claim": name, "commit": commit, "rounds": 0, "of": rounds, "points": 0, "differences": 0}
    if result["rounds"] < rounds:
        _KEPT.mkdir(parents=True, exist_ok=True)
        with a_store() as store:
            for n in range(result["rounds"], rounds):
                for key, count in work(n, store).items():
                    result[key] = result.get(key, 0) + count
                result |= {"rounds": n + 1, "at": datetime.now(UTC).isoformat(timespec="seconds")}
                if commit is not None:
                    beside = file.with_suffix(".part")
                    beside.write_text(json.dumps(result, indent=2), encoding="utf-8")
                    beside.replace(file)
                print(f"{name}: {n + 1} of {rounds}, {result['differences']} differences", flush=True)
    print(json.dumps(result, indent=2))
    return dict(result)


if __name__ == "__main__":
    main()
