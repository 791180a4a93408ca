escalation-title = 事项清单与提级
escalation-lead = 一级能办什么、多久还没办成就往上提，由这里的规则决定；规则不改写，只结束旧的、另立新的。派给谁，见
escalation-authorities = 事项清单：谁有权办理
escalation-authorities-lead = 没有列出的事，哪一级都可以办。列出的事不派给更低的一级；到了那里，自动提到有权办理的一级。写明类别的先于写明大类的，辖区小的先于辖区大的。
escalation-authorities-empty = 清单还是空的：哪一级都可以办任何事。
escalation-authority-new = 往清单里加一项
escalation-what = 什么事
escalation-any-kind = 所有的事
escalation-lowest = 最低由哪一级办理
escalation-clocks = 到期提级
escalation-clocks-lead = 一件事在一级停留满规定的时间还没有办成，就提到上一级，还在受理的也一样。挂账时不计时；规则从生效那一刻起算。
escalation-clocks-empty = 没有到期提级的规则：事情只会由人提级。
escalation-clock-new = 立一条到期提级的规则
escalation-level = 哪一级
escalation-after = 多久
escalation-unit = 怎样计时
escalation-unit-name = { $unit ->
    [urgent_hours] 小时（昼夜）
    [work_hours] 工作时
    [work_days] 工作日
   *[days] 自然日
}
escalation-span = { $count } { $unit ->
    [urgent_hours] 小时
    [hours] 小时
    [work_hours] 工作时
    [work_days] 个工作日
   *[days] 个自然日
}
board-solved = { $confirmed ->
    [0] 近 30 天没有确认解决的案件。
   *[other] 近 30 天确认解决 { $confirmed } 件，其中乡镇（街道）及以下解决 { $low } 件（{ $share }%）。只供了解，不计分。
}
