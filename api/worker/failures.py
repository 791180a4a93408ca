"""What stands between a delivery and its recipient."""

from datetime import timedelta


class NotDeliveredError(Exception):
    """A try without success.

    Parameters
    ----------
    why : str
        The code that the list of deliveries shows; those in ``grids.deliveries.FOR_GOOD`` are not tried again.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class LaterError(Exception):
    """A delivery that is tried again after some time."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"again in {wait}")
        self.wait = wait
