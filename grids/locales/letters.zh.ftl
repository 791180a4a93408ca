# 信件：写给反映人、责任人和订阅清单的人。
letter-when = { $year }-{ $month }-{ $day } { $clock }
letter-no-reason = （未写明）
letter-owner-head = { $shared ->
    [yes] { $area }长
   *[no] { $area }网格长
}
letter-owner-deputy = { $area }副网格长
letter-owner-desk = { $desk }
letter-owner-department = { $desk }

letter-foot-resident =
    这封信由系统发出，请不要直接回复。上面的链接只属于您，请不要转给别人。
letter-foot-staff =
    这封信由系统发出，请不要直接回复。案件内容请登录后查看。

letter-received-subject = 已收到您反映的问题（{ $number }）
letter-received-body =
    您好！

    您于 { $received } 反映的“{ $category }”（{ $area }）已经收到，受理编号 { $number }。现在由{ $owner }负责，应于 { $due } 前解决。

    随时可以在这里查看进展：
    { $link }

letter-accepted-subject = 您反映的问题已受理（{ $number }）
letter-accepted-body =
    您好！

    您反映的“{ $category }”（{ $area }）已经受理，由{ $owner }负责，应于 { $due } 前解决。

    查看进展：
    { $link }

letter-taken-subject = 您反映的问题已开始办理（{ $number }）
letter-taken-body =
    您好！

    您反映的“{ $category }”（{ $area }）已经受理，{ $owner }正在办理，应于 { $due } 前解决。

    查看进展：
    { $link }

letter-handed-on-subject = 您反映的问题已转交办理（{ $number }）
letter-handed-on-body =
    您好！

    您反映的“{ $category }”（{ $area }）已转交{ $owner }办理，应于 { $due } 前解决。

    查看进展：
    { $link }

letter-merged-subject = 您反映的问题已与另一件合并办理（{ $number }）
letter-merged-body =
    您好！

    您反映的“{ $category }”（{ $area }）与另一件说的是同一件事，现合并为一个案件，由{ $owner }办理，应于 { $due } 前解决。

    查看进展：
    { $link }

letter-split-off-subject = 您反映的问题已单独办理（{ $number }）
letter-split-off-body =
    您好！

    您反映的“{ $category }”（{ $area }）原来并在另一案件里，现单独办理，由{ $owner }负责，应于 { $due } 前解决。

    查看进展：
    { $link }

letter-paused-subject = 您反映的问题暂时挂账（{ $number }）
letter-paused-body =
    您好！

    您反映的“{ $category }”（{ $area }）暂时不能办理，已经挂账。原因：

    { $reason }

    查看进展：
    { $link }

letter-claimed-subject = 请您确认：问题解决了吗？（{ $number }）
letter-claimed-body =
    您好！

    { $owner }报告，您反映的“{ $category }”（{ $area }）已经解决：

    { $reason }

    真的解决了吗？请您打开这里，回答“解决了”或“没有解决”：
    { $link }

    { $recheck ->
        [yes] 这件事还要由没有经手的人到现场核查。核查通过之前，不算已经解决。
       *[no] 七天之内没有人确认，案件会办结，但不算已经解决。
    }

letter-closed-subject = 您反映的问题已办结（{ $number }）
letter-closed-body =
    您好！

    您反映的“{ $category }”（{ $area }）已经确认解决并办结。

    请您评价；如果问题又出现，也可以在这里重新打开：
    { $link }

letter-lapsed-subject = 您反映的问题已办结，尚未得到确认（{ $number }）
letter-lapsed-body =
    您好！

    您反映的“{ $category }”（{ $area }）报告解决已满七天，没有人确认，现予办结。没有确认的案件不算已经解决。

    如果没有解决，请您在这里重新打开：
    { $link }

letter-declined-subject = 您反映的问题不予受理（{ $number }）
letter-declined-body =
    您好！

    您反映的“{ $category }”（{ $area }）不予受理。理由：

    { $reason }

    如果您不同意，可以在这里重新打开：
    { $link }

letter-will-not-do-subject = 您反映的问题不在这里办理（{ $number }）
letter-will-not-do-body =
    您好！

    您反映的“{ $category }”（{ $area }）不能在这里办理。负责单位和理由：

    { $reason }

    如果您不同意，可以在这里重新打开：
    { $link }

letter-reopened-subject = 您反映的问题已重新办理（{ $number }）
letter-reopened-body =
    您好！

    您反映的“{ $category }”（{ $area }）还没有解决，已经重新办理，现在由{ $owner }负责。

    查看进展：
    { $link }

letter-owned-subject = 新案件 { $case }：{ $category }（{ $area }）
letter-owned-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）现在由您负责，应于 { $due } 前解决。{ $ordered ->
        [yes] 这件事正在督办，请在 { $order_due } 前答复。
       *[no] { "" }
    }

    { $link }

letter-part-asked-subject = 请协办：案件 { $case } { $category }（{ $area }）
letter-part-asked-body =
    协办单位：

    案件 { $case }“{ $category }”（{ $area }）由{ $owner }主办，其中一项任务请您协办。任务和期限见：

    { $link }

letter-part-changed-subject = 协办任务有变：案件 { $case } { $category }（{ $area }）
letter-part-changed-body =
    协办单位：

    案件 { $case }“{ $category }”（{ $area }）的一项协办任务改了期限、要求返工，或改由别的单位承担。是否还归您、何时办完，见：

    { $link }

letter-part-withdrawn-subject = 协办任务已撤回：案件 { $case } { $category }（{ $area }）
letter-part-withdrawn-body =
    协办单位：

    案件 { $case }“{ $category }”（{ $area }）的一项协办任务已撤回，不用您再办。

    { $link }

letter-part-late-subject = 协办任务逾期：案件 { $case } { $category }（{ $area }）
letter-part-late-body =
    协办单位：

    案件 { $case }“{ $category }”（{ $area }）中由您协办的一项任务已过期限。请尽快办理；不该由您办的，请退回并说明。

    { $link }

# 帮办队只看得到自己那一项：信里不写案件是什么事、在哪里。
letter-helper-asked-subject = 请帮办：{ $part_due } 前
letter-helper-asked-body =
    帮办队：

    有一项任务请你们队帮办，应在 { $part_due } 前办完。要办什么，见：

    { $link }

letter-helper-changed-subject = 帮办任务有变
letter-helper-changed-body =
    帮办队：

    你们队的一项任务改了期限，或要求返工，应在 { $part_due } 前办完。详见：

    { $link }

letter-helper-withdrawn-subject = 帮办任务已撤回
letter-helper-withdrawn-body =
    帮办队：

    你们队的一项任务已撤回或改由别人承担，不用再办。你们现有的任务见：

    { $link }

letter-helper-late-subject = 帮办任务逾期
letter-helper-late-body =
    帮办队：

    你们队的一项任务已过期限（{ $part_due }）。请尽快办理；办不了的，请退回并说明。

    { $link }

letter-part-late-lead-subject = 有协办任务逾期：案件 { $case } { $category }（{ $area }）
letter-part-late-lead-body =
    { $owner }：

    您主办的案件 { $case }“{ $category }”（{ $area }）有一项协办任务已过期限。请催办、改派或撤回；它不结束，这件事就不能报办结。

    { $link }

letter-part-done-subject = 协办任务完成：案件 { $case } { $category }（{ $area }）
letter-part-done-body =
    { $owner }：

    您主办的案件 { $case }“{ $category }”（{ $area }）有一项协办任务已完成。

    { $link }

letter-part-back-subject = 协办任务退回：案件 { $case } { $category }（{ $area }）
letter-part-back-body =
    { $owner }：

    您主办的案件 { $case }“{ $category }”（{ $area }）有一项协办任务被退回。请改派或撤回。

    { $link }

letter-urgency-subject = 案件 { $case } 改了紧急程度：{ $category }（{ $area }）
letter-urgency-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）的紧急程度改了，现在应于 { $due } 前解决。原因写在案件里。

    { $link }

letter-told-again-subject = 又有人说：案件 { $case }，{ $category }（{ $area }）
letter-told-again-body =
    { $owner }：

    案件 { $case }（{ $area }“{ $category }”）又有人反映，新收到的一件已并入本案。办结期限：{ $due }。新的说法和照片在案件页上。

    { $link }

letter-alarm-subject = 这里又出事了：案件 { $case } { $category }（{ $area }）
letter-alarm-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）的地点规则报警：{ $alarm }。这件事不能再当作第一次来办，应于 { $due } 前解决。以前的处理情况写在案件里。

    { $link }

letter-supervise-subject = 请您督办：案件 { $case } { $category }（{ $area }）
letter-supervise-body =
    督办人：

    案件 { $case }“{ $category }”（{ $area }）的地点规则报警：{ $alarm }。现由{ $owner }负责，应于 { $due } 前解决，由您督办。

    { $link }

letter-order-subject = 督办：案件 { $case } { $category }（{ $area }）
letter-order-body =
    { $owner }：

    督查员就案件 { $case }“{ $category }”（{ $area }）下达了第 { $nth } 次督办，请在 { $order_due } 前答复做了什么。督办内容见案件页面。

    { $link }

letter-order-until-subject = 督办期限有变：案件 { $case } { $category }（{ $area }）
letter-order-until-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）的第 { $nth } 次督办期限改为 { $order_due }，请在此前答复做了什么。原因见案件页面。

    { $link }

letter-order-withdrawn-subject = 督办撤回：案件 { $case } { $category }（{ $area }）
letter-order-withdrawn-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）的第 { $nth } 次督办已经撤回，不用再答复。案件本身的期限不变：{ $due }。

    { $link }

letter-order-not-kept-subject = 督办未落实：案件 { $case } { $category }（{ $area }）
letter-order-not-kept-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）的第 { $nth } 次督办被认定为未落实。原因见案件页面。

    { $link }

letter-order-late-subject = 督办逾期：案件 { $case } { $category }（{ $area }）
letter-order-late-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）的第 { $nth } 次督办应在 { $order_due } 前答复，现在还没有答复。请马上办理并答复。

    { $link }

letter-order-answered-subject = 督办已答复，请评定：案件 { $case } { $category }（{ $area }）
letter-order-answered-body =
    督查员：

    { $owner }答复了案件 { $case }“{ $category }”（{ $area }）的第 { $nth } 次督办。请看答复，认定是否已经落实。

    { $link }

letter-order-unanswered-subject = 督办逾期未答复：案件 { $case } { $category }（{ $area }）
letter-order-unanswered-body =
    督查员：

    案件 { $case }“{ $category }”（{ $area }）的第 { $nth } 次督办应在 { $order_due } 前答复，{ $owner }还没有答复。

    { $link }

letter-cause-subject = 举一反三：{ $family }，{ $areas } 个辖区同时增多
letter-cause-to = { $owner }：
letter-cause-area = · { $area }
letter-cause-more = · 另有 { $n } 个辖区，见网页
letter-cause-body =
    这是一件事，现在由您负责：请找共同的原因，不要逐件应付。以后继续增多也还是这一件，不再另发信；超出您的辖区时，由上一级值班台接手，以清单为准。

    { $link }
letter-cause-foot =
    这封信由系统发出，请不要直接回复。详细情况请登录后查看。
letter-cause-supervise-to = 督办人：
letter-cause-supervise-body =
    这是一件事，现由{ $owner }负责查找共同的原因，由您督办。以后继续增多也还是这一件。

    { $link }

letter-due-soon-subject = 案件 { $case } 即将到期：{ $category }（{ $area }）
letter-due-soon-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）即将到期，应于 { $due } 前解决。

    { $link }

letter-overdue-subject = 案件 { $case } 已超期：{ $category }（{ $area }）
letter-overdue-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）已超期，应于 { $due } 前解决。

    { $link }

letter-stage-soon-subject = 案件 { $case } 这一环节即将超时：{ $category }（{ $area }）
letter-stage-soon-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）应在两个工作时内办理下一步；全案应于 { $due } 前解决。

    { $link }

letter-stage-overdue-subject = 案件 { $case } 这一环节已超时：{ $category }（{ $area }）
letter-stage-overdue-body =
    { $owner }：

    案件 { $case }“{ $category }”（{ $area }）停在现在这一环节太久了，请办理下一步；全案应于 { $due } 前解决。

    { $link }

letter-recheck-subject = 请您核查：案件 { $case } { $category }（{ $area }）
letter-recheck-body =
    案件 { $case }“{ $category }”（{ $area }）由{ $owner }报告已解决，须由没有经手的人核查，您是其中之一。

    { $link }

letter-recheck-soon-subject = 核查即将超时：案件 { $case } { $category }（{ $area }）
letter-recheck-soon-body =
    案件 { $case }“{ $category }”（{ $area }）由{ $owner }报告已解决，应在两个工作时内核查。您可以核查。

    { $link }

letter-recheck-late-subject = 核查已超时：案件 { $case } { $category }（{ $area }）
letter-recheck-late-body =
    案件 { $case }“{ $category }”（{ $area }）由{ $owner }报告已解决，等待确认太久了。您可以核查。

    { $link }

letter-week-subject = { $owner }：{ $day } 这一周的问题清单和履职清单
list-intro =
    { $owner }：

    以下是 { $day } 这一周的两份清单。在线查看：
    { $link }
list-problems = 问题清单：未办结 { $open } 件，其中超期 { $overdue } 件；未解决 { $unsolved } 件（含近三十天未经确认就办结的）。
list-duties = 履职清单：上一周办理的步骤
list-done = · { $what } { $times } 次
list-none-done = · 没有
list-due = 本周到期（含已超期）{ $due } 件：
list-case = · { $case } { $category }，{ $area }，{ $state }，期限 { $due }
list-case-overdue = · 【超期】{ $case } { $category }，{ $area }，{ $state }，期限 { $due }
list-empty = · 没有

list-state-received = 待受理
list-state-accepted = 已受理
list-state-declined = 不予受理
list-state-dispatched = 已派单
list-state-in_progress = 办理中
list-state-paused = 挂账
list-state-claimed_solved = 报告已解决
list-state-closed = 已办结
list-state-will_not_do = 不办理
list-state-merged = 已合并

list-verb-accept = 受理
list-verb-decline = 不予受理
list-verb-dispatch = 派单
list-verb-take = 自行办理
list-verb-start = 开始办理
list-verb-return = 退回
list-verb-escalate = 提级
list-verb-ask_extension = 申请延期
list-verb-approve_extension = 同意延期
list-verb-refuse_extension = 不同意延期
list-verb-pause = 挂账
list-verb-resume = 恢复办理
list-verb-claim = 报告已解决
list-verb-confirm = 确认已解决
list-verb-deny = 反映未解决
list-verb-pass_recheck = 核查通过
list-verb-fail_recheck = 核查不通过
list-verb-lapse = 期满办结
list-verb-reopen = 重新办理
list-verb-evaluate = 评价
list-verb-will_not_do = 决定不办理
list-verb-merge = 合并
list-verb-join = 同一件事
list-verb-split = 拆分
list-verb-set_urgency = 改紧急程度
list-verb-alarm = 地点规则报警
list-verb-recategorise = 改类别
list-verb-note = 备注
list-verb-part_ask = 请协办
list-verb-part_start = 协办开始
list-verb-part_done = 协办完成
list-verb-part_back = 协办退回
list-verb-part_move = 协办改派
list-verb-part_until = 协办期限调整
list-verb-part_redo = 协办返工
list-verb-part_withdraw = 协办撤回
list-verb-order_give = 下达督办
list-verb-order_answer = 答复督办
list-verb-order_keep = 认定督办已落实
list-verb-order_not_keep = 认定督办未落实
list-verb-order_until = 改督办期限
list-verb-order_withdraw = 撤回督办

letter-visit-solved-subject = 您接待的来访已经解决：案件 { $case } { $category }（{ $area }）
letter-visit-solved-body =
    您好：

    您坐班时来访人反映的事，案件 { $case }“{ $category }”（{ $area }），已经确认解决。首接负责：请答复来访人。

    { $link }

letter-visit-lapsed-subject = 您接待的来访已办结、未获确认：案件 { $case } { $category }（{ $area }）
letter-visit-lapsed-body =
    您好：

    您坐班时来访人反映的事，案件 { $case }“{ $category }”（{ $area }），已办结，但没有人确认真的解决了。首接负责：请问一问来访人，没有解决的可以重新打开。

    { $link }

letter-visit-not-done-subject = 您接待的来访没有办理：案件 { $case } { $category }（{ $area }）
letter-visit-not-done-body =
    您好：

    您坐班时来访人反映的事，案件 { $case }“{ $category }”（{ $area }），没有办理。

    理由：{ $reason }

    首接负责：请向来访人说明。

    { $link }
