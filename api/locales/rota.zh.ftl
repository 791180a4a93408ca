nav-rota = 坐班表
nav-letterbox = 书记信箱
nav-visits = 坐班接访
time-weekday = { $n ->
    [1] 周一
    [2] 周二
    [3] 周三
    [4] 周四
    [5] 周五
    [6] 周六
   *[7] 周日
}

letter-title = 给书记写信
letter-lead = 信不经过村，也不经过网格长，直接到您选的那一级。和平常反映的事一样有回执号、有期限、有结果。
letter-visits = 想当面说？看谁在哪里坐班接访
letter-whose = 写给哪一级的书记
letter-to-township = 乡镇（街道）
letter-to-county = 县（市、区）
letter-to-city = 市
letter-who-reads = 由这一级的值班台拆阅、交办并答复；村里和网格长看不到，除非这一级把事情交给他们办。
letter-when = 寄出后马上得到回执，上面写明最迟哪一天办结；到期没有办结，上一级会看到。
letter-level = 来信、来访到哪一级
letter-level-hint = 只用于“书记信箱”和没有坐班安排的“坐班接访”。
letter-from-report = 不想经过村里？给书记写信

visit-title = 登记来访
visit-lead = 来访人说的事，由{ $area }一级直接办理。没有定位时，写清在哪里。
visit-enter = 登记一位来访人说的事
visit-not-yet = 到了这一天，就可以在这里登记来访人说的事。

visits-title = 负责人坐班接访
visits-lead = 今后两周谁在哪里接待来访。不用预约，说的事当场登记，有回执号，和网上反映的一样办理。
visits-where = 您住在哪里
visits-of = 只看与{ $area }有关的。
visits-everywhere = 看全部
visits-empty = 今后两周还没有安排坐班。
visits-else = 不方便来？

rota-title = 坐班表
rota-lead = { $area }及其上下级
rota-public = 公开的坐班表
rota-show = 查看
rota-weekend = 周末
rota-withdrawn = 取消
rota-moved = 改期或改地点
rota-stand-in = 代班
rota-away = 负责人这天请假，还没有安排代班
rota-instead-of = 原定：{ $official }
rota-room = 接待地点
rota-came = 来访办理情况
rota-counts = { $told } 件，未办结 { $open }，未解决 { $unsolved }
rota-none-shown = 这次坐班没有您能看到的来访登记。
rota-total = 登记来访 { $told } 件：未办结 { $open }，确认解决 { $confirmed }，未解决 { $unsolved }。
rota-unsolved = 未解决
rota-first-leads = 首接负责：谁接待的来访，案件有了结果就告诉谁。
rota-coming = 今天和以后
rota-past = 过去两周
rota-empty = 还没有安排。
rota-planned = 已安排 { $n } 次坐班。
rota-off = 其中 { $n } 次落在周末或法定节假日，请再看一看。
rota-new = 安排{ $area }的坐班
rota-first = 从哪一天
rota-last = 到哪一天
rota-from = 开始
rota-until = 结束
rota-weekdays = 每周哪几天（都不选：每一天）
rota-worked = 跳过周末和法定节假日（调休上班的算上班）
rota-official = 负责人
rota-official-hint = 本级或上级任职的人。任职上写明“姓名可公开”的，才公开姓名。
rota-nobody-posted = 不选，只写职务
rota-job = 职务
rota-job-hint = 公开显示，如“镇党委书记”。不要写姓名。
rota-note = 说明
rota-plan = 安排
rota-day-title = 一次坐班
rota-change = 有变动
rota-change-past = 已经过去的一天不能再改。
rota-kind = { $kind ->
    [stand_in] 请人代班
    [moved] 改期或改地点
    [withdraw] 取消这一次
   *[as_planned] 恢复原来的安排
}
rota-stand-in-who = 代班的人
rota-moved-to = 改到
rota-moved-hint = 写清哪一天、几点、在哪里，原样公开。
rota-save = 保存变动
rota-changed-done = 已保存，公开的坐班表同时更新。
