"""What a column of days is called where something holds from a day to a day, and whether its last day still counts.

Owns these words for every file that is read, lists of postings and of sites alike.  Reads none.
"""

from __future__ import annotations

from typing import Final

SINCE: Final = ("since", "from", "起", "自", "起始日期", "开始日期")
UNTIL: Final = ("until",)
"""The first day on which it no longer holds, as everywhere in the database."""
LAST_DAY: Final = ("last_day", "止", "最后一天", "截止日期", "终止日期", "结束日期")
"""The last day on which it holds, as people write it."""
UNCLEAR: Final = ("to", "end", "end_date", "至", "到")
"""Half of those who write these mean the last day, half the day after: whoever wrote them is asked."""
