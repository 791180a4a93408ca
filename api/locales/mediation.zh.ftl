# The mediation room
nav-mediations = 调解
case-mediation = { $state ->
    [opened] 调解中
    [vacant] 调解中
    [agreed] 调解达成协议
    [failed] 调解未成
   *[withdrawn] 调解已撤回
}
case-mediation-link = 调解室
case-mediation-open = 请人调解
case-mediation-wait = 这件事正在调解，调解结束以前不能报办结、不予受理、不办理或并案，也不能改成公开的类别。
case-change-why-mediation = 为避免利益冲突，交上一级
mediation-title = 调解：{ $category }
mediation-back = 回到这件事
mediation-private = 调解内容不公开：只有调解员所在单位和督查员看得到，别人只知道在调解。
mediation-not-yours = 这件事正在调解。谈了什么只有调解员所在单位和督查员看得到。
mediation-over-not-yours = 调解已经结束。谈了什么只有调解员所在单位和督查员看得到。
mediation-none = 这件事没有在调解。
mediation-never = 只有不公开的类别、又不涉及公职人员的事，才能调解。
mediation-leads = 您可以换人调解或撤回，但看不到当事人和所谈的内容。
mediation-state = { $state ->
    [opened] 调解中
    [vacant] 等待另请调解员
    [agreed] 达成协议
    [failed] 未成
   *[withdrawn] 已撤回
}
mediation-outcome = { $outcome ->
    [court] 建议走法院
   *[lawyer] 建议找律师
}
mediation-agreed-next = 达成协议不等于已经解决：由责任人落实后报办结，再核查。
mediation-vacant-do = 原来的调解员须回避，已看不到调解内容。请由{ $area }或更上一级另请一位；已经写下的都保留着。
mediation-mediator = 调解员
mediation-mediator-none = 还没有
mediation-opened = 开始
mediation-ended = 结束
mediation-case-state = 这件事
mediation-parties = 当事人
mediation-parties-none = 还没有登记当事人；达成协议至少要有两方。
mediation-party = 第 { $nth } 方
mediation-party-erased = 已按规定删除
mediation-no-contact = 没有留联系方式
mediation-look = 查看姓名和联系方式
mediation-look-noted = 每次查看都会记下来。
mediation-looked = 您刚才的查看已经记下。
mediation-sittings = 调解会
mediation-sittings-none = 还没有安排调解会。
mediation-sitting = 第 { $nth } 次
mediation-sitting-to-come = 待开
mediation-sitting-held = 开过了
mediation-sitting-open = 时间已过，请记下谈了什么，或改期
mediation-line-mediator = { $before ->
    [none] 调解员：{ $after }
   *[other] { $after ->
        [none] { $before } 不再调解
       *[other] 由“{ $before }”改为“{ $after }”
    }
}
mediation-line-sitting = { $at ->
    [none] 第 { $nth } 次调解会
   *[other] 第 { $nth } 次调解会：{ $at }
}
mediation-next = 下一步
mediation-next-none = 现在没有要您办的。
mediation-agree-waits = 登记了至少两方、开过至少一次调解会，才能写协议。
mediation-story = 经过
mediation-choose-mediator = 请谁调解
mediation-no-mediator = 现在没有可请的部门或值班台：请先在人员安排里设一个（例如“调解室”），并有人在岗。
mediation-mediator-hint = 那个单位里在岗的人都看得到，别人看不到。
mediation-name = 称呼或姓名
mediation-contact = 联系方式
mediation-namesake = 与调解员同名，但不是同一个人
mediation-namesake-hint = 当事人与调解员同名时，调解员自动回避；只是同名，请在这里打勾。
mediation-at = 什么时候
mediation-outcome-label = 走哪条路
mediation-words = { $verb ->
    [mediation_held] 谈了什么
    [mediation_agree] 协议内容
    [mediation_fail] 为什么没有谈成
    [mediation_hand_over] 为什么换人
    [mediation_conflict] 为什么要回避
    [mediation_withdraw] 为什么撤回
   *[other] 补充几句
}
mediation-words-hint = 只有调解员所在单位和督查员看得到。
mediation-conflict-hint = 送出后，现在的调解员立刻看不到这次调解，由上一级另请一位；已经写下的都保留。
mediation-done = 已记下：{ $step }
mediation-done-conflict = 调解员已回避，从现在起看不到这次调解的内容；上一级会另请一位，已经写下的都在。
mediation-kept-words = 您刚才写的，这里给您留着：
mediation-go-on = 回到“{ $step }”，改好再送
mediations-title = 调解
mediations-lead = 您调解的、您督查的，以及等您另请调解员的；先开的会排在前面。
mediations-open = 正在调解
mediations-over = 已经结束
mediations-empty = 没有正在调解的事。请您调解的会列在这里，先开的会排在前面。
mediations-over-empty = 还没有结束的调解。
mediations-what = 什么事
mediations-where = 哪里
mediations-state = 到哪一步
mediations-sitting = 下一次调解会
mediations-ended = 结束
mediations-no-sitting = 还没有安排
mediations-as = { $relation ->
    [mediator] 由您调解
    [lead] 等您另请调解员
   *[supervisor] 由您督查
}
status-mediation = { $state ->
    [opened] 正在请人调解。谈的内容不公开。
    [agreed] 调解已经结束，双方达成了协议；落实情况还会再看。
    [failed] 调解已经结束，没有谈成。
   *[withdrawn] 调解已经结束。
}
status-mediation-outcome = { $outcome ->
    [court] 可以到法院起诉。
   *[lawyer] 可以找律师帮忙。
}
