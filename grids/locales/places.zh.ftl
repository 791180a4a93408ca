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
    [officials] 干部作风
   *[other] 其他
}
site-kind = { $kind ->
    [nursery] 苗圃
    [school] 学校
    [fuel_store] 油料库
    [woodland] 林地
    [reservoir] 水库
    [ditch] 沟渠
    [road] 道路
   *[other] 其他
}

# 地点规则：发现了什么，规则要求什么，规则做什么。
list-and = ，并且
list-or = 或
alarm-reports = { $days }天内此处说事{ $n }次
alarm-reopened = { $days }天内此处重新办理{ $n }次
alarm-unconfirmed = { $days }天内此处{ $n }次办结未经确认
alarm-handed = { $days }天内此处在相邻网格之间转了{ $n }次
alarm-site = 距{ $kind }“{ $name }”{ $metres }米
rule-family = 大类是{ $family }
rule-category = 类别是{ $category }
rule-area = 在{ $area }
rule-reports = { $days }天内同一地点说事满{ $n }次
rule-reopened = { $days }天内同一地点重新办理满{ $n }次
rule-unconfirmed = { $days }天内同一地点满{ $n }次办结未经确认
rule-handed = { $days }天内同一地点在相邻网格之间转满{ $n }次
rule-site = 距{ $kinds }不超过{ $metres }米
deed-recurring = 按反复发生对待，必须核查
deed-hazard = 按安全隐患对待，必须核查
deed-urgent = 改为紧急
deed-up = 上提一级（部门在办或特急的除外）
deed-township = 由{ $level }接手（部门在办或特急的除外）
deed-supervise = 指定督办人
deed-recheck_above = 由上一级核查

# 按过去一年试一条规则。
trial-rang = 过去一年会报警{ $times }次，涉及{ $of }个案件中的{ $cases }个{ $share }、{ $places }个地点。
trial-area = { $name }（{ $code }）：{ $n }次
trial-more-areas = 另有{ $n }个辖区：{ $times }次
trial-place = 地点 { $place }，案件 { $case }，{ $area }：{ $why }
trial-everywhere = 这样的规则不予采用：适用范围内每100个案件会有{ $share }个报警，达到{ $most }个就等于什么也没说。请提高要求。
trial-too-few = 不足{ $least }个案件，比例说明不了问题：不会因此拒绝规则。

# 把一个地点的经过按今天的规则重放一遍。
replay-place = 地点 { $n }
replay-invented = 演示数据，日期为虚构
replay-report = { $n ->
    [0] 说事
   *[other] 第{ $n }次说事
}（{ $family }{ $channel ->
    [no] { "" }
   *[other] ，{ $channel }
}）
replay-step = 案件 { $case }：{ $step }
replay-alarm = 报警“{ $rule }”：{ $why }
replay-told = 通知{ $who }
replay-who = { $who }{ $part ->
    [keeps] （负责）
    [takes] （接手）
   *[rechecks] （核查）
}
replay-supervisor = { $area }督查员
replay-silent = 今天的规则在这里不会报警。
replay-rings = 今天的规则会在 { $day } 报警，即第{ $n }次说事之后。
replay-went-up = 案件会在 { $day } 上提，即第{ $n }次说事之后。
replay-ahead = { $up ->
    [yes] 案件会在 { $day } 上提
   *[no] 今天的规则会在 { $day } 报警
}，即第{ $n }次说事之后，{ $days ->
    [0] 与{ $family }在同一天
   *[other] 比{ $family }早{ $days }天
}。

# 举一反三：哪些问题在许多地方同时增多。
causes-found = { $family }：{ $of }个{ $level ->
    [county] 县区
    [township] 乡镇街道
    [village] 村社区
    [grid] 网格
   *[other] 辖区
}中有{ $areas }个同时增多；{ $of }个合计说事{ $n }件，往期平均{ $expected }件（q { $q }），此前{ $periods }期中最多的一期{ $most }件。
causes-area = { $name }（{ $code }）：说事{ $n }件，往期平均{ $expected }件（q { $q }）
causes-none = 没有哪一类在{ $least }个以上{ $level ->
    [county] 县区
    [township] 乡镇街道
    [village] 村社区
    [grid] 网格
   *[other] 辖区
}同时增多。
causes-too-few = 往期太少，不作判断：每期{ $days }天，此前只有{ $periods }期有说事，至少需要{ $least }期。
causes-looked-at = 看了{ $since }至{ $until }：{ $of }个{ $level ->
    [county] 县区
    [township] 乡镇街道
    [village] 村社区
    [grid] 网格
   *[other] 辖区
}、{ $families }个大类共说事{ $n }件，此前{ $periods }期（每期{ $days }天）平均{ $expected }件。
causes-without-past = 前一年没有说事、未作判断的：{ $n }个{ $level ->
    [county] 县区
    [township] 乡镇街道
    [village] 村社区
    [grid] 网格
   *[other] 辖区
}。
causes-unplaced = 不属于任何{ $level ->
    [county] 县区
    [township] 乡镇街道
    [village] 村社区
    [grid] 网格
   *[other] 辖区
}、未计入的说事：{ $n }件。
causes-young = 新设不久、无往期可比、未计入的类别：{ $codes }。
