# Orders of a supervisor: what was done, and the buttons that do it.
verb-order_give = A supervisor gave an order
verb-order_answer = The order was answered
verb-order_keep = The order was kept
verb-order_not_keep = The order was not kept
verb-order_until = The order has another deadline
verb-order_withdraw = The order was withdrawn
verb-order_late = The order is late
step-order_give = Give an order
step-order_answer = Answer the order
step-order_keep = It was kept
step-order_not_keep = It was not kept
step-order_until = Set another deadline
step-order_withdraw = Withdraw it
