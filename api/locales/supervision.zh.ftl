nav-supervision = 督办台

board-title = 督办台
board-lead = { $areas }及以下
board-section = { $section ->
    [overdue] 已超期
    [returned] 多次退回
    [paused] 挂账过久
    [recurring] 反复、隐患
    [unowned] 无人接手
    [recheck] 待核查
    [orders] 督办未答复
   *[answered] 答复待认定
}
board-rule = { $section ->
    [overdue] 办结期限已过、还没有办结的。
    [returned] 退回过两次及以上的。
    [paused] 挂账超过 14 天，或者挂账期限已过的。
    [recurring] 反复发生，或者有安全隐患的。
    [unowned] 现在无人在岗负责，或者收到 30 分钟后还没有人受理的。
    [recheck] 报了办结、必须核查或者抽中核查的。
    [orders] 有督办还没有答复的案件，督办逾期的在前；已办结的案件也在。
   *[answered] 督办已答复、等督查员认定是否落实的案件，先答复的在前；已办结的案件也在。
}
board-empty = { $section ->
    [overdue] 没有超期的案件。
    [returned] 没有退回过两次的案件。
    [paused] 没有挂账过久的案件。
    [recurring] 没有反复发生或者有隐患的案件。
    [unowned] 每件都有人接手。
    [recheck] 没有等待核查的办结。
    [orders] 没有等待答复的督办。在案件页面可以下达督办。
   *[answered] 没有等待认定的答复。
}
board-order = { $state ->
    [given] 督办 · { $when }
   *[answered] 已答复督办 · { $when }
}
board-order-due = 督办期限
board-answered = 答复

case-orders = 督办
case-next-order = { $state ->
    [given] 第 { $nth } 次督办等待答复
   *[answered] 第 { $nth } 次督办已答复，等待认定
}
case-orders-none = 还没有下达过督办。
case-orders-open = { $late ->
    [0] 督办中（{ $count } 次）
   *[other] 督办逾期（{ $late } 次）
}
case-order = 第 { $nth } 次督办
case-order-state = { $state ->
    [given] 等待答复
    [late] 逾期未答复
    [answered] 已答复，等待认定
    [kept] 已落实
    [not_kept] 未落实
   *[withdrawn] 已撤回
}
case-order-due = 期限
case-order-was-late = 没有按期答复
case-order-until = 什么时候前答复
case-order-words = { $verb ->
    [order_give] 要求做什么
    [order_answer] 做了什么，现在怎么样
    [order_keep] 凭什么认定已经落实
    [order_not_keep] 哪里没有落实
    [order_until] 为什么改期限
   *[order_withdraw] 为什么撤回
}
case-order-done = 第 { $nth } 次督办，已记下：{ $step }
case-order-line = 第 { $nth } 次督办，期限 { $due }
case-order-line-given = 第 { $nth } 次督办，交给{ $who }，{ $due } 前答复
case-order-line-until = 第 { $nth } 次督办的期限由 { $before } 改为 { $due }
