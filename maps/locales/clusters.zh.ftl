cluster-kind = { $quadrant ->
    [1] 高值聚集：自身高，四周也高
    [2] 低值异常：自身低，四周高
    [3] 低值聚集：自身低，四周也低
   *[4] 高值异常：自身高，四周低
}
cluster-unit = { $per ->
    [households] 此处每千户 { $value }，四周 { $around }，全域 { $mean }；q { $q }：{ $said }
    [km2] 此处每平方公里 { $value }，四周平均 { $around }，全域平均 { $mean }；q { $q }：{ $said }
   *[count] { $what ->
        [reports] 此处说事 { $value } 件，四周平均 { $around }，全域平均 { $mean }；q { $q }：{ $said }
        [cases] 此处案件 { $value } 件，四周平均 { $around }，全域平均 { $mean }；q { $q }：{ $said }
       *[areas] 此处辖区 { $value } 个，四周平均 { $around }，全域平均 { $mean }；q { $q }：{ $said }
    }
}
cluster-none = 没有哪个辖区显著：与四周相似或相异，都可能出于偶然。
cluster-untested = { $reason ->
    [no_households] 这里没有统计过户数，无法检验户均数。请改看数量。
    [few_cells] 可比的辖区不到 { $units } 个，太少。请选更低的层级；不下结论。
   *[few_reports] 太少，不好说：图上不到 { $few } 件。请放长时段；不下结论。
}
cluster-how = { $per ->
    [households] 对按户数标准化（Assunção 和 Reis）的户均数算局部 Moran's I，共边或共点为相邻，条件随机排列 9999 次，Benjamini-Hochberg 校正，q ≤ 0.1。没有户数的辖区不参加。
    [km2] 局部 Moran's I，共边或共点为相邻，条件随机排列 9999 次，Benjamini-Hochberg 校正，q ≤ 0.1。
   *[count] 对数量算局部 Moran's I；数量随人口增多，按户均更可比。共边或共点为相邻，条件随机排列 9999 次，Benjamini-Hochberg 校正，q ≤ 0.1。
}
cluster-islands = 有 { $n } 个辖区不与任何辖区相邻，不作判断。
cluster-fewest = 在 { $units } 个辖区中，至少要有 { $n } 个同样突出，检验才认得出来；单独一个认不出。请选更高的层级，或看热点。
