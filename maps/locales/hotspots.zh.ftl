hotspot-heading = 热点：与周围相比显著偏多或偏少
hotspot-how = Getis-Ord Gi*，六边形及相邻六格，Benjamini-Hochberg 校正。数量多不等于热点。
hotspot-none = 没有显著的热点或冷点。
hotspot-untested = { $reason ->
    [no_households] 这里没有统计过户数，无法检验户均热点。请改看数量。
    [few_cells] { $per ->
        [households] 范围太小，有户数的格子不到 { $cells } 个，件数再多也检验不出热点；不下结论。
       *[count] 范围太小，格子不到 { $cells } 个，件数再多也检验不出热点；不下结论。
    }
   *[few_reports] { $per ->
        [households] { $n ->
            [few] 有户数的格子里，图钉不到 { $few } 个，太少，检验不出热点；不下结论。
           *[known] 有户数的格子里，图钉只有 { $n } 个，太少，检验不出热点；不下结论。
        }
       *[count] { $n ->
            [few] 图钉不到 { $few } 个，太少，检验不出热点；不下结论。
           *[known] 图钉只有 { $n } 个，太少，检验不出热点；不下结论。
        }
    }
}
hotspot-bin = { $length ->
    [short] { $kind ->
        [hot] 热 { $confidence }%
        [cold] 冷 { $confidence }%
       *[none] 不显著
    }
   *[long] { $kind ->
        [hot] 显著热点（{ $confidence }%）
        [cold] 显著冷点（{ $confidence }%）
       *[none] 不显著（不着色）
    }
}
hotspot-cell = 此处及相邻格：{ $sum }，平均应为 { $expected }，q { $q }：{ $said }
