# Hearings and petition closure
case-hearing-link = 这件事的听证
case-hearing-call = 召开听证
case-hearing-to-come = 听证 { $at }
case-petition-closed = 信访终结
case-petition-here = 这个地方以前有过信访终结：{ $day }，{ $who }。现在说的是另一件事，照常办理。
case-petition-other = 看那一件
hearing-title = 听证：{ $category }
hearing-back = 回到这件事
hearing-lead = 依法能办的都办了，群众仍说没有解决的，要公开听证；听证以后才能信访终结，终结了也仍算没有解决。
hearing-nth = 第 { $nth } 次听证
hearing-state = { $state ->
    [called] 待开
    [held] 已开
    [closed] 信访终结
    [lifted] 终结后重新办理
   *[cancelled] 已取消
}
hearing-at = 时间
hearing-at-hint = 至少 { $days } 天以后：会写信告诉群众，回执页上也看得到。
hearing-place = 地点
hearing-place-same = 不变就空着
hearing-not-yours = 只有主持人和督查员看得到
hearing-presider = 主持
hearing-choose-presider = 谁来主持
hearing-presider-hint = 县级以上，没有经办、指挥过这件事，也不在责任单位。
hearing-no-presider = 现在没有人能主持：县级以上的人都经办或指挥过这件事，或者没有人在岗。
hearing-people = 参加的人
hearing-people-hint = 一行一个，写单位或身份。至少一个部门，另有律师或外请的人。
hearing-came = 反映问题的群众
hearing-resident-came = { $came ->
    [yes] 到场
   *[no] 请了，没有来
}
hearing-seat = { $came ->
    [yes] 到场
   *[no] 没有来
}
hearing-role = { $role ->
    [resident] 群众
    [department] 部门
    [lawyer] 律师
   *[outside] 外请人员
}
hearing-departments = 到场的部门
hearing-lawyers = 律师
hearing-outside = 外请人员（代表、邻居、媒体）
hearing-absent = 请了没有来的部门
hearing-said = 各方说了什么
hearing-said-hint = 这件事各级辖区的工作人员看得到；不公开的和涉及公职人员的，只有主持人和督查员看得到。
hearing-findings = 听证认定
hearing-findings-hint = 群众看得到。
hearing-proposes = 建议
hearing-proposal = { $proposal ->
    [close] 信访终结
   *[go_on] 继续办理
}
hearing-digest = 签字记录的摘要（SHA-256）
hearing-digest-hint = 签字记录另存为文件的，记下摘要，以后可以证明没有改动。
hearing-words = { $verb ->
    [hearing_call] 要告诉群众的话
    [hearing_move] 为什么改期
    [hearing_cancel] 为什么取消
   *[petition_close] 终结决定
}
hearing-words-hint = { $verb ->
    [petition_close] 群众看得到，还会告诉他可以请上一级复查或到法院起诉。请写明做过什么、法律和条件不允许什么、为什么终结。
   *[other] 群众看得到。
}
hearing-done = 已记下：{ $step }
hearing-none = 还没有定过听证。
hearing-story-none = 还没有经过。
hearing-kept = 听证会上说了什么，只有主持人和督查员看得到。
hearing-line-at = 第 { $nth } 次听证：{ $at }
hearing-line-moved = 第 { $nth } 次听证：由 { $before } 改到 { $at }
hearing-line-presider = 主持：{ $who }
hearing-line-proposal = 建议{ $proposal }
hearing-line-digest = 记录摘要：{ $digest }
hearing-line-review = { $until } 前可以申请复查
petition-closed-by = 经过听证，{ $day } 由{ $who }决定信访终结。
petition-unsolved = 统计里仍算没有解决。
petition-way = { $next ->
    [none] 如果不服，可以到法院起诉。
   *[other] 如果不服，可以在 { $until } 前请{ $next }复查，也可以到法院起诉。
}
status-hearings = 听证
status-hearing-invited = 请您参加。来不了的，可以先写下要说的话。
status-hearing-held = { $proposal ->
    [close] 听证会开过了，建议信访终结。是否终结，另有书面决定。
   *[other] 听证会开过了，建议继续办理。
}
status-hearing-decision = 决定
status-petition-new = 这个地方有新情况，随时可以再说：
status-petition-report = 我要说事
