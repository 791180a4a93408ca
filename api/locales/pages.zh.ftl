skip-to-content = 跳到正文
nav-main = 主要页面
nav-more = 更多
nav-report = 说事
nav-status = 查进度
nav-my-area = 我的辖区
nav-log-in = 登录
nav-log-out = 退出
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
send-slow-down = 现在人多，{ $seconds } 秒后自动再送。
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

family = { $family ->
    [rubbish] 垃圾
    [fire] 火情
    [burning] 焚烧
    [road] 道路
    [lighting] 路灯照明
    [water] 水与沟渠
    [animals] 犬只动物
    [noise] 噪声
    [advertising] 小广告
    [building] 建房
    [farmland] 耕地
    [safety] 安全隐患
    [dispute] 纠纷
    [care] 关爱照料
    [waste] 垃圾
    [people] 民生
   *[other] 其他
}

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
status-with = 送给了
status-due = 最晚
status-need-link = 只凭回执号，能看到的就是这些。打开回执里的完整链接，可以看到内容和经过。
status-wrong-key = 这个链接不完整，或者和回执号对不上
status-wrong-key-do = 下面只显示凭回执号能看到的。请从回执里复制完整的链接再打开。
status-said = 您说的
status-erased = 内容已按规定删除。
status-seen = 看到时间：{ $moment }
status-position = 位置 { $lon }，{ $lat }
status-history = 经过
receipt-thanks = 收到了，谢谢您！
receipt-next = 已送给{ $recipient }。请记下回执号，或者复制下面的链接。
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
