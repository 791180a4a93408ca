"""What somebody has typed on the report page, as it came: a draft, which becomes a report or says what is missing.

Keeps every word that was typed; refuses nothing before it can be said at the right field.
"""

from datetime import datetime
from typing import Final

from pydantic import BaseModel

from api.instants import within_reach
from api.moments import SHANGHAI
from gis.position import Position
from grids.language import Words
from grids.reports import LETTER_LEVELS, MAX_CONTACT, MAX_PLACE_WORDS, PAST_GRID, NewReport


class Draft(BaseModel):
    """The fields of the form; ``step`` says which button was pressed: search, look or send.

    ``same_as`` is the answer to "is it this one?": a case, ``none`` of them, or empty while it has not been asked.
    ``to_level`` is whose letterbox a letter goes to, ``rota_id`` the day of the rota on which a visitor was received.
    """

    step: str = "send"
    key: str = ""
    q: str = ""
    lon: str = ""
    lat: str = ""
    accuracy_m: str = ""
    area_code: str = ""
    place_words: str = ""
    category: str = ""
    text: str = ""
    contact: str = ""
    seen_at: str = ""
    channel: str = "app"
    to_level: str = ""
    rota_id: str = ""
    same_as: str = ""

    def position(self) -> Position | None:
        """Answer where the pin is, None without one.

        Raises
        ------
        BadPositionError
            See ``Position``.
        """
        if not (self.lon and self.lat):
            return None
        accuracy_m = _number(self.accuracy_m) if self.accuracy_m else None
        return Position(_number(self.lon), _number(self.lat), "wgs84", accuracy_m)  # type: ignore[arg-type]

    def missing(self, words: Words) -> dict[str, str]:
        """Answer, by field, what still has to be said before this can be sent; empty if nothing."""
        named = bool(self.area_code) and not (self.lon and self.lat)
        checks: tuple[tuple[str, bool, str], ...] = (
            ("place", not (self.lon and self.lat) and not self.area_code, "missing-place"),
            ("place_words", named and not self.place_words.strip(), "missing-place-words"),
            ("place_words", len(self.place_words) > MAX_PLACE_WORDS, "too-long-place-words"),
            ("category", not self.category, "missing-category"),
            ("text", not self.text.strip(), "missing-text"),
            ("contact", len(self.contact) > MAX_CONTACT, "too-long-contact"),
            ("seen_at", bool(self.seen_at) and self.moment() is None, "bad-seen-at"),
        )
        return {field: words(f"report-{key}") for field, wrong, key in checks if wrong}

    def moment(self) -> datetime | None:
        """Answer when it was seen, aware; None where nothing usable was given."""
        try:
            at = datetime.fromisoformat(self.seen_at)
            return within_reach(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
        except (ValueError, OverflowError):
            return None

    def joins(self) -> int | None:
        """Answer the case of which he says that it is the same."""
        number = self.same_as
        return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None

    @property
    def past_grid(self) -> bool:
        """Whether it is a letter or a visit, which go past the grid."""
        return self.channel in PAST_GRID

    @property
    def level(self) -> str:
        """Whose letterbox it is; the township's where none is named."""
        return self.to_level if self.to_level in LETTER_LEVELS else LETTER_LEVELS[0]

    @property
    def rota(self) -> int | None:
        """The day of the rota, None without one."""
        number = self.rota_id
        return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None

    def report(self) -> NewReport:
        """Answer what was said, checked.

        Raises
        ------
        BadPositionError, ReportError
            With the code that says what is wrong.
        """
        position = self.position()
        return NewReport(
            category=self.category,
            text=self.text,
            channel=self.channel or "app",
            position=position,
            area_code=None if position else self.area_code or None,
            place_words=self.place_words.strip() or None,
            seen_at=self.moment(),
            contact=self.contact.strip() or None,
            to_level=self.level if self.past_grid else None,
            rota_id=self.rota if self.channel == "visit" else None,
        )


# Which field of the page an error of a report belongs to.
FIELD_OF: Final = {
    "bad_position": "place",
    "coordinates_swapped": "place",
    "unknown_datum": "place",
    "bad_accuracy": "place",
    "outside_service_area": "place",
    "outside_rota_area": "place",
    "missing_place": "place",
    "unknown_area": "place",
    "unknown_category": "category",
    "empty_text": "text",
    "text_too_long": "text",
    "seen_in_future": "seen_at",
    "channel_for_staff": "channel",
    "unknown_channel": "channel",
}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
