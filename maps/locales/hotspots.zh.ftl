hotspot-heading = { $per ->
    [households] 户均热点：按户数看，显著多于或少于别处
   *[count] 热点：显著多于或少于别处
}
hotspot-how = { $per ->
    [households] { $method ->
        [permutation] 数量少：两种检验都显著才着色，一是把其余各格的户均数随机排列 999 次，二是与按其户数和别处户均数应有的数相比（负二项分布）；均为六边形连同相邻格，Benjamini-Hochberg 校正。没有户数的格不检验。
       *[analytic] 六边形连同相邻格的数量，与按其户数和别处户均数应有的数相比（负二项分布），Benjamini-Hochberg 校正。没有户数的格不检验。
    }
   *[count] { $method ->
        [permutation] 数量少：把其余各格的数随机排列 999 次，与六边形连同相邻格的数量相比，Benjamini-Hochberg 校正。数量多不等于热点。
       *[analytic] 六边形连同相邻格的数量，与其余各格的平均和离散程度相比（负二项分布），Benjamini-Hochberg 校正。数量多不等于热点。
    }
}
hotspot-own-left-out = 不含不公开的类别：您只看得到自己辖区的，算进去会让自己的辖区显得偏热。
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
hotspot-cell = { $per ->
    [households] 此处及相邻格：{ $sum }，按户数平均应为 { $expected }，q { $q }：{ $said }
   *[count] 此处及相邻格：{ $sum }，平均应为 { $expected }，q { $q }：{ $said }
}
