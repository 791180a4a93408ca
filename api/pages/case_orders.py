"""The orders on a case on its page: what was ordered and by when, what came of it, and what the reader may do with it.

What is allowed, ``grids.order_steps`` and the database decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.case_history import Entry
from api.pages.case_parts import PartTyped
from api.pages.case_steps import Typed
from grids.order_steps import BY_ORDER_VERB, OrderStep
from grids.orders import Order, Orders


class OrderTyped(PartTyped):
    """The fields of an order's form, as they came; ``nth`` is empty where one is given."""


@dataclass(frozen=True, slots=True)
class OrderShown:
    """An order with the lines of its history: how it was given, answered last, and judged.

    ``late``: it was not answered in time.
    """

    order: Order
    late: bool
    given: Entry
    answer: Entry | None
    changed: Entry | None
    judged: Entry | None
    steps: tuple[OrderStep, ...]


@dataclass(frozen=True, slots=True)
class Supervision:
    """All orders of a case; ``give`` is the step by which one is given, None where it is not the reader's."""

    orders: tuple[OrderShown, ...]
    give: OrderStep | None

    @property
    def open(self) -> int:
        """How many are not judged yet."""
        return sum(each.order.ended_at is None for each in self.orders)

    @property
    def late(self) -> int:
        """How many wait for an answer that should have come."""
        return sum(each.late and each.order.state == "given" for each in self.orders)

    @property
    def mine(self) -> tuple[OrderShown, ...]:
        """Those about which the reader can do something."""
        return tuple(each for each in self.orders if each.steps)

    def offers(self, typed: Typed) -> bool:
        """Whether the form that was filled in is still there."""
        if typed.verb == "order_give":
            return self.give is not None
        nth = typed.nth if isinstance(typed, PartTyped) else ""
        return any(str(each.order.nth) == nth and typed.verb in each.order.verbs for each in self.orders)


def supervision(orders: Orders, story: Sequence[Entry], now: datetime) -> Supervision:
    """Answer what the page shows of the orders on a case, the newest first.

    Parameters
    ----------
    orders : Orders
        As the reader sees them.
    story : sequence of Entry
        The case's history; each order shows its own lines.
    now : datetime
        Aware.
    """
    shown = []
    for order in reversed(orders.given):
        own = {entry.step: entry for entry in story if entry.order == order.nth}
        judged = next((own[v] for v in ("order_keep", "order_not_keep", "order_withdraw") if v in own), None)
        shown.append(
            OrderShown(
                order=order,
                late=order.late(now),
                given=own["order_give"],
                answer=own.get("order_answer"),
                changed=own.get("order_until"),
                judged=judged,
                steps=tuple(BY_ORDER_VERB[verb] for verb in order.verbs),
            )
        )
    return Supervision(tuple(shown), BY_ORDER_VERB["order_give"] if orders.may_give else None)
