emerging-warning = 件数多，也可能只是反映的人多：热点说明哪里的人在反映，不说明哪里更糟。
emerging-how = { $step ->
    [week] 每周单独检验：六边形连同相邻格的数量，与其余各格的平均和离散程度相比，Benjamini-Hochberg 校正。趋势是对 Gi* 的 Mann-Kendall 检验，Gi* 是相对当周全图而言。
   *[month] 每月单独检验：六边形连同相邻格的数量，与其余各格的平均和离散程度相比，Benjamini-Hochberg 校正。趋势是对 Gi* 的 Mann-Kendall 检验，Gi* 是相对当月全图而言。
}
emerging-left-out = { $step ->
    [week] 有 { $n } 周件数太少，无法检验，不计在内，也不当作平静。
   *[month] 有 { $n } 个月件数太少，无法检验，不计在内，也不当作平静。
}
emerging-mixed = 群众反映的和巡查发现的合并计算。
emerging-none = 没有哪里形成可以命名的热点或冷点变化。这是检验得出的结果。
emerging-untested = { $reason ->
    [few_cells] 范围太小，格子不到 { $cells } 个，件数再多也检验不出热点；不下结论。
    [few_reports] { $step ->
        [week] 太少，不好说：通常一周图钉不到 { $few } 个。请改按月看，或多选几类；不下结论。
       *[month] 太少，不好说：通常一个月图钉不到 { $few } 个。请多选几类；不下结论。
    }
    [few_steps] { $step ->
        [week] 太少，不好说：件数够检验的整周只有 { $tested } 个，至少要 { $steps } 个。请把开始日期提前；不下结论。
       *[month] 太少，不好说：件数够检验的整月只有 { $tested } 个，至少要 { $steps } 个。请把开始日期提前，或改按周看；不下结论。
    }
   *[quiet_now] { $step ->
        [week] 太少，不好说：最近一周件数不够检验，说不了现在的情况；不下结论。
       *[month] 太少，不好说：最近一个月件数不够检验，说不了现在的情况；不下结论。
    }
}
emerging-month = { $year }年{ NUMBER($month) }月
emerging-week = { $day }起的一周
emerging-cell = { $what ->
    [cases] { $when }，此处及相邻格案件 { $sum } 件，平均应为 { $expected } 件，q { $q }：{ $said }
   *[reports] { $when }，此处及相邻格说事 { $sum } 件，平均应为 { $expected } 件，q { $q }：{ $said }
}
emerging-name = { $side ->
    [cold] { $kind ->
        [new] 新增冷点
        [consecutive] 连续冷点
        [intensifying] 加强的冷点
        [persistent] 持续冷点
        [diminishing] 减弱的冷点
        [sporadic] 零星冷点
        [oscillating] 冷热交替（现为冷点）
       *[historical] 历史冷点
    }
    [hot] { $kind ->
        [new] 新增热点
        [consecutive] 连续热点
        [intensifying] 加强的热点
        [persistent] 持续热点
        [diminishing] 减弱的热点
        [sporadic] 零星热点
        [oscillating] 冷热交替（现为热点）
       *[historical] 历史热点
    }
   *[none] 不属任何类型
}
emerging-rule = { $side ->
    [cold] { $kind ->
        [new] 最近一期首次为冷点，从未是热点
        [consecutive] 最近连续两期以上为冷点，此前从未是冷点，也从未是热点
        [intensifying] 最近一期及九成以上各期为冷点，并且越来越冷
        [persistent] 最近一期及九成以上各期为冷点，没有趋势
        [diminishing] 最近一期及九成以上各期为冷点，并且逐渐减弱
        [sporadic] 最近一期为冷点，此前时断时续，从未是热点
        [oscillating] 最近一期为冷点，此前曾是热点
       *[historical] 九成以上各期为冷点，最近一期不是
    }
   *[hot] { $kind ->
        [new] 最近一期首次为热点，从未是冷点
        [consecutive] 最近连续两期以上为热点，此前从未是热点，也从未是冷点
        [intensifying] 最近一期及九成以上各期为热点，并且越来越热
        [persistent] 最近一期及九成以上各期为热点，没有趋势
        [diminishing] 最近一期及九成以上各期为热点，并且逐渐减弱
        [sporadic] 最近一期为热点，此前时断时续，从未是冷点
        [oscillating] 最近一期为热点，此前曾是冷点
       *[historical] 九成以上各期为热点，最近一期不是
    }
}
emerging-said = { $kind ->
    [new] { $step ->
        [week] { $side ->
            [cold] 新增冷点，{ $of } 周来首次
           *[hot] 新增热点，{ $of } 周来首次
        }
       *[month] { $side ->
            [cold] 新增冷点，{ $of } 个月来首次
           *[hot] 新增热点，{ $of } 个月来首次
        }
    }
    [consecutive] { $step ->
        [week] { $side ->
            [cold] 连续 { $run } 周为冷点，此前从未出现
           *[hot] 连续 { $run } 周为热点，此前从未出现
        }
       *[month] { $side ->
            [cold] 连续 { $run } 个月为冷点，此前从未出现
           *[hot] 连续 { $run } 个月为热点，此前从未出现
        }
    }
    [intensifying] { $step ->
        [week] { $side ->
            [cold] 加强的冷点，{ $of } 周中有 { $often } 周，越来越冷
           *[hot] 加强的热点，{ $of } 周中有 { $often } 周，越来越热
        }
       *[month] { $side ->
            [cold] 加强的冷点，{ $of } 个月中有 { $often } 个月，越来越冷
           *[hot] 加强的热点，{ $of } 个月中有 { $often } 个月，越来越热
        }
    }
    [persistent] { $step ->
        [week] { $side ->
            [cold] 持续冷点，{ $of } 周中有 { $often } 周，没有趋势
           *[hot] 持续热点，{ $of } 周中有 { $often } 周，没有趋势
        }
       *[month] { $side ->
            [cold] 持续冷点，{ $of } 个月中有 { $often } 个月，没有趋势
           *[hot] 持续热点，{ $of } 个月中有 { $often } 个月，没有趋势
        }
    }
    [diminishing] { $step ->
        [week] { $side ->
            [cold] 减弱的冷点，{ $of } 周中有 { $often } 周，逐渐减弱
           *[hot] 减弱的热点，{ $of } 周中有 { $often } 周，相对别处逐渐减弱
        }
       *[month] { $side ->
            [cold] 减弱的冷点，{ $of } 个月中有 { $often } 个月，逐渐减弱
           *[hot] 减弱的热点，{ $of } 个月中有 { $often } 个月，相对别处逐渐减弱
        }
    }
    [sporadic] { $step ->
        [week] { $side ->
            [cold] 零星冷点，时断时续，{ $of } 周中有 { $often } 周
           *[hot] 零星热点，时断时续，{ $of } 周中有 { $often } 周
        }
       *[month] { $side ->
            [cold] 零星冷点，时断时续，{ $of } 个月中有 { $often } 个月
           *[hot] 零星热点，时断时续，{ $of } 个月中有 { $often } 个月
        }
    }
    [oscillating] { $step ->
        [week] { $side ->
            [cold] 冷热交替：{ $of } 周中有 { $often } 周为冷点，此前曾为热点
           *[hot] 冷热交替：{ $of } 周中有 { $often } 周为热点，此前曾为冷点
        }
       *[month] { $side ->
            [cold] 冷热交替：{ $of } 个月中有 { $often } 个月为冷点，此前曾为热点
           *[hot] 冷热交替：{ $of } 个月中有 { $often } 个月为热点，此前曾为冷点
        }
    }
    [historical] { $step ->
        [week] { $side ->
            [cold] 不再是冷点，此前 { $of } 周中有 { $often } 周
           *[hot] 不再是热点，此前 { $of } 周中有 { $often } 周
        }
       *[month] { $side ->
            [cold] 不再是冷点，此前 { $of } 个月中有 { $often } 个月
           *[hot] 不再是热点，此前 { $of } 个月中有 { $often } 个月
        }
    }
   *[none] { $step ->
        [week] { $of } 周里不属任何类型
       *[month] { $of } 个月里不属任何类型
    }
}
