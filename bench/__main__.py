"""``python -m bench``: all measurements, or those named."""

import sys

from bench import one_point

MEASUREMENTS = {"one_point": one_point.measure}


def main() -> None:
    """Run what is named, or all."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"Usage: ./run bench [{'|'.join(MEASUREMENTS)}]…  (over the database that the settings name)")
        return
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"\n## {name}")
        MEASUREMENTS[name]()


main()
