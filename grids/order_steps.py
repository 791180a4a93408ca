"""The course of an order (督办) as one table: from which state, by which verb, to which state, who may, what it needs.

Pure.  The database holds the same rows (``order_steps``, revision 0054; a test compares them) and enforces them under
the lock of the case.
"""

from dataclasses import dataclass
from typing import Final, Literal

OrderState = Literal["given", "answered", "kept", "not_kept", "withdrawn"]
Giver = Literal["supervisor", "owner"]
"""Who may: a supervisor of the case's chain of areas, who stands no lower than its owner to give an order and no lower
than whoever gave it to judge or change it, and works for no owner; or whoever works for the owner that the case has
now, whoever had it when the order was given."""
OrderNeed = Literal["words", "until"]


@dataclass(frozen=True, slots=True)
class OrderStep:
    """One row; without ``sources`` it gives a new one, on an open case."""

    verb: str
    sources: tuple[OrderState, ...]
    target: OrderState
    who: Giver
    needs: tuple[OrderNeed, ...]


_OPEN: Final[tuple[OrderState, ...]] = ("given", "answered")

ORDER_STEPS: Final[tuple[OrderStep, ...]] = (
    OrderStep("order_give", (), "given", "supervisor", ("words", "until")),
    OrderStep("order_answer", ("given",), "answered", "owner", ("words",)),
    # Also after the case is closed, and without an answer.
    OrderStep("order_keep", _OPEN, "kept", "supervisor", ("words",)),
    OrderStep("order_not_keep", _OPEN, "not_kept", "supervisor", ("words",)),
    # Another deadline: an answer that was not enough is given again by then.
    OrderStep("order_until", _OPEN, "given", "supervisor", ("words", "until")),
    OrderStep("order_withdraw", _OPEN, "withdrawn", "supervisor", ("words",)),
)

BY_ORDER_VERB: Final = {step.verb: step for step in ORDER_STEPS}
