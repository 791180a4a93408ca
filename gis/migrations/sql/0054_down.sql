-- The events of orders stay with their cases.
DROP FUNCTION board_look, board_open, order_told, concerned_by_orders, orders_late, take_order, my_orders, order_open_to, order_over, order_event, supervises;
DROP TABLE order_steps, orders;
