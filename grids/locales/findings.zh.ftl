severity-error = 错误
severity-warning = 警告
severity-note = 提示

finding-area = { $name }（{ $code }）
finding-areas-more = { $areas } 等 { $count } 个辖区
finding-size-m2 = { $value } 平方米
finding-size-km2 = { $value } 平方公里
finding-datum-gcj02 = GCJ-02（火星坐标）
finding-datum-bd09 = BD-09（百度坐标）

finding-kind-empty = 没有轮廓
finding-empty = { $areas }没有轮廓。
finding-empty-do = 补上轮廓再导入，或从文件里删去这一行。

finding-kind-not_area = 不是面
finding-not_area = { $areas }画成了点或线，不是面。
finding-not_area-do = 改画成面（多边形）再导入。

finding-kind-bad_coordinates = 坐标无效
finding-bad_coordinates = { $areas }有不是数字或不在地球上的坐标。
finding-bad_coordinates-do = 检查文件的坐标系；投影坐标要在文件里写明坐标系。

finding-kind-invalid_ring = 轮廓画错
finding-invalid_ring = { $areas }的轮廓有错：{ $reason }；照建议修复会改动 { $size }。
finding-invalid_ring-do = 改动小的在载入时按图上的建议修复；改动大的请先在源文件里改正，因为只有绘图的人知道哪块地算在内。

finding-kind-collapsed = 轮廓不围地
finding-collapsed = { $areas }的轮廓没有围住任何地：{ $reason }。
finding-collapsed-do = 重画这个轮廓。

finding-reason-touches_itself = 轮廓碰到自己
finding-reason-crosses_itself = 轮廓与自己交叉
finding-reason-hole_outside = 洞在轮廓外面
finding-reason-holes_nested = 洞里还有洞
finding-reason-parts_nested = 一块套在另一块里
finding-reason-cut_apart = 里面被洞切断
finding-reason-too_few_points = 拐点太少
finding-reason-ring_twice = 同一圈画了两遍
finding-reason-not_closed = 轮廓没有闭合
finding-reason-other = 轮廓不成面

finding-kind-swapped = 经纬度颠倒
finding-swapped = { $areas }的经度和纬度写反了。
finding-swapped-do = 在文件里把两列对调，再导入。

finding-kind-datum = 坐标系不对
finding-datum = { $areas }看起来是{ $datum }，偏了约 { $off_m } 米；换算以后就对得上。
finding-datum-do = 导入时指明坐标系 { $option }；若只有这几个辖区如此，请在源文件里换算。

finding-kind-far = 远离其他辖区
finding-far = { $areas }离其他辖区 { $off_km } 公里。
finding-far-do = 检查它的坐标和坐标系。

finding-kind-elsewhere = 不在服务范围
finding-elsewhere = 这套边界离现行边界 { $off_km } 公里。
finding-elsewhere-do = 检查是不是拿错了文件，或坐标系写错。

finding-kind-duplicate_code = 代码重复
finding-duplicate_code = 代码 { $code } 用了 { $times } 次。
finding-duplicate_code-do = 每个辖区要有自己的代码；同一辖区的几块合成一行。

finding-kind-missing_code = 没有代码
finding-missing_code = 有 { $times } 个辖区没有代码。
finding-missing_code-do = 补上代码；检查代码字段是不是选错了。

finding-kind-no_parent = 没有上级
finding-no_parent = { $areas }没有写明上级。
finding-no_parent-do = 补上上级代码。

finding-kind-unknown_parent = 上级不存在
finding-unknown_parent = { $areas }的上级 { $parent } 不在这套边界里。
finding-unknown_parent-do = 改正上级代码，或把这个上级一并导入。

finding-kind-parent_level = 上级级别不对
finding-parent_level = { $areas }是{ $level }，它的上级 { $parent } 却是{ $parent_level }。
finding-parent_level-do = 改正上级代码；若中间确实少一级，可以确认后启用。

finding-kind-missing_name = 没有名称
finding-missing_name = { $areas }没有名称。
finding-missing_name-do = 补上名称；检查名称字段是不是选错了。

finding-kind-odd_code = 代码与上级不符
finding-odd_code = { $areas }的代码不以上级 { $parent } 开头，同级的其他代码都是。
finding-odd_code-do = 核对代码和上级，看哪一个写错了。

finding-kind-renamed = 改名
finding-renamed = { $code } 原名“{ $former }”，现名“{ $name }”。
finding-renamed-do = 若确实改了名，不用处理。

finding-kind-swapped_name = 名称串行
finding-swapped_name = { $code } 原名“{ $former }”，现名“{ $name }”，而这个名称现在属于 { $other }。
finding-swapped_name-do = 核对表格是不是错了一行。

finding-kind-moved_code = 代码换了地方
finding-moved_code = { $code } 原是“{ $former }”，现在是“{ $name }”，画在另一处。
finding-moved_code-do = 代码不要挪给别的地方用，否则历史会算错；请给新辖区新的代码。

finding-kind-duplicate_outline = 轮廓相同
finding-duplicate_outline = { $areas }的轮廓一模一样，{ $size }。
finding-duplicate_outline-do = 删去多余的一个，或重画。

finding-kind-overlap = 重叠
finding-overlap = { $areas }重叠了 { $size }，平均宽 { $width_m } 米。
finding-overlap-do = 商定这块地归谁，让两边共用一条边；宽不到一米的只是画得不准，确认后可以启用。

finding-kind-covered = 被覆盖
finding-covered = { $areas }是叠加辖区，盖住 { $under } 的地 { $size }；这块地由它负责。
finding-covered-do = 若本该如此，不用处理。

finding-kind-gap = 缝隙
finding-gap = { $areas }之间有一条缝隙没有归属：{ $size }，平均宽 { $width_m } 米。
finding-gap-do = 让两边共用一条边。在此之前，落在缝隙里的说事归最近的网格。

finding-kind-hole = 空地
finding-hole = { $areas }旁边有一块地没有归任何{ $level }：{ $size }。
finding-hole-known = { $areas }旁边有一块地没有归任何{ $level }：{ $size }；现行边界里也是这样。
finding-hole-do = 若是水库、林地之类有意留空，由上一级兜底，确认即可；若是漏画，请补上。

finding-kind-unfilled = 没有填满
finding-unfilled = { $areas }靠边的 { $size } 没有归任何{ $below }，最宽处平均 { $width_m } 米。
finding-unfilled-do = 让上下级共用一条边；两套数据来源不同时常有这种情况。

finding-kind-childless = 没有下级
finding-childless = { $areas }里一个{ $below }也没有。
finding-childless-do = 若还没有划分，由这一级兜底，确认即可；若是漏了，请补上。

finding-kind-outside = 超出上级
finding-outside = { $area }有 { $size } 在上级{ $parent }之外，占它的 { $percent }%。
finding-outside-do = 核对上级代码和两条边界。

finding-kind-exclave = 飞地
finding-exclave = { $areas }分成 { $parts } 块，除最大一块外共 { $size }。
finding-exclave-do = 若确有飞地，不用处理。

finding-kind-crumb = 碎屑
finding-crumb = { $areas }带着 { $parts } 块碎屑，共 { $size }。
finding-crumb-do = 多半是画图时留下的，请删去。

finding-kind-many_vertices = 拐点太多
finding-many_vertices = { $areas }的轮廓有 { $vertices } 个拐点。
finding-many_vertices-do = 适当化简轮廓；拐点太多会拖慢每一次查询。

finding-kind-few_vertices = 拐点太少
finding-few_vertices = { $areas }的轮廓是一个三角形。
finding-few_vertices-do = 核对是不是草图。

finding-kind-more = 还有更多
finding-more = 同类的“{ $kind }”还有 { $count } 处没有列出。
finding-more-do = 先处理列出的，再检查一次。
