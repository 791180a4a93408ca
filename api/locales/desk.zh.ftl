nav-desk = 派单台
nav-inbox = 收件箱
nav-day = 今日清单
nav-week = 本周清单

lists-sections = 分栏
lists-state = 状态
lists-what = 什么事
lists-area = 辖区
lists-owner = 负责
lists-received = 收到
lists-due = 期限
lists-category = 类别
lists-flag = 标记
lists-any = 全部
lists-filter = 筛选
lists-unfilter = 取消筛选
lists-first = 回到第一页
lists-next = 下一页
lists-most = 只列出最急的 { NUMBER($n) } 件。

flag-hazard = 有安全隐患
flag-recurring = 反复发生
flag-vacant = 无人在岗
flag-returned = { $count ->
   *[other] 退回 { $count } 次
}
flag-asked = 申请延到{ $moment }

desk-title = 派单台
desk-section = { $section ->
    [unowned] 无人在岗
    [received] 新收到
    [late] 已超期
    [returned] 退回来的
    [extension] 申请延期
    [soon] 快到期
    [recheck] 待我核查
    [paused] 挂账到期
   *[open] 全部未办结
}
desk-flag = { $flag ->
    [hazard] 有安全隐患
    [recurring] 反复发生
   *[reopened] 重新打开过
}
desk-empty = { $section ->
    [unowned] 每件事都有人在岗负责。
    [received] 没有等着受理的。有人说事时，会出现在这里。
    [late] 没有超期的。
    [returned] 没有退回来的。
    [extension] 没有人申请延期。
    [soon] 24 小时内没有到期的。
    [recheck] 没有等您核查的。别人报了办结、您又没有经手的，会出现在这里。
    [paused] 没有挂账到期的。
   *[open] 没有未办结的事。
}

week-title = 本周清单
week-lead = { $day }（周一）的问题清单和履职清单，数字为当前情况。
week-case = 案件
week-area = 辖区
week-state = 状态
week-due = 期限
week-more = 另有 { $n } 件，期限较晚。
week-none = 没有。
week-open = 未办结
week-overdue = 超期
week-unsolved = 未解决
week-problems = 问题清单
week-problems-lead = 未办结的，以及近三十天未经确认就办结的；最急的 50 件。
week-duties = 履职清单
week-done = 上一周办理：
week-none-done = 没有
week-due-count = 本周到期或已超期：{ $n } 件
several-title = 对所选的办理
several-hint = 先勾选，再办理
several-count = 已选 { $n } 件
several-all = 全选本页
several-tick = 勾选
several-choose = 选中：{ $category }，{ $area }
several-owner = 派给谁
several-owner-choose = 请选择
several-owner-desk = { $desk }（{ $area }）
several-dispatch = 派给所选负责人
several-reason = 不予受理的理由
several-reason-shown = 反映人会看到这句话。
several-decline = 所选的不予受理
several-return-reason = 退回的理由
several-return = 退回所选
several-none-chosen = 还没有勾选。请先勾选要办的，再按一次。
several-no-verb = 勾选的都还在。请用下面的按钮说要怎么办。
several-no-owner = 还没有选派给谁。勾选的都还在，请选好再按一次。
several-no-words = 还没有写理由。勾选的都还在，请写好再按一次。
several-done = { $stale ->
    [0] { $refused ->
        [0] { $verb }：办成 { $done } 件
       *[other] { $verb }：办成 { $done } 件，没办成 { $refused } 件
    }
   *[other] { $refused ->
        [0] { $verb }：办成 { $done } 件，{ $stale } 件刚被别人办过
       *[other] { $verb }：办成 { $done } 件，{ $stale } 件刚被别人办过，没办成 { $refused } 件
    }
}
several-instead = { $title }。您可以办理：{ $verbs }。
several-which = 办成的是哪些
several-case = { $category } · { $area }
several-case-gone = 已不归您看的一件

keys-title = 键盘
keys-next = 下一件
keys-before = 上一件
keys-tick = 勾选或取消
keys-open = 打开这一件
keys-accept = 受理所选的；没有勾选时受理这一件
keys-start = 开始办理所选的；没有勾选时开始这一件
keys-dispatch = 选派给谁
keys-help = 打开这张表
keys-on = 使用单键快捷键
keys-close = 关闭

inbox-title = 部门收件箱
inbox-section = { $section ->
    [received] 新派来
    [in_progress] 办理中
    [extension] 延期
    [soon] 快到期
    [late] 已超期
   *[open] 全部
}
inbox-empty = { $section ->
    [received] 没有新派来的。派给本部门的，会出现在这里。
    [in_progress] 没有正在办的。
    [extension] 没有等答复的延期申请，最近也没有答复。
    [soon] 24 小时内没有到期的。
    [late] 没有超期的。
   *[open] 本部门手上没有未办结的事。
}

day-title = 今日清单
day-sum = { $late ->
    [0] 要办 { $count } 件
   *[other] 要办 { $count } 件，其中 { $late } 件已超期
}
day-resting = 另有 { $count } 件在等别人：已办待核，或已挂账。
day-print = 打印清单
day-order = 排序
day-by-deadline = 按期限
day-by-way = 顺路走
day-way = { $start ->
    [here] 从您现在的位置出发，走 { $n } 处，一圈{ $length }（直线），最后一处回来{ $back }。
   *[first] 从第一处出发，走 { $n } 处，一圈{ $length }（直线），最后一处回来{ $back }。
}
day-from-here = 从我这里出发
day-no-position = 没有定位成功，仍按原来的顺序。
day-leg = 离上一处{ $distance }
day-beside = { $name }旁，{ $distance }
day-since = 收到：{ $moment }
day-number = 回执号 { $number }
day-nth = 第 { $n } 处：
day-notes = 现场情况：
day-sketch = 示意图：{ $n } 处，按清单编号
day-metres = { NUMBER($n) } 米
day-visit = 第 { $n } 处
day-here = 出发的地方
day-empty = 今天没有要办的事。派给您的，会出现在这里。
