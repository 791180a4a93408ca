nav-supervision = Supervision

board-title = Supervision
board-lead = { $areas } and below
board-section = { $section ->
    [overdue] Overdue
    [returned] Returned twice
    [paused] Paused long
    [recurring] Recurring, hazards
    [unowned] Unowned
    [recheck] To re-check
    [orders] Orders open
   *[answered] To judge
}
board-rule = { $section ->
    [overdue] Past the deadline of the whole case, and not closed.
    [returned] Sent back twice or more.
    [paused] Paused for more than 14 days, or longer than was said.
    [recurring] Keeps coming back, or is a hazard.
    [unowned] Nobody is posted as the owner now, or nobody accepted it within 30 minutes of its coming.
    [recheck] Said to be solved; a re-check is compulsory or was drawn.
    [orders] Cases with an order that waits for an answer, the late ones first; closed cases, too.
   *[answered] Cases with an answered order that waits to be judged, the oldest answer first; closed cases, too.
}
board-empty = { $section ->
    [overdue] Nothing is overdue.
    [returned] Nothing was sent back twice.
    [paused] Nothing is paused for too long.
    [recurring] Nothing keeps coming back, and there is no hazard.
    [unowned] Somebody has every case.
    [recheck] No claim waits for its re-check.
    [orders] No order waits for an answer. Orders are given on the page of a case.
   *[answered] No answer waits to be judged.
}
board-order = { $state ->
    [given] Order · { $when }
   *[answered] Order answered · { $when }
}
board-order-due = Order due
board-answered = Answered

case-orders = Supervision
case-next-order = { $state ->
    [given] Order { $nth } waits for an answer
   *[answered] Order { $nth } was answered and waits to be judged
}
case-orders-none = No order was given yet.
case-orders-open = { $late ->
    [0] { $count ->
        [one] Under an order
       *[other] Under { $count } orders
    }
    [one] An order is late
   *[other] { $late } orders are late
}
case-order = Order { $nth }
case-order-state = { $state ->
    [given] waits for an answer
    [late] late, not answered
    [answered] answered, to be judged
    [kept] kept
    [not_kept] not kept
   *[withdrawn] withdrawn
}
case-order-due = Deadline
case-order-was-late = not answered in time
case-order-until = To be answered by
case-order-words = { $verb ->
    [order_give] What is to be done
    [order_answer] What was done, and how it is now
    [order_keep] How you know that it was kept
    [order_not_keep] What is missing
    [order_until] Why the deadline is another one
   *[order_withdraw] Why it is withdrawn
}
case-order-done = Noted for order { $nth }: { $step }
case-order-line = Order { $nth }, due { $due }
case-order-line-given = Order { $nth } to { $who }, to be answered by { $due }
case-order-line-until = Deadline of order { $nth } moved from { $before } to { $due }
