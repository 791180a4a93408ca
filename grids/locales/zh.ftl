list-separator = 、
sentence-separator = { "" }

level-city = 市
level-county = 县区
level-township = 乡镇街道
level-village = 村社区
level-grid = 网格

verb-receive = 收到报告
verb-join = 又有人反映
verb-accept = 受理
verb-decline = 不予受理
verb-dispatch = 派单
verb-start = 开始处理
verb-claim_solved = 报告已解决
verb-confirm = 确认已解决
verb-close = 办结
verb-reopen = 重新打开

channel-app = 网页
channel-wechat = 微信
channel-hotline = 热线
channel-village_box = 村意见箱
channel-talking_point = 说事点
channel-patrol = 巡查

explain-inside = 这个位置在{ $area }内。
explain-border = 这个位置正好在{ $area }与{ $others }的边界上，按编码从小到大由{ $area }负责，并通知{ $others }。
explain-near = 这个位置不在任何网格内，离它最近的是{ $area }，相距约 { NUMBER($distance_m) } 米。
explain-backstop = 这个位置在{ $area }内，但没有划入任何网格，由{ $area }（{ $level }）兜底负责。
explain-coarse = 定位误差超过 500 米，只能确定在{ $area }内，由{ $level }一级接收。
explain-named = 您指明的是{ $area }。
explain-outside = 这个位置不在服务区域内。
explain-no-edition = 当时还没有生效的网格边界。
explain-head = 由{ $area }的负责人处理。
explain-vacancy-deputy = { $area }目前没有网格长，由副职代理。
explain-vacancy-desk = { $area }目前没有负责人，由{ $owner }处理。
explain-desk = 由{ $owner }处理。
