# 帮办队：名册、维护和帮办队自己的页面。
nav-team = 帮办任务
nav-teams = 帮办队
teams-title = 帮办队
teams-lead = 救援、志愿者、律师和心理辅导队伍。主办单位可以请他们协办一项；他们只看得到自己那一项，看不到案件。
teams-kind = 类别
teams-kind-of = { $kind ->
    [rescue] 救援队
    [volunteers] 志愿者
    [lawyers] 律师
   *[counsellors] 心理辅导
}
teams-skill = 特长
teams-skills = 特长
teams-areas = 服务辖区
teams-areas-hint = 写辖区代码，多个用空格隔开；写了一个辖区，其下各级都算在内。
teams-hours = 值班时间
teams-hours-hint = 或者逐日填写；不值班的日子留空。
teams-from = 从
teams-to = 到
teams-always = 全天 24 小时
teams-always-choice = 全天 24 小时值班
teams-run = { $many ->
    [yes] { $first }至{ $last } { $begins }–{ $ends }
   *[no] { $first } { $begins }–{ $ends }
}
teams-weekday = { $day ->
    [1] 周一
    [2] 周二
    [3] 周三
    [4] 周四
    [5] 周五
    [6] 周六
   *[7] 周日
}
teams-on-duty = 现在值班
teams-off-duty = { $when } 起值班
teams-contact = 联系方式
teams-contact-hint = 写值班电话或联络台，不写个人的。
teams-name-zh = 名称（中文）
teams-name-en = 名称（英文）
teams-seat = 所在辖区代码
teams-seat-hint = 由这个辖区及上级的管理员维护。
teams-serves = 服务：{ $areas }
teams-helpers = { $count } 名队员
teams-open = 在办 { $count } 项
teams-open-left = 请主办单位改派
teams-parts = 任务
teams-over = 已解散
teams-none = 还没有帮办队。建好后，主办单位就能请他们协办。
teams-none-fits = 没有这样的帮办队，请换个类别或特长。
teams-past-show = 也列出已解散的
teams-past-hide = 不列已解散的
teams-new = 新建帮办队
teams-make = 新建
teams-back = 全部帮办队
teams-since = { $day } 起
teams-until = 到 { $day } 为止
teams-done = { $verb ->
    [add] 已新建，现在可以添加队员
    [change] 已更改，从现在起算
   *[end] 已记下解散
}
teams-now = 基本情况
teams-people = 队员（{ $count }）
teams-people-none = 还没有队员：任务发来没人看得到，请先添加。
teams-people-add = 添加队员
teams-change = 更改
teams-change-do = 从现在起更改
teams-end = 解散
teams-end-lead = 队员的任职一并结束；没办完的任务留给主办单位改派。
teams-end-day = 从哪一天起
teams-end-hint = 不填就是从现在起。
teams-end-do = 解散这支队伍
teams-before = 历次更改
teams-choice = { $team } · { $kind } · { $duty } · 在办 { $count } 项
teams-choice-fits = { $team } · { $kind } · 对口 · { $duty } · 在办 { $count } 项
teams-group = 帮办队
teams-which = { $count ->
   *[other] 可以请的帮办队（{ $count }）
}
teams-fits = 对口
teams-choice-line = { $hours } · { $duty } · 在办 { $count } 项
teams-exact = 请帮办队时，告诉他们确切地点
teams-exact-hint = 不勾选，他们只知道大约 100 米的范围。
teams-task-hint = 只有工作人员看得到；请帮办队的，他们也看得到。
teams-exact-told = 已告知确切地点
team-title = 帮办任务
team-lead = 请您的队伍办的事，先到期的在前。
team-waiting = { $count ->
   *[other] 待办 { $count } 项
}
team-empty = 现在没有请您办的事。有了会出现在这里，也会发信告知。
team-over = 最近 30 天办结的
team-state = { $state ->
    [asked] 待开始
    [working] 正在办
    [done] 已办完
    [handed_back] 已退回
   *[withdrawn] 已撤回
}
team-what = { $category } · { $area }
team-private = 不公开的事项
team-number = 案件 { $case } 第 { $nth } 项
team-back = 全部任务
team-task = 请您办的事
team-where = 地点
team-place = { $exact ->
    [yes] 确切地点（WGS 84）
   *[no] 大约 100 米的范围（WGS 84）
}
team-where-private = 以任务中写的为准
team-where-area = 没有更确切的地点
team-where-over = 已结束，不再显示地点
team-hint = 这里只有您这一项。还需要知道什么，请向主办单位询问。
team-next = 下一步
team-words = { $verb ->
    [part_back] 为什么退回
   *[other] 办了什么
}
team-done = 已记下：{ $step }
team-handed-back = 您已退回，由主办单位决定下一步。
team-story = 经过
team-by = { $whose ->
    [ours] 本队
    [late] 系统
   *[lead] 主办单位
}
