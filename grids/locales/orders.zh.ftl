# Orders of a supervisor: what was done, and the buttons that do it.
verb-order_give = 督查员下达督办
verb-order_answer = 答复督办
verb-order_keep = 督办已落实
verb-order_not_keep = 督办未落实
verb-order_until = 督办改期限
verb-order_withdraw = 督办撤回
verb-order_late = 督办逾期未答复
step-order_give = 下达督办
step-order_answer = 答复督办
step-order_keep = 认定已落实
step-order_not_keep = 认定未落实
step-order_until = 改期限
step-order_withdraw = 撤回督办
