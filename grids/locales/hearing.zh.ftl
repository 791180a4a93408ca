# Hearings and petition closure: steps, and their letters
verb-hearing_call = 定下听证
verb-hearing_move = 听证改期
verb-hearing_hold = 开了听证会
verb-hearing_find = 听证认定
verb-hearing_cancel = 听证取消
verb-petition_close = 信访终结
step-hearing_call = 召开听证
step-hearing_move = 改期
step-hearing_hold = 记入听证记录
step-hearing_cancel = 取消听证
step-petition_close = 信访终结
list-verb-hearing_call = 定下听证
list-verb-hearing_move = 听证改期
list-verb-hearing_hold = 听证会已开
list-verb-hearing_find = 听证认定
list-verb-hearing_cancel = 听证取消
list-verb-petition_close = 信访终结
petition-by = { $role ->
    [supervisor] { $area }督查员
   *[desk] { $desk ->
        [none] { $area }值班台
       *[other] { $desk }
    }
}

letter-hearing-no-place = 另行通知
letter-hearing-called-subject = 请您参加听证会（回执号 { $number }）
letter-hearing-called-body =
    您好：

    您在{ $area }反映的“{ $category }”要开听证会，请您来说明情况。

    时间：{ $hearing_at }
    地点：{ $hearing_place }

    有关部门会到场回答，还有外面请来的人旁听。您可以带一位亲友；来不了的，可以先写下要说的话。听证认定了什么，会书面告诉您。

    { $link }

letter-hearing-moved-subject = 听证会改期（回执号 { $number }）
letter-hearing-moved-body =
    您好：

    您在{ $area }反映的“{ $category }”的听证会改期了。

    时间：{ $hearing_at }
    地点：{ $hearing_place }
    原因：{ $reason }

    { $link }

letter-hearing-cancelled-subject = 听证会取消（回执号 { $number }）
letter-hearing-cancelled-body =
    您好：

    您在{ $area }反映的“{ $category }”原定 { $hearing_at } 的听证会不开了。

    原因：{ $reason }

    { $link }

letter-hearing-held-subject = 听证认定（回执号 { $number }）
letter-hearing-held-body =
    您好：

    您在{ $area }反映的“{ $category }”的听证会开过了，认定如下：

    { $reason }

    { $proposal ->
        [close] 听证建议信访终结。是否终结另作书面决定，决定会发给您。
       *[other] 听证建议继续办理。
    }

    { $link }

letter-petition-closed-subject = 信访终结决定（回执号 { $number }）
letter-petition-closed-body =
    您好：

    听证以后，{ $closed_by }决定对您在{ $area }反映的“{ $category }”信访终结。这件事在各项统计里仍算没有解决。

    决定：{ $reason }

    { $next ->
        [none] 如果不服，可以到法院起诉。
       *[other] 如果不服，可以在 { $review_until } 前请{ $next }复查，也可以到法院起诉。
    }
    同一个地方有新情况，随时可以再说。

    { $link }

letter-hearing-yours-subject = 请您主持听证会：第 { $case } 号（{ $area }）
letter-hearing-yours-body =
    您好：

    请您主持第 { $case } 号（{ $area }“{ $category }”）的听证会。

    时间：{ $hearing_at }
    地点：{ $hearing_place }

    { $link }

letter-hearing-not-yours-subject = 听证会取消：第 { $case } 号（{ $area }）
letter-hearing-not-yours-body =
    您好：

    原定 { $hearing_at } 由您主持的听证会（第 { $case } 号，{ $area }“{ $category }”）取消了。

    { $link }
