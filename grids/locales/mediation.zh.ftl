# Steps of a mediation, and its letters
verb-mediation_open = 进入调解
verb-mediation_party = 登记了一方当事人
verb-mediation_sitting = 安排了调解会
verb-mediation_move = 调解会改期
verb-mediation_held = 开了调解会
verb-mediation_agree = 调解达成协议
verb-mediation_fail = 调解未成
verb-mediation_hand_over = 换了调解员
verb-mediation_conflict = 调解员回避
verb-mediation_withdraw = 调解撤回
step-mediation_open = 请人调解
step-mediation_party = 登记一方当事人
step-mediation_sitting = 安排调解会
step-mediation_move = 改期
step-mediation_held = 记下谈了什么
step-mediation_agree = 达成协议
step-mediation_fail = 没有谈成
step-mediation_hand_over = 换调解员
step-mediation_conflict = 调解员须回避
step-mediation_withdraw = 撤回调解
list-verb-mediation_open = 进入调解
list-verb-mediation_party = 登记当事人
list-verb-mediation_sitting = 安排调解会
list-verb-mediation_move = 调解会改期
list-verb-mediation_held = 开调解会
list-verb-mediation_agree = 达成协议
list-verb-mediation_fail = 调解未成
list-verb-mediation_hand_over = 换调解员
list-verb-mediation_conflict = 调解员回避
list-verb-mediation_withdraw = 撤回调解

letter-mediator-subject = 请您调解：案件 { $case }（{ $area }）
letter-mediator-body =
    您好！

    案件 { $case }“{ $category }”（{ $area }）请您调解。当事人、调解会和协议都记在调解室里，只有您的单位和督查员看得到。如果这件事与您有关，请在那里申请回避。

    { $link }

letter-mediation-vacant-subject = 请另请调解员：案件 { $case }（{ $area }）
letter-mediation-vacant-body =
    您好！

    案件 { $case }“{ $category }”（{ $area }）的调解员须回避，请由您这一级另请一位。已经写下的都保留着。

    { $link }

letter-mediating-subject = 您反映的事正在调解（{ $number }）
letter-mediating-body =
    您好！

    您反映的“{ $category }”（{ $area }）已请人调解。调解内容不公开。

    查看进展：
    { $link }

letter-mediated-subject = 您反映的事的调解已经结束（{ $number }）
letter-mediated-body =
    您好！

    您反映的“{ $category }”（{ $area }）的调解已经结束。结果请打开下面的链接查看：

    { $link }

