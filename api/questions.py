"""What a map is asked for, as query parameters: the same for the page, the figures and the tiles of points."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator

from gis.cells import RESOLUTIONS
from maps.questions import MAP_CHANNELS, Layer, Per, Period, Question


def _within_reach(day: date) -> date:
    # Beyond, midnights overflow between zones.
    if not 1900 <= day.year < 2200:
        raise ValueError("a day between 1900 and 2200")
    return day


Day = Annotated[date, AfterValidator(_within_reach)]


AskedLayer = Annotated[Layer, Query(description="what is counted")]
AskedPer = Annotated[Per, Query(description="bare, per 1,000 households, or per km²")]
AskedFamily = Annotated[str | None, Query(max_length=64, description="of categories")]
AskedChannel = Annotated[str | None, Query(max_length=32, description=", ".join(MAP_CHANNELS))]
FirstDay = Annotated[Day | None, Query(alias="from", description="first day, Asia/Shanghai")]
DayAfter = Annotated[Day | None, Query(alias="to", description="first day after the period")]
_ANY_CELLS = f"cell-{RESOLUTIONS[0]}"


def placeless_question(
    layer: AskedLayer,
    per: AskedPer = Per.COUNT,
    family: AskedFamily = None,
    channel: AskedChannel = None,
    since: FirstDay = None,
    until: DayAfter = None,
) -> Question:
    """Answer the question of a map that chooses its cells itself.

    Raises
    ------
    LayerError
        ``empty_period``, ``unknown_channel``; ``not_by_cell`` for vacancies.
    """
    return Question(layer, _ANY_CELLS, per, family or None, channel or None, Period(since, until))


Placeless = Annotated[Question, Depends(placeless_question)]


def question_of(
    layer: AskedLayer,
    level: Annotated[str, Query(max_length=32, description="a level of the edition, or cell-5 to cell-9")],
    per: AskedPer = Per.COUNT,
    family: AskedFamily = None,
    channel: AskedChannel = None,
    since: FirstDay = None,
    until: DayAfter = None,
    vs_since: Annotated[Day | None, Query(alias="vs_from", description="of the period compared with")] = None,
    vs_until: Annotated[Day | None, Query(alias="vs_to")] = None,
) -> Question:
    """Answer the question of a request.

    Raises
    ------
    LayerError
        ``empty_period``, ``unknown_kind``, ``unknown_channel``, ``not_by_cell``, ``vacancies_of_now``.
    """
    compared = vs_since is not None or vs_until is not None
    against = Period(vs_since, vs_until) if compared else None
    return Question(layer, level, per, family or None, channel or None, Period(since, until), against)


Asked = Annotated[Question, Depends(question_of)]
