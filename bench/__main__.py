"""``python -m bench``: all measurements, or those named."""

import sys

from bench import (
    audit,
    board,
    bulk,
    checks,
    desk,
    due_scan,
    editions,
    emerging,
    escalation,
    hotspots,
    importing,
    locate,
    one_point,
    places,
    placing,
    planner,
    reports,
    snapshot,
    steps,
    tiles,
)

MEASUREMENTS = {
    "audit": audit.measure,
    "board": board.measure,
    "bulk": bulk.measure,
    "checks": checks.measure,
    "desk": desk.measure,
    "due_scan": due_scan.measure,
    "editions": editions.measure,
    "emerging": emerging.measure,
    "escalation": escalation.measure,
    "hotspots": hotspots.measure,
    "importing": importing.measure,
    "locate": locate.measure,
    "one_point": one_point.measure,
    "places": places.measure,
    "placing": placing.measure,
    "planner": planner.measure,
    "reports": reports.measure,
    "snapshot": snapshot.measure,
    "steps": steps.measure,
    "tiles": tiles.measure,
}


def main() -> None:
    """Run what is named, or all."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"Usage: ./run bench [{'|'.join(MEASUREMENTS)}]…")
        print("checks, one_point, places, planner and tiles measure over the data that the settings name.")
        return
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"\n## {name}")
        MEASUREMENTS[name]()


main()
