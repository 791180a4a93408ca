handovers-title = 交接班
handovers-lead = 您交出的、接下的，以及您督查范围内的交接，新的在前。
handovers-empty = 还没有交接记录。下班前写一份，接班的人一上班就看得到。
handover-begin = 交班：{ $where }
handover-title = 交接单
handover-list = 全部交接
handover-new = 交班
handover-desk = { $kind ->
    [supervisor] { $area }督查
    [department] { $desk }（{ $area }）
   *[desk] { $desk }
}
handover-waits = 请接班：{ $where }
handover-from-to = { $by } 交给 { $to }
handover-next = 下一个来接班的人
handover-somebody = 原在岗人员
handover-colon = ：
handover-all = 共 { $n } 件要留意
handover-nothing = 没有要留意的：没有超期、临期或者等答复的。
handover-reason = { $reason ->
    [emergency] 紧急
    [late] 已超期
    [due] 临期
    [claimed] 报了办结待答复
    [pause] 挂账快到期
    [extension] 申请延期待批
    [order] 督办待办
   *[part] 联办待办
}
handover-noted = 另外说明
handover-all-lines = 看全部 { $n } 件
handover-hidden = 另有 { $n } 件您现在看不到。
handover-more = 另有 { $n } 件没有逐件列出，请到清单里看。
handover-until = 期限算到下一个工作日下班（{ $until }）。
handover-today = 状态和期限是现在的。
handover-what = 交接的事
handover-empty = 现在没有要留意的事。照样可以交班，接班的人会看到是空的。
handover-note-add = 说明这一件
handover-note = 说明
handover-say = 交代
handover-words = 总的交代
handover-words-hint = 例如谁答应了什么时候回话。不写也可以。
handover-to = 交给谁
handover-alone = 这个台上现在没有别人在岗，先交给下一个来接班的人。
handover-away = 请假至{ $until }
handover-write = 交班
handover-kept = 交出以后不能改，双方和上级督查以后都能查。
handover-done = { $what ->
    [written] 已交班。
   *[accepted] 已接班。
}
handover-back = 回到我的清单
handover-taken = 接班
handover-taken-by = { $who } 已接班
handover-not-yet = 还没有人接班。
handover-state = { $state ->
    [taken] 已接班
   *[waits] 待接班
}
handover-remark-add = 附一句话
handover-remark = 接班时说一句
handover-accept = 我来接班
handover-typed = 您刚才写的话：

lists-handover = 交接班

away-title = { $count } 人请假
away-line = { $who }：请假至{ $until }，{ $stand_in ->
    [none] 没有指定代理人，由下一顺位处理
   *[other] { $stand_in }代理
}

owner-load = （在办 { $open } 件{ $late ->
    [0] {""}
   *[other] ，超期 { $late } 件
}）
owner-away = （请假至{ $until }{ $who ->
    [none] ，由下一顺位处理
   *[other] ，{ $who }代
}）

live-lists-no-script = 这一页不会自动更新。
live-lists-refresh = 刷新
live-lists-show = 有变化，点这里更新
live-lists-new = { $n } 件新的
live-lists-changed = 这一件刚有变化
live-lists-handed = 有新的交接单

title-not_at_desk = 您不在这个台上
error-not_at_desk = 只有派单台、督查或部门的在岗人员才能交接班。岗位不对的话，请联系管理员。
title-handover_written = 您刚刚已经交过班
error-handover_written = 您在这个台上已经写过一份新的交接单，请先看看；还要再交一份，就再按一次“交班”，刚才写的都还在。
title-handover_to_nobody = 不能交给这个人
error-handover_to_nobody = { $why ->
    [away] 这个人正在请假。请改选别人，或者交给下一个来接班的人；刚才写的都还在。
    [yourself] 不能交给自己。请改选别人，或者交给下一个来接班的人；刚才写的都还在。
   *[not_posted] 这个人已经不在这个台上。请改选别人，或者交给下一个来接班的人；刚才写的都还在。
}
title-handover_not_found = 没有这份交接单
error-handover_not_found = 没有这个编号的交接单，或者不归您看。
title-handover_taken = 已经有人接班
error-handover_taken = { $name } 已经接了这个班，不用再接。
title-handover_for_others = 这份交接单等别人来接
error-handover_for_others = 它是交给别人的，或者是您自己交出的。
