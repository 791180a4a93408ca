"""A position as somebody gave it: finite, in range, with its datum.  A naked pair of numbers crosses no room's border.

Whether a position lies in the service area is not asked here; ``gis_match`` answers that.
"""

from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

import numpy as np

from gis.datums import Datum, to_wgs84
from gis.errors import GridwardenError


class BadPositionError(GridwardenError):
    """The numbers cannot be a position."""

    code: ClassVar[str] = "bad_position"


class SwappedCoordinatesError(BadPositionError):
    """Latitude and longitude stand in each other's place."""

    code: ClassVar[str] = "coordinates_swapped"


class UnknownDatumError(BadPositionError):
    """No datum was named, or one that is not known."""

    code: ClassVar[str] = "unknown_datum"


class BadAccuracyError(BadPositionError):
    """An accuracy that is negative or not a number."""

    code: ClassVar[str] = "bad_accuracy"


@dataclass(frozen=True, slots=True)
class Position:
    """Where something is, as given.

    Parameters
    ----------
    lon, lat : float
        Degrees in ``datum``.
    datum : Datum or str
        Never guessed.
    accuracy_m : float, optional
        Radius of the circle that the true position lies in; None when the source does not know.

    Raises
    ------
    BadPositionError
        ``bad_position`` (not finite, out of range), ``coordinates_swapped``, ``unknown_datum``, ``bad_accuracy``.

    Examples
    --------
    >>> Position(116.99, 39.70, Datum.WGS84).wgs84
    (116.99, 39.7)
    """

    lon: float
    lat: float
    datum: Datum
    accuracy_m: float | None = None

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "datum", Datum(self.datum))
        except ValueError:
            raise UnknownDatumError(
                f"Unknown datum {self.datum!r}: name one of {', '.join(Datum)}; ask whoever gave the position.",
                params={"given": str(self.datum)},
            ) from None
        if not (isfinite(self.lon) and isfinite(self.lat)):
            raise BadPositionError("lon and lat must be finite numbers of degrees.")
        if abs(self.lon) <= 90 < abs(self.lat) <= 180:
            raise SwappedCoordinatesError(
                f"lon {self.lon}, lat {self.lat}: these look swapped; longitude comes first.",
                params={"lon": self.lon, "lat": self.lat},
            )
        if abs(self.lon) > 180 or abs(self.lat) > 90:
            raise BadPositionError(
                f"lon {self.lon}, lat {self.lat}: longitude lies in -180..180 and latitude in -90..90.",
                params={"lon": self.lon, "lat": self.lat},
            )
        if self.accuracy_m is not None and not (isfinite(self.accuracy_m) and self.accuracy_m >= 0):
            raise BadAccuracyError(f"accuracy_m {self.accuracy_m}: a radius in metres, zero or more.")

    @property
    def wgs84(self) -> tuple[float, float]:
        """Longitude and latitude in EPSG:4326, degrees."""
        lon, lat = to_wgs84(np.array([[self.lon, self.lat]]), self.datum)[0]
        return float(lon), float(lat)
