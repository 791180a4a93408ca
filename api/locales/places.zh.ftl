# 反复发生的地点：清单、地点页上的报警、地图上的标记。
nav-watch = 反复发生
watch-title = 反复发生的地点
watch-lead = { $mine }：半年来一说再说、还没有确认解决的地方。同一处的第四次说事，不能当作第一次来办。
watch-empty = 半年来没有反复发生、而未确认解决的地方。
watch-counts = 半年来 { $days } 天里 { $reporters } 人说事 { $reports } 次，最早 { $first }，最近 { $last }
watch-sign = { $sign ->
    [again] 说是解决了，没有人确认，90 天内又有人说
   *[often] 比周围密集：单凭偶然，一千次里碰不上一次
}
watch-advice = { $advice ->
    [late] 已经逾期：催办，或上提一级
    [paused] 挂账期间又有人说：结束挂账
    [claimed] 办结前由未参与的人到现场看
    [look] 现在没有在办的案件，也没有人确认解决：到现场看一看
    [one_owner] 跨着网格边界：由上一级统一接手
   *[work] 查找根源，不要只清一次
}
watch-newest = 最新案件
watch-times = 半年说事 { $n } 次
watch-alarms = 报警 { $n } 次
watch-supervised = 督办中
watch-rush = { $look ->
    [crowd] 一小时内许多人都在说
    [made_up] 一小时内大量说事，像是编造
   *[unclear] 一小时内大量说事
}
watch-shown = 列出最突出的 { $n } 处。
place-alarms = 地点规则报警
place-rang = { $moment } “{ $rule }”：{ $why }
place-rang-case = 案件 { $case }
place-replay = 按今天的规则重放
place-replay-title = 按今天的规则重放：{ $category }
place-replay-lead = 从第一次说事起，一天一天按今天生效的规则看：哪一天、哪一次说事之后会报警，通知谁。
place-replay-left-out = 规则看的是这个地点的全部说事；其中 { $n } 件案件不在您的辖区，经过不在这里列出。
place-replay-after = 第 { $n } 次说事之后
place-replay-open = 一天一天地看
place-replay-days = 经过
place-replay-moral = 结论
place-days = 第 { $n } 天
case-supervised = 督办：{ $who }
place-rush = 一小时内说事 { $n } 次（到 { $moment }）
place-rush-look = { $look ->
    [crowd] 看起来是许多人在说：派人到现场
    [made_up] 看起来像有人成批编造：先核实来源，再派人
   *[unclear] 看不出是许多人还是一个人：到现场看一看
}
place-rush-words = { $all } 份话里有 { $n } 种不同的说法
place-rush-spots = { $all } 个图钉落在 { $n } 个不同的点上
place-rush-gaps = { $says ->
    [made_up] 间隔均匀，像钟表一样
    [crowd] 间隔不匀，像互不相识的人
   *[unclear] 间隔看不出规律
}
place-rush-contacts = { $n } 个不同的联系方式，{ $photos } 份带照片
case-rush = { $look }（{ $why }）。
case-rush-place = 看这个地点
place-rush-kept = 每一份都照常收下、照常计数。
place-reporters = 说事的人数

place-decisions = 是一个地点，还是两个？
place-decisions-lead = 系统按距离归并；您熟悉现场，可以分开或者合并。地点编号不变，理由长期保留。
place-decision-waits = 正在重新归并，过几秒刷新。
place-deed = { $deed ->
    [apart] 说事 { $number } 另成一个地点
    [one] 从说事 { $number } 开始的地点与另一个是同一处：
   *[found] 说事 { $number } 仍按距离归并
}
place-number = 地点 { $n }
place-decided-by = { $area } · { $role } · { $moment }
place-decide = { $deed ->
    [apart] 分开：另成一个地点
    [one] 合并：与另一个地点是同一处
   *[found] 取消这个决定
}
place-which-report = 从哪一条说事开始
place-which-place = 哪一个地点
place-beside = { $distance } · 说过 { $n } 次 · 最近 { $day }
place-why = 理由

watch-causes = 举一反三：多个辖区同时增多的问题
watch-causes-lead = 每周一比较近两周与过去一年。一类问题只提一次，请找共同的原因，不要逐件应付。
watch-causes-when = { $raised } 提出，最近一次增多到 { $until } 为止。
watch-causes-owner = 由{ $who }负责。
watch-causes-nobody = 管到全部这些辖区的值班台还没有人，还没有人负责。

planner-places = 地点
marked-title = 说过多次的地点
marked-places = 说过多次的地点：{ $n } 处
marked-empty = 没有反复发生、长期未解决或跨网格的地点。
marked-told = 说过 { $n } 次
marked-unsolved = 未解决 { $n } 天
marked-straddling = { $n ->
    [2] 跨两个网格
   *[other] 跨 { $n } 个网格
}
marked-recurring = 反复发生
marked-legend = 数字：说过几次
marked-legend-unsolved = 未解决 { $n } 天以上
marked-legend-straddling = 跨网格
