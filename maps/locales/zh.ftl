map-layer = { $layer ->
    [received] 收到的说事
    [open] 未办结案件
    [overdue] 超期案件
    [unsolved] 未解决案件
    [reopened] 重新打开的案件
   *[vacancies] 无网格长的网格
}
map-title = { $area }{ map-layer }分布图
map-title-compared = { $area }{ map-layer }变化图
map-day = { $year }年{ NUMBER($month) }月{ NUMBER($day) }日
map-moment = { map-day } { $time }
map-period = { $known ->
    [since-until] { $since }至{ $until }
    [since] { $since }以来
    [until] { $until }以前（含当天）
   *[all] 历来
}
map-said = { $layer ->
    [received] { $period }收到的说事，按{ $unit }统计。
    [open] { $period }收到的案件中，截至{ $day }还没办结的，按{ $unit }统计。
    [overdue] { $period }收到的案件中，截至{ $day }已超期的，按{ $unit }统计。
    [unsolved] { $period }收到的案件中，截至{ $day }仍未解决的，按{ $unit }统计。
    [reopened] { $period }收到的案件中，被重新打开过的，按{ $unit }统计。
   *[vacancies] 截至{ $day }没有网格长的网格，按{ $unit }统计。
}
map-means = { $layer ->
    [received] 每条说事算一次，同一件事有几个人说就算几次。
    [open] 还没有办结的案件，不论是否超期。
    [overdue] 没有办结、又过了期限的案件。
    [unsolved] 未解决：未办结且超期或重新打开的，以及办结了但没有确认解决的。
    [reopened] 办结以后又被打开的案件，不论现在是否办结。
   *[vacancies] 没有网格长的网格由副职、村或乡镇值班台负责。
}
map-compared = 与{ $period }相比的变化。
map-only-family = 只含类别：{ $family }。
map-only-channel = 只含渠道：{ $channel }。
map-unit-cell = 六边形
map-total = { $what ->
    [reports] 合计 { $n } 条
    [cases] 合计 { $n } 件
   *[areas] 合计 { $n } 个
}
map-unplaced = { $what ->
    [reports] 另有 { $n } 条没有定位到{ $unit }，不在图上。
   *[cases] 另有 { $n } 件没有定位到{ $unit }，不在图上。
}
map-heading = { $per ->
    [households] { $compared ->
        [yes] 每千户的变化
       *[no] 每千户件数
    }
    [km2] { $compared ->
        [yes] 每平方公里的变化
       *[no] 每平方公里件数
    }
   *[count] { $compared ->
        [yes] 数量的变化
       *[no] { $what ->
            [reports] 说事条数
            [cases] 案件数
           *[areas] 空岗网格数
        }
    }
}
map-units = { $unit }个数
map-bounds = { $low }–{ $high }
map-fewer = 减少 { $bounds }
map-more = 增加 { $bounds }
map-same = 没有变化
map-few = 1–{ $most }，不公开
map-not-told = 未显示
map-no-households = 无户数
map-empty = { $layer ->
    [received] 这段时间没有收到说事。
    [open] 这段时间收到的，没有未办结的。
    [overdue] 这段时间收到的，没有超期的。
    [unsolved] 这段时间收到的，没有未解决的。
    [reopened] 这段时间收到的，没有重新打开的。
   *[vacancies] 每个网格都有网格长。
}
map-most = 数量最多的{ $unit }
map-source = 边界：{ $edition }（{ $source }）
map-made = { $moment } 由 Gridwarden 制图
map-apart = { $what ->
    [reports] 其中群众说事 { $residents } 条，巡查发现 { $patrol } 条。
   *[cases] 其中群众先说的 { $residents } 件，巡查先发现的 { $patrol } 件。
}
map-public = 公开版：不含私密类别，1–{ $most } 的小数不公开。
map-demo = 演示数据
map-internal = 内部资料
map-as = 按“{ $name }”的权限制作，请勿外传。
map-show-figures = 统计
map-show-hotspots = 热点
map-show-borders = 上级界线
map-show-names = 地名
map-cells = 六边形个数
map-hint = 点一下或指着地图上的一块，看它的数字。
map-no-script = 这张地图要用浏览器打开，并允许运行脚本；图例和说明不受影响。
map-fact-before = 对比时段
map-fact-count = 数量
map-fact-households = 户数
map-fact-km2 = 平方公里
map-fact-code = 代码
map-fact-above = 所在
map-fact-observed = 此格及相邻格
map-fact-expected = 平均应有
map-fact-certainty = q 值
map-zoom-in = 放大
map-zoom-out = 缩小
map-map = 地图
map-legend = 图例
map-ratio = 约 1:{ $ratio }（A4 打印）
