export-heading = { $column ->
    [code] 编码
    [name] 名称
    [level] 层级
    [parent_code] 上级编码
    [parent_name] 上级名称
    [count] 数量
    [before] 对比时段数量
    [per_1000_households] 每千户
    [per_km2] 每平方公里
    [change] 变化
    [households] 户数
    [area_km2] 面积（平方公里）
    [told] 数字说明
    [bin] 显著性
    [found] 结论
    [around] 此处及相邻格
    [expected] 平均应为
    [z] Gi* z
    [p] p
    [q] q
    [sentence] 说明
    [lon] 经度（WGS84）
    [lat] 纬度（WGS84）
    [layer] 统计内容
    [period_from] 起（含）
    [period_to] 止（不含）
    [compared_from] 对比起（含）
    [compared_to] 对比止（不含）
    [family] 大类
    [channel] 渠道
    [edition] 边界版本
    [source] 边界来源
    [made_at] 制表时间
   *[mark] 标记
}
export-told = { $told ->
    [few] { map-few }（含连带隐去的）
    [not_seen] 不在权限内
    [rounded] 取整
   *[exact] 准确
}
export-around = { $area }一带
export-about = { $part ->
    [means] 含义
    [layer] 统计内容
    [level] 层级
    [period_from] 起（含）
    [period_to] 止（不含）
    [compared_from] 对比起（含）
    [compared_to] 对比止（不含）
    [family] 大类
    [channel] 渠道
    [total] 合计
    [unplaced] 未定位
    [told] 空白数字
    [tested] 检验的格数
    [how] 检验方法
    [verdict] 结论
    [left_out] 未计入
    [edition] 边界版本
    [source] 边界来源
    [made_at] 制表时间
    [rights] 权限
   *[mark] 标记
}
export-untold = 空白表示没有公布的数字，不是 0；见“数字说明”一列。
export-any = 全部
export-sheet-data = 数据
export-sheet-about = 说明
export-no-number = 不公开
export-cell = 六边形（H3 { $resolution } 级）
