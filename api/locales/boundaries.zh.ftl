nav-boundaries = 边界
editions-title = 边界版本
editions-lead = 每个版本是一整套边界：先导入，再检查、比较，然后从某天零点起启用。过去的日子由当时的版本回答。
editions-import = 导入新的边界
editions-empty = 还没有边界。导入一份边界文件，检查后启用，就可以接收说事了。
edition-name = { $name } 版
edition-synthetic = 虚构
edition-state-loaded = 已导入
edition-state-preparing = 正在准备
edition-state-failed = 准备失败
edition-state-prepared = 可以启用
edition-state-planned = 已安排启用
edition-state-in_force = 正在生效
edition-state-past = 曾经生效
edition-in-force = 生效时间
edition-since = { $since } 零点起
edition-since-until = { $since } 零点起，到 { $until } 零点止
edition-never = 未启用
edition-areas = 辖区数
edition-source = 来源
edition-next = 下一步
edition-next-unchecked = 先检查。
edition-next-loaded = 先准备：生成地图和检索需要的数据。
edition-next-preparing = 后台正在生成地图，通常不到一分钟，请稍后刷新本页。
edition-next-failed = 地图没有生成。可以再试一次；仍不行请查看后台日志。
edition-next-prepared = 看过检查、比较和影响之后，选一天启用。
edition-next-planned = 到那天零点自动生效。在那之前可以撤回，什么都不会改变。
edition-next-in_force = 现在由它回答。要换回之前的版本，请打开那个版本重新启用。
edition-next-past = 要换回这个版本，选一天重新启用。
edition-about = { $areas } 个辖区 · { $source } · { $datum }
edition-begins = 何时生效
edition-following = 在办案件正在跟随
edition-checks = 查看检查结果
edition-forbidden-unchecked = 还没有检查
edition-forbidden-errors = 有错误，不能启用
edition-forbidden-warnings = 有警告，请先查看
edition-prepare = 准备启用
edition-from = 从哪天零点起
edition-from-hint = 最早明天。当天零点之前收到的说事，仍按当时的边界。
edition-accept = 我看过警告，可以接受
edition-activate = 启用 { $name } 版
edition-activate-again = 重新启用 { $name } 版
edition-take-back = 撤回启用
edition-taken-back = 原定 { $since } 启用，{ $moment }{ $who ->
    [none] 由服务器命令
   *[other] 由{ $who }
}撤回
edition-effects = 会影响什么
edition-effects-day = 如果从这天零点起
edition-effects-show = 看影响
edition-effects-cases = { $cases ->
    [0] 没有在办案件会换辖区或换人。
   *[other] { $cases } 件在办案件会换辖区或换人，其中 { $hands } 件换人。已办结的案件不变。
}
edition-case = 案件
edition-area = 辖区
edition-owner = 负责人
edition-from-to = { $before } → { $after }
edition-stays = { $owner }（不变）
edition-all = 全部显示
difference-case = 随之变动的未办结案件（实心：换人办理）
edition-first = 显示前 { $n } 条，共 { $all } 条。
edition-effects-heads = { $n ->
    [0] 没有网格长的网格会变。
   *[other] { $n } 位网格长的网格会变：
}
edition-head-gone = { $name }（撤销）
edition-head-moved = { $name }
edition-effects-vacant = { $n ->
    [0] 新网格都有网格长。
   *[other] { $n } 个新网格还没有网格长：
}
edition-compared = 与 { $against } 版比较
edition-not-compared = 没有可以比较的版本
edition-against = 与哪个版本比较
edition-compare = 比较
edition-level = 层级
edition-no-change = 两个版本的边界、名称和上下级都一样。
change-split = 拆分
change-merged = 合并
change-new = 新增
change-gone = 撤销
change-recoded = 换编码
change-overlay = 叠加变更
change-moved = 边界移动
change-other_parent = 换上级
change-renamed = 改名
change-unchanged = 不变
change-tolerance = { $level }：{ NUMBER($after) } 米以内算邻近，原为 { NUMBER($before) } 米
change-ground = 变动 { NUMBER($m2) } 平方米（{ $share }%）
difference-before = 原边界
difference-after = 新边界
difference-ground = 变动的地方
difference-hint = 点地图上的变动，或点列表中的“在地图上看”。
difference-chosen = { $kind }：{ $names }
difference-show = 在地图上看
