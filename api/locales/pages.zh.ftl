skip-to-content = 跳到正文
nav-main = 主要页面
nav-more = 更多
nav-report = 说事
nav-status = 查进度
nav-planner = 研判图
nav-my-area = 我的辖区
nav-moderation = 公开审核
nav-rules = 派单规则
nav-workflow = 办理流程
nav-log-in = 登录
nav-log-out-name = 退出（{ $name }）
type-large = 大字
type-normal = 标准字
theme-auto = 颜色随系统
theme-light = 浅色
theme-dark = 深色
demo-tag = 演示数据

time-now = 刚刚
time-ago-minutes = { $n } 分钟前
time-ago-hours = { $n } 小时前
time-ago-months = { $n } 个月前
time-ago-years = { $n } 年前
time-ago-days = { $n } 天前
time-ahead-minutes = { $n } 分钟后
time-ahead-hours = { $n } 小时后
time-ahead-months = { $n } 个月后
time-ahead-years = { $n } 年后
time-ahead-days = { $n } 天后
time-exact = { NUMBER($month) }月{ NUMBER($day) }日 { $clock }
time-exact-year = { $year }年{ NUMBER($month) }月{ NUMBER($day) }日 { $clock }
time-day = { $year }年{ NUMBER($month) }月{ NUMBER($day) }日
time-both = { $relative } · { $exact }
time-due-now = 现在到期
time-left-minutes = 还剩 { $n } 分钟
time-left-hours = 还剩 { $n } 小时
time-left-months = 还剩 { $n } 个月
time-left-years = 还剩 { $n } 年
time-left-days = 还剩 { $n } 天
time-over-minutes = 已超期 { $n } 分钟
time-over-hours = 已超期 { $n } 小时
time-over-months = 已超期 { $n } 个月
time-over-years = 已超期 { $n } 年
time-over-days = 已超期 { $n } 天

mark-new = 新收到
mark-progress = 处理中
mark-due = 快到期
mark-overdue = 已超期
mark-claimed = 已办待核
mark-confirmed = 已解决
mark-unconfirmed = 办结未确认
mark-declined = 不予受理
mark-paused = 已挂账
mark-will_not_do = 不办理
mark-merged = 已并案

map-title = 地图
map-pin = 图钉
map-zoom-in = 放大
map-zoom-out = 缩小
map-attribution = 地图来源
map-metres = 米
map-kilometres = 公里
map-wait = 正在打开地图……
map-failed = 地图没有打开。不用地图也能说事：请按村名查找。
map-synthetic = 边界为演示，不是真实边界
map-source = 边界：{ $edition } · { $source }

recipient-head = { $shared ->
    [yes] { $area }长
   *[no] { $area }负责人
}
recipient-deputy = { $shared ->
    [yes] { $area }副网格长
   *[no] { $area }副职
}
recipient-desk = { $area }值班台
vacancy = 网格长空缺

report-title = 说一件事
report-lead = 说清在哪里、是什么事，就会送到负责的人手里。不用注册。
report-earlier = 说过了？查进度
report-trouble = 还差一点，没有送出。您填的都还在。
report-where = 在哪里
report-what = 是什么事
akin-title = 是不是已经有人说过这一件？
akin-lead = 是同一件就选上，会并在一起办；您照样有自己的回执，能看进度，没有解决也可以说。
akin-none = 都不是，是另外一件
akin-others = 以前办过的、暂停的，或者正等着核查的
akin-near = 就在附近
akin-photo = 现场照片
akin-first = 请看一下附近有没有同一件，再点发送。
report-words = 说几句
report-more = 联系方式、什么时候看到的
report-who = 送给谁
locate-me = 定位到我这里
locating = 正在定位……
located = 已定位，误差约 { $metres } 米。可以拖动图钉。
locate-denied = 手机没有允许定位。请点地图，或按村名查找。
locate-failed = 没有定位成功。请点地图，或按村名查找。
map-how = 点地图放图钉，也可以拖动图钉。用键盘：方向键移动地图，再按“图钉放在中心”。
pin-here = 图钉放在中心
pinned = 图钉已放好，可以拖动。
pinned-far = 地图已放大，请再点一次准确的地方。
choose-side = 请把图钉拖到线的那一边。
by-name = 不会用地图？按村名查找
search-label = 村名或镇名
search-example = 例如：五百户 示例村
search = 查找
search-found = { $count ->
   *[other] 找到 { $count } 个，请选一个
}
search-none = 没有找到“{ $q }”。换一个叫法，或写上县、镇的名字再试。
place-words = 具体在什么地方
place-words-example = 例如：村东头苗圃旁边的沟里
chosen-area = 已按村名选好，请再写明具体在什么地方。
words-label = 看到了什么
words-example = 例如：有人往沟里倒垃圾，已经堆了很多。
words-most = 最多 { NUMBER($most) } 字
words-counter = { $n } / { $most } 字
words-too-long = { $n } / { $most } 字，太长了，请删短一些
optional = （可不填）
contact-label = 联系方式
contact-hint = 只有受理人员能看到，不会公开。
seen-label = 什么时候看到的
channel-label = 从哪里来的
answer-none = 放好图钉或选好村子，这里就会写明由谁负责。
answer-outside = 这个位置没有人能受理
answer-outside-do = 本服务只受理{ $served }的事。请看看图钉是不是放错了。
answer-which-side = 定位不够准，也可能在{ $others }。图钉是在{ $area }这一边吗？
answer-side-here = 对，在{ $area }
answer-side-other = 不对，我来挪图钉
look = 看看送给谁
send = 送出
send-to = 送给{ $recipient }
send-promise = 送出后会得到一个回执号，凭它查进度。
sending = 正在送出……
send-waiting = 现在连不上网。您说的已存在这台设备里，一有网络就自动送出，不会重复。
send-slow-down = 现在人多，您写的都在，{ $seconds } 秒后自动再送。
send-again = 现在再送一次
send-change = 我要修改
send-first-arrived = 您修改之前的那一份其实已经送到，现在打开它的回执。
offline-answer = 现在连不上网，暂时查不到由谁负责；仍然可以送出。
draft-kept = 没写完的内容已为您留着。
report-missing-place = 请先说在哪里：定位、点地图，或按村名查找。
report-missing-place-words = 请写明具体在什么地方，好让人找得到。
report-too-long-place-words = 地点写得太长了，请写在 500 字以内。
report-missing-category = 请选一类。
report-missing-text = 请用几句话说说是什么事。
report-too-long-contact = 联系方式太长了，请写在 200 字以内。
report-conflict = 您刚才的一份已经送到了。这一份如果是另一件事，请再按一次。
report-bad-seen-at = 这个时间看不懂，请重新选。


status-title = 查进度
status-number = 回执号
status-hint = 十位数字，写在回执上。用回执里的完整链接，看到的更多。
status-look = 查看
status-of = 回执 { $number }
status-state = 办到哪一步了
status-state-now = 状态
status-category = 类别
status-area = 辖区
status-no-area = 等待分派辖区
status-received = 收到时间
status-due = 最晚
status-need-link = 只凭回执号，能看到的就是这些。打开回执里的完整链接，可以看到内容和经过。
status-wrong-key = 这个链接不完整，或者和回执号对不上
status-wrong-key-do = 下面只显示凭回执号能看到的。请从回执里复制完整的链接再打开。
status-said = 您说的
status-erased = 内容已按规定删除。
status-seen = 看到时间：{ $moment }
status-position = 位置 { $lon }，{ $lat }
status-history = 经过
status-again = 办结后30天内，这里又有人反映了同样的问题。
receipt-thanks = 收到了，谢谢您！
receipt-next = 已送给{ $recipient }。请记下回执号，或者复制下面的链接。
receipt-joined = 附近已有一件同样的事正在办，您说的已并入；现在由{ $owner }负责。请记下回执号，或者复制下面的链接。
receipt-number = 回执号
receipt-link = 查看全部内容的链接
receipt-link-hint = 有这个链接的人能看到您说的内容，请自己留好。
copy-link = 复制链接
copied = 已复制
print = 打印回执

login-title = 工作人员登录
login-lead = 居民说事、查进度都不用登录。
login-name = 账号
login-password = 密码
login-missing = 请填写账号和密码。

sheet-open = 展开列表
sheet-close = 收起列表，看地图
area-chain = 所在辖区
area-answers = 负责：{ $recipient }
area-open = 未办结
area-overdue = 其中超期
area-unconfirmed = 办结未确认
area-children = { $count ->
   *[other] 下属 { $count } 个辖区
}
area-open-cases = 正在办的
area-many = 只列出最急的 { NUMBER($n) } 件；打开下级辖区可以看全。
area-shown = 地图上 { $n } 件，共 { $all } 件
area-no-pin = { $count ->
   *[other] 没有图钉的 { $count } 件
}
area-open-empty = 这里没有正在办的事。有人说事时，会出现在这里和地图上。
area-earlier = 以前在这里说过的
area-earlier-empty = 这里还没有办结过的事。
area-public = 公开的情况
area-public-empty = 这里还没有可以公开的事。
area-public-note = 公开的只有类别、状态、日期和辖区；最多列出最近的 { NUMBER($n) } 件。
public-received = 收到
public-closed = 办结
case-place = 地点：{ $place }
case-told = { $count ->
   *[other] 说过 { $count } 次
}
case-reopened = { $count ->
   *[other] 重新打开 { $count } 次
}
case-no-pin = 没有图钉
case-received = 收到：{ $moment }
case-closed = 办结：{ $moment }
case-fresh = 新
case-place-seen = 看这个地点的全部 { $n } 次
case-nth = 此处第 { $n } 次说事
case-owner = 负责
case-on-map = 回到列表和地图
case-failed = 没有打开，请再点一次。
case-no-surroundings = 这件事没有图钉，看不出附近有什么。
beside-title = 附近 300 米内
beside-empty = 300 米内没有登记的地点。
place-title = 反复说事的地点：{ $category }
place-times = 说事 { $n } 次
place-unsolved = 自 { $day } 起没有确认解决
place-straddles = 跨 { $n } 个网格
place-first = 第一次
place-last = 最近一次
place-cases = 案件
place-cases-of = { $all } 件，在办 { $open } 件
place-closed = 办结
place-closed-of = { $closed } 件，其中确认解决 { $confirmed } 件
place-claimed = 说办好了
place-claimed-of = { $n } 次
place-areas = 所在辖区
place-channels = 渠道
place-story = 在这里说过的事
place-not-yours = 另有 { $n } 件不在您的辖区。
place-said = { $moment } 说事 · { $channel }
place-said-more = 另有 { $n } 次
place-ended = { $moment } 结束
spot-title = 这个地点（50 米内）说过的事
spot-nth = 第 { $n } 次
spot-other = 另一类
spot-here = 本件
spot-many = 只列出最近的 { NUMBER($n) } 次。
spot-empty = 以前没有人在这里说过。
distance-about = 约 { $n } 米
distance-here = 就在这里
live-on = 实时
live-joining = 正在连接……
live-lost = 连接中断，正在重连……
live-ended = 登录已结束，请重新登录
live-fresh = 新说事：{ $category }，刚刚
live-fresh-many = 新说事 { $n } 件
legend = 图例
legend-age = 图钉越大，等得越久：3 天内、3 至 14 天、14 天以上。
legend-earlier = 淡色小图钉是以前办结的。

docs-title = 接口文档
docs-operations = 操作
docs-lead = 供其他程序使用。机器可读的描述：
styleguide-title = 样式
page-resend = 请用浏览器的“刷新”再送一次：填好的都还在，也不会送成两份。
page-again = 再试一次
page-tell = 需要帮助时，请告诉值班台：{ $code } · { $request_id }

planner-title = 研判图
planner-ask = 看什么
planner-layer = 看什么
planner-layer-name = { $layer ->
    [received] 收到
    [open] 未办结
    [overdue] 超期
    [unsolved] 未解决
    [reopened] 重新打开
   *[vacancies] 空岗
}
planner-said = { $layer ->
    [received] { $period }收到的说事
    [open] { $period }收到的案件中，今天还没办结的
    [overdue] { $period }收到的案件中，今天已超期的
    [unsolved] { $period }收到的案件中，今天仍未解决的
    [reopened] { $period }收到的案件中，被重新打开过的
   *[vacancies] 今天没有网格长的网格
}
planner-apart = { $what ->
    [reports] 其中群众说事 { $residents } 条，巡查发现 { $patrol } 条
   *[cases] 其中群众先说的 { $residents } 件，巡查先发现的 { $patrol } 件
}
planner-total = { $what ->
    [reports] { $n } 条
    [cases] { $n } 件
   *[areas] { $n } 个
}
planner-means = { $layer ->
    [received] 每条说事算一次，同一件事有几个人说就算几次。
    [open] 还没有办结的案件，不论是否超期。
    [overdue] 没有办结、又过了期限的案件。
    [unsolved] 未办结且超期或重新打开的，以及办结了但没有确认解决的。
    [reopened] 办结以后又被打开的案件，不论现在是否办结。
   *[vacancies] 只看今天，与时段、类别、渠道无关。
}
planner-period = { $span ->
    [days30] 近30天
    [days90] 近90天
    [months12] 近12个月
   *[all] 历来
}
planner-month = { $year }年{ $month }月
planner-in-month = { $month }
planner-days = { $known ->
    [since-until] { $since }至{ $until }
    [since] { $since }以来
    [until] { $until }以前（含当天）
   *[all] 历来
}
planner-few = 1–{ $most }
planner-unplaced = { $by ->
    [cell] { $what ->
        [reports] 另有 { $n } 条没有图钉，不在任何一格。
       *[cases] 另有 { $n } 件没有图钉，不在任何一格。
    }
   *[area] { $what ->
        [reports] 另有 { $n } 条只报到更大的辖区，没有定位到{ $unit }。
       *[cases] 另有 { $n } 件只报到更大的辖区，没有定位到{ $unit }。
    }
}
planner-compared = 对比：{ $period }
planner-sums = { $what ->
    [reports] 图上合计 { $now } 条，对比时段 { $then } 条。
   *[cases] 图上合计 { $now } 件，对比时段 { $then } 件。
}
planner-heading = { $kind ->
    [change] { $per ->
        [households] 每千户的变化
        [km2] 每平方公里的变化
       *[count] 数量的变化
    }
   *[now] { $per ->
        [households] { $layer ->
            [received] 每千户条数
            [vacancies] 空岗，每千户
           *[other] 每千户件数
        }
        [km2] { $layer ->
            [received] 每平方公里条数
            [vacancies] 空岗，每平方公里
           *[other] 每平方公里件数
        }
       *[count] { $layer ->
            [received] 说事条数
            [vacancies] 空岗网格数
           *[other] 案件数
        }
    }
}
planner-units = { $unit }个数
planner-bounds = { $signed ->
    [yes] { $low } 至 { $high }
   *[no] { $low }–{ $high }
}
planner-hidden = 1–{ $most }，不公开（含连带隐去的）
planner-not-yours = 不在您的辖区
planner-points-note = 点位：红点已超期，黑点为其他（“收到”一律为黑点），取整到约 100 米；放大后只显示自己辖区的点，从远处看合成圆圈，圈里是件数。
planner-no-households = 无户数
planner-cell = 六边形（边长约 { $km } 公里）
planner-tip-count = { $what ->
    [reports] { $layer ->
       *[received] 收到：{ $n } 条
    }
    [areas] 空岗：{ $n } 个
   *[cases] { $layer ->
        [open] 未办结：{ $n } 件
        [overdue] 超期：{ $n } 件
        [reopened] 重新打开：{ $n } 件
       *[unsolved] 未解决：{ $n } 件
    }
}
planner-tip-value = { $per ->
    [households] 每千户 { $v }
    [km2] 每平方公里 { $v }
   *[count] { $v }
}
planner-tip-before = { $what ->
    [reports] 对比时段：{ $n } 条
   *[cases] 对比时段：{ $n } 件
}
planner-tip-change = 变化 { $v }
planner-around = { $area }一带
planner-period-label = 时段
planner-months = 按月
planner-span = { $span ->
    [days30] 近30天
    [days90] 近90天
    [months12] 近12个月
    [all] 全部
   *[days] 自选日期…
}
planner-vs-label = 对比
planner-vs = { $vs ->
    [before] 与前一时段
    [year_before] 与上年同期
    [days] 与自选日期…
   *[none] 不对比
}
planner-from = 从
planner-to = 到（不含当天）
planner-vs-from = 对比从
planner-vs-to = 对比到（不含当天）
planner-level-label = 按
planner-level-auto = 自动，随缩放
planner-per-label = 比什么
planner-per = { $per ->
    [households] 每千户
    [km2] 每平方公里
   *[count] 数量
}
planner-family-label = 类别
planner-channel-label = 渠道
planner-any = 全部
planner-hotspots = 热点
planner-points = 点位
planner-on-map = 另外显示
planner-closer = 放大地图，才看得清这么小的格子。
planner-show = 显示
planner-update = 更新
planner-keys = 键盘
planner-key-search = 查找辖区
planner-key-level = 换大一级、小一级
planner-key-move = 移动、缩放地图（先用 Tab 选中地图）
planner-key-close = 关闭
planner-keys-on = 使用单键快捷键
planner-search = 按名称、代码或拼音查找辖区
planner-search-example = 名称、代码或拼音
planner-views = 地图或表格
planner-view-map = 地图
planner-view-table = 表格
planner-print = 打印
planner-map-help = 方向键移动地图，加减号缩放。各辖区的数字也在表格里。
planner-unit = 选中的辖区
planner-close = 关闭
planner-no-unit = 这一层没有“{ $given }”。请换一个层级，或重新查找。
planner-failed = 没有取到数据。请检查网络，再试一次。
planner-empty = { $layer ->
    [received] 这段时间没有收到说事。
    [open] 这段时间收到的，没有未办结的。
    [overdue] 这段时间收到的，没有超期的。
    [unsolved] 这段时间收到的，没有未解决的。
    [reopened] 这段时间收到的，没有重新打开的。
   *[vacancies] 今天每个网格都有网格长。
}
planner-as-of = 截至 { $moment }。
planner-rows = 第 { $first }–{ $last } 个，共 { $units } 个{ $unit }
planner-above = 所在
planner-column-count = { $layer ->
    [received] 收到（条）
    [open] 未办结（件）
    [overdue] 超期（件）
    [unsolved] 未解决（件）
    [reopened] 重新打开（件）
   *[vacancies] 空岗（个）
}
planner-column-before = 对比时段
planner-column-value = { $kind ->
    [change] { $per ->
        [households] 每千户变化
        [km2] 每平方公里变化
       *[count] 变化
    }
   *[now] { $per ->
        [households] 每千户
       *[km2] 每平方公里
    }
}
planner-column-of = { $per ->
    [households] 户数
   *[km2] 平方公里
}
planner-pages = 表格翻页
planner-page = 第 { $page } 页，共 { $pages } 页
planner-page-before = 上一页
planner-download = 下载整张表
planner-page-next = 下一页
planner-of = { $per ->
    [households] 按 { $n } 户
   *[km2] 按 { $n } 平方公里
}
planner-open-area = 打开{ $area }
planner-cases = { $layer ->
    [received] 收到的案件
    [open] 未办结的案件
    [overdue] 超期的案件
    [unsolved] 未解决的案件
    [reopened] 重新打开的案件
   *[vacancies] 这里的案件
}
planner-cases-most = 只列出最近的 { $n } 件。
planner-cases-none = 这里没有这样的案件。
planner-cases-staff = 案件清单只给负责这里的工作人员看；公开的情况在辖区页面。
planner-complaint = { $what ->
    [too-fine] 比网格还小的格子只给工作人员看，已换成随缩放。
    [not-by-cell] 空岗按辖区数，不按格子，已换成随缩放。
    [private-elsewhere] 不公开的类别您只看得到自己辖区的，无法检验热点；现在显示数量。
    [no-days] 请选日期；在此之前按默认时段显示。
    [empty-period] 结束要晚于开始；现在按默认时段显示。
    [bad-day] “{ $given }”不是日期，请写成 2026-11-20 这样。
    [no-before] “全部”没有前一时段；请先选一个有起止的时段。
    [bad-place] 链接里的位置或缩放超出了地图，已显示全部范围。
   *[unknown] 链接里的“{ $given }”看不懂，已换成默认的。
}
planner-sheet-open = 展开选项
planner-sheet-close = 收起选项，看地图
planner-one-cell = 格
planner-hotspot-rows = 热点和冷点共 { $cells } 格，第 { $first }–{ $last } 格，最热的在前
planner-hotspot-column = { $column ->
    [bin] 结论
    [count] 本格
    [sum] 连同相邻格
   *[expected] 平均应为
}
# Photos
photos-title = 照片
photos-empty = 还没有照片。
photo-kind = { $kind ->
    [report] 反映时
    [before] 处理前
    [after] 处理后
   *[recheck] 核查时
}
photo-alt = { $kind ->
    [report] 反映问题的照片，{ $moment }
    [before] 处理前的照片，{ $moment }
    [after] 处理后的照片，{ $moment }
   *[recheck] 核查时的照片，{ $moment }
}
photo-decision = { $decision ->
    [released] 已公开
    [withheld] 不公开
    [withdrawn] 已撤回
   *[waiting] 未公开
}
photo-choose = 选一张照片
photo-hint = JPEG、PNG 或 WebP，最大 10 MB。照片里的位置、时间、机型等信息都会去掉；经受理员审核以前不会公开。
photo-kind-choose = 什么时候拍的
photo-send = 发送照片
photo-added = 照片收到了。
photos-many = 已经有 { $most } 张，够了。
# Moderation
moderation-title = 文字和照片的公开
moderation-lead = 公开以前请看清楚：姓名、电话、门牌、车牌、人脸都要遮住。原文和原照片不会改动，只供工作人员看。
moderation-waiting = 等待决定
moderation-released = 已经公开
moderation-withheld = 不公开
moderation-none = { $show ->
    [released] 还没有公开的文字和照片。
    [withheld] 没有不予公开或撤回的内容。
   *[waiting] 没有待审的文字和照片。
}
moderation-no-more = 后面没有了。
moderation-words = 文字
moderation-case = 案件 { $id }
moderation-original = 原话
moderation-version = 公开的文字
moderation-version-hint = 号码已先遮住，请再删去能认出人的内容。
moderation-blur = 要遮住的部分
moderation-blur-hint = 在照片上拖动画框，或者在这里填百分数（从左上角算起）。公开的照片里，框内会变模糊。
moderation-part = 第 { $n } 处
moderation-left = 左
moderation-top = 上
moderation-width = 宽
moderation-height = 高
moderation-part-add = 再加一处
moderation-reason = 不公开的理由
moderation-withdraw-reason = 撤回的理由
moderation-release = 公开
moderation-withhold = 不公开
moderation-withdraw = 撤回，不再公开
moderation-see = 看公开的样子
moderation-done = { $decision ->
    [released] 已公开。
    [withheld] 已定为不公开。
   *[withdrawn] 已撤回，现在起不再公开。
}
# The case page
case-open = 打开这件事，办理
holder-posted = { $place } · { $role }
holder-desk = { $desk }（{ $area }）
holder-named = { $holder } · { $name }
case-number = 回执 { $number }
case-urgency-label = 改成哪一级
case-urgency-hint = 调高等级后，该类别有专门期限的，从现在起按新期限计；已定的期限不会推后。
case-returned = { $count ->
   *[other] 退回 { $count } 次
}
case-private = 不公开的类别
case-asked = 申请延期到 { $until }
case-merged-into = 已并入第 { $id } 件
case-paused = 挂账到
due-provisional = 暂定：该年放假安排尚未公布
case-used-title = 各级各环节用时
case-used = { $level }·{ $state }：{ $work } 个工作时（共 { $all } 小时）
case-due = 办结期限
case-stage = { $state ->
    [received] 受理期限
    [accepted] 派单期限
   *[claimed_solved] 核查期限
}
case-evaluation = 反映人评价
case-done = 已记下：{ $step }
case-done-now = 现在是“{ $state }”，由{ $owner }负责。
case-kept-words = 您刚才写的，这里给您留着：
case-go-on = 回到“{ $step }”，改好再送
case-next = 下一步
case-next-none = 这件事现在没有要您办的。
case-parts = 联办
case-parts-hint = 主办单位牵头，协办单位各办一项；有一项没办完，这件事就不能报办结。
case-parts-wait = { $count ->
   *[other] 还有 { $count } 项协办任务没有结束：先办完或撤回，才能报办结、退回、并案或不办理。
}
case-part = 第 { $nth } 项
case-part-state = { $state ->
    [asked] 待接手
    [working] 办理中
    [done] 已完成
    [handed_back] 已退回，待主办单位处理
   *[withdrawn] 已撤回
}
case-part-due = 期限
case-part-ended = 结束
case-part-gone = 这个单位已撤销或没有人在岗：请改派或撤回
case-part-story = { $count ->
   *[other] 这一项的经过（{ $count } 条）
}
case-part-owner = 请谁协办
case-part-until = 什么时候以前办完
case-part-words = { $verb ->
    [part_ask] 请他们做什么
    [part_move] 请他们做什么
    [part_done] 做了什么
    [part_back] 为什么退回
    [part_until] 为什么改期限
    [part_redo] 还差什么
    [part_withdraw] 为什么撤回
   *[other] 补充几句
}
case-part-done = 已记下：第 { $nth } 项，{ $step }
case-part-line = 第 { $nth } 项：{ $who }
case-part-line-due = 第 { $nth } 项：{ $who }，{ $due } 前
case-part-line-moved = 第 { $nth } 项由“{ $before }”改由“{ $who }”办，{ $due } 前
parts-to-do = { $count ->
   *[other] 请您协办的任务（{ $count } 项）
}
parts-to-do-line = { $category } · { $area } · 第 { $nth } 项
case-joint = { $count ->
   *[other] 联办（{ $count } 项）
}
case-next-part = 请您办协办任务：第 { $nth } 项
case-next-bar = 下一步：{ $step }
case-decide-recheck = 下一步：核查，真的解决了吗
case-decide-extension = 下一步：延期，同意吗
case-more = { $count ->
   *[other] 其他办法（{ $count } 种）
}
case-reports = { $count ->
    [1] 反映的情况
   *[other] 反映的情况（{ $count } 份）
}
case-no-words = 这段话不在您的查看范围内，或者已按规定删除。
case-look = 查看联系方式（会记录）
case-contact-of = 回执 { $number } 的联系方式：
case-contact-none = 反映人没有留联系方式。
case-contact-noted = 这次查看已记入经过。
case-contact-refused = 联系方式只给收下这份报告的受理员和本辖区的督查员看。
case-add-photo = 加照片
case-near = 附近
case-other = 打开第 { $id } 件
case-gone = 已转交
case-gone-back = 回到我的工作页
case-gone-do = 这件事已转到别处，不在您的查看范围内了。
case-by-channel = 反映人 · { $channel }
case-by-reporter = 反映人
case-by-service = 系统
case-change-area = 辖区由“{ $before }”改为“{ $after }”
case-change-why-edition = 按边界版本 { $edition }
case-change-why-posting = 原负责人任期已结束
case-no-area = 待分拨
case-change-why-escalation = 按规则“{ $note }”
case-beyond = 按事项清单应由{ $level }办理
case-goes-up = 到期提级
case-change-owner = 由“{ $before }”转给“{ $after }”
case-change-owner-first = 送给“{ $after }”
case-change-due = 期限由 { $before } 改为 { $after }
case-change-until = { $verb ->
    [pause] 挂账到 { $until }
   *[ask_extension] 希望延到 { $until }
}
case-change-recheck = 必须由别人核查：{ $reasons }
case-change-rating = 评价：{ $rating }
case-change-category = 类别由“{ $before }”改为“{ $after }”
case-change-alarm = { $why }
case-change-again = 办结后30天内，同一地点又有人反映
case-change-hazard = 按安全隐患对待
case-change-recheck-above = 由上一级核查
case-change-supervisor = 督办：{ $who }
case-change-no-supervisor = 上级没有督办人
case-change-urgency = 紧急程度由“{ $before }”改为“{ $after }”
case-choose = 请选择
case-to-whom = 派给谁
case-owners = { $group ->
    [chain] 本网格和上级
    [beside] 同村其他网格
   *[departments] 部门
}
case-owners-hint = 件数是其名下全部未办结的。
case-proposed = 已按派单规则选好：{ $note }
case-proposed-plain = 已按属地选好，可以改。
case-hand-over = 派出
case-until-label = { $verb ->
    [pause] 挂账到什么时候
   *[ask_extension] 希望延到什么时候
}
case-due-now = 现在的办结期限：{ $due }
case-category-label = 改成哪一类
case-into-label = 并入哪一件（同类、未办结的）
case-akin = 回执 { $number } · { $distance } · { $moment }
case-akin-none = 附近没有同类的未办结案件。
case-into-number = 或填回执号
case-report-label = 拆出哪一份
case-report-of = 回执 { $number } · { $moment }
case-body-label = 应由谁负责（单位）
case-words-label = { $verb ->
    [claim] 做了什么，现在怎么样
    [decline] 为什么不受理
    [return] 为什么退回
    [escalate] 为什么超出这一级能办的
    [ask_extension] 为什么要延期
    [refuse_extension] 为什么不同意
    [pause] 为什么挂账，等什么
    [pass_recheck] 核查看到了什么
    [fail_recheck] 还差什么
    [reopen] 为什么重新办理
    [will_not_do] 为什么不办理
    [note] 记什么
    [set_urgency] 为什么改紧急程度
   *[other] 补充几句
}
case-words-shown = 反映人会看到这段话。
case-words-staff = 只有工作人员看得到。
# What the resident says
status-with-now = 现在在
status-now = { $state ->
    [received] 已经收到，等{ $owner }受理。
    [accepted] 已经受理，由{ $owner }安排办理。
    [dispatched] 已经派给{ $owner }，马上开始办。
    [in_progress] { $owner }正在办。
    [paused] 暂时办不了，先挂账，期限暂停。原因：
    [claimed_solved] 办理的人说已经办好，等您说一声是不是真的解决了。
    [declined] 没有受理，原因写在上面。
    [will_not_do] 不办理，原因和应负责的单位写在上面。
    [merged] 已和另一件事一起办。
   *[closed] { $confirmed ->
        [yes] 已经办结，并确认解决了。
       *[no] 已经办结，但没有人确认解决了。
    }
}
status-evaluation = 您的评价
status-solved-ask = 办好了吗？请您说一声
status-agreed = 您说已经解决了
status-claimed = 办理的人说：
status-recheck = 还会请没有经手的人再去看一遍：{ $reasons }。
status-silence = 七天里没有回音，会按“未确认”办结。
status-deny-label = 哪里没有解决
status-deny-hint = 会交给上一级重新办理，办理的人看得到这段话。
status-deny-send = 送出：没有解决
status-say-missing = 请写几句，好让人知道差在哪里。
status-evaluate-ask = 办得怎么样
status-evaluate-again = 您评价过了，可以改
status-evaluate-words = 想说的话
status-evaluate-send = 送出评价
status-reopen-label = 为什么要重新办理
status-object-title = { $state ->
    [declined] 没有受理的原因
   *[will_not_do] 不办理的原因
}
status-place-title = 同一地点以前办过的
status-place-hint = 您在这里反映过同类问题，也可以说它没有解决。
status-place-dates = { $received } 收到 · { $closed } 办结
status-place-reopen = 这件没有解决
status-object-who = 最后负责：{ $owner }。您不同意，可以要求重新办理，会交给上一级。
status-thanks = { $verb ->
    [confirm] 谢谢您，已记下：解决了。
    [deny] 已记下：没有解决。已交给上一级重新办理。
    [reopen] 已交给上一级重新办理。
    [place] 已记下：以前那件没有解决，已交给上一级重新办理。
   *[evaluate] 谢谢您的评价。
}
