title-bad_position = 位置不对
error-bad_position = 经度须在 -180 到 180 之间、纬度须在 -90 到 90 之间，请检查坐标。
title-bad_accuracy = 精度不对
error-bad_accuracy = 精度是以米为单位的半径，不能为负数。
title-coordinates_swapped = 经纬度颠倒
error-coordinates_swapped = 经度和纬度似乎写反了：经度在前，纬度在后。
title-unknown_datum = 坐标系不明
error-unknown_datum = 请指明坐标系：wgs84、cgcs2000、gcj02 或 bd09。不清楚时请向提供坐标的人询问。西安80、北京54等其他坐标系，请先用GIS软件转换为CGCS2000。
title-bad_number = 受理编号不对
error-bad_number = 受理编号是十位数字，请对照回执再核对一遍。
title-bad_instant = 时间不对
error-bad_instant = 时间请写成带时区的格式，例如 2026-11-20T09:12:00+08:00。
title-empty_text = 还没有写内容
error-empty_text = 请简单说一说是什么问题。
title-text_too_long = 内容太长
error-text_too_long = 最多可写 { $most } 个字，现在有 { $length } 个字，请删减一些。
title-missing_place = 还没有指明地点
error-missing_place = 请在地图上点一个位置，或者选择村（社区）并写明具体地点，两者选一。
title-seen_in_future = 时间在将来
error-seen_in_future = “看到的时间”晚于现在，请改成看到问题的时间。
title-unknown_category = 没有这个类别
error-unknown_category = 没有这个类别，请从类别列表中选择。
title-unknown_channel = 没有这个渠道
error-unknown_channel = 渠道请从列表中选择：app、wechat、hotline、village_box、talking_point、patrol、letterbox、visit。
title-unknown_area = 没有这个辖区
error-unknown_area = 没有这个辖区编码，请按村（社区）名称查找。
title-outside_service_area = 不在服务区域
error-outside_service_area = 这个位置不在服务区域内。目前服务的地区：{ $served }。
title-idempotency_conflict = 重复的提交标识
error-idempotency_conflict = 这个 Idempotency-Key 已用于另一份报告；新的报告请换一个新的标识。
title-missing_idempotency_key = 缺少提交标识
error-missing_idempotency_key = 请在请求头 Idempotency-Key 中给出 16 至 128 个字符的唯一标识，重试时保持不变。
title-invalid_request = 请求有误
error-invalid_request = 请求中有的内容不对，请按列出的各项提示修改。
title-not_json = 不是 JSON
error-not_json = 请求内容不是有效的 JSON 对象。请检查内容，并带上请求头 Content-Type: application/json 重新发送。
title-channel_for_staff = 渠道仅限工作人员
error-channel_for_staff = 该渠道只供工作人员使用，请先登录，或改用 app、wechat。
title-cross_site = 拒绝跨站提交
error-cross_site = 这个提交来自别的网站，已被拒绝。请在本站页面上操作。
title-log_in_required = 请先登录
error-log_in_required = 这里的内容供工作人员查看，请先登录。
title-log_in_failed = 登录失败
error-log_in_failed = 账号或密码不对，请重新输入。
title-log_in_busy = 登录的人太多
error-log_in_busy = 现在登录的人较多，请过几秒再试。
title-log_in_locked = 暂时不能登录
error-log_in_locked = 密码连续输错多次，请在 { $until } 之后再试。
title-unknown_key = 密钥无效
error-unknown_key = 这个接口密钥不存在或已经停用。请检查请求头 Authorization: Bearer …，或向管理员索取新的密钥。
title-channel_not_for_key = 密钥不能用这个渠道
error-channel_not_for_key = 这个接口密钥可以使用的渠道是：{ $channels }。请换用其中一个，或向管理员另要密钥。
title-too_many_reports = 请稍等一下
error-too_many_reports = 这里短时间内送来的报告很多。您写的内容不会丢失，请在 { $seconds } 秒后再送一次。
title-too_many_requests = 请稍等一下
error-too_many_requests = 这里短时间内查询编号的次数很多，请在 { $seconds } 秒后再查。用回执上的链接随时都能打开。
title-deliveries_for_administrators = 仅限管理员
error-deliveries_for_administrators = 信件和调用的清单仅供管理员查看。
title-unknown_delivery = 没有这一条
error-unknown_delivery = 没有这个编号的未送达记录。
title-webhook_refused = 不能调用这个程序
error-webhook_refused = 这个订阅的地址、辖区或事项不能使用；可用的写法见 gridwarden webhooks add --help。
title-cases_for_staff = 只供工作人员查看
error-cases_for_staff = 这个辖区的案件只供本辖区和上级辖区的工作人员查看。
title-list_for_others = 这不是您的清单
error-list_for_others = 派单台给值班员、派单员和督查员用，督办台给督查员用，收件箱给部门经办人用，帮办任务给帮办队员用，今日清单给网格长、副网格长和网格员用。请从页首打开您自己的清单。
title-photo_too_large = 照片太大
error-photo_too_large = 一张照片最大 10 MB。请截一张屏再发，或者在相机设置里选小一点的尺寸。
title-photo_too_many_pixels = 照片像素太多
error-photo_too_many_pixels = 照片最多 2500 万像素，这一张超过了。请截一张屏再发，或者缩小以后再发。
title-not_a_photo = 不是照片
error-not_a_photo = 只收 JPEG、PNG、WebP 格式的照片。这个文件不是照片，或者里面还夹带了别的内容；请截一张屏再发。
title-photo_heic = 这种照片格式打不开
error-photo_heic = 这是 HEIC 格式（苹果手机常用），这里打不开。请在手机“设置 → 相机 → 格式”中选“兼容性最佳”再拍，或者截一张屏再发。
title-photo_broken = 照片损坏
error-photo_broken = 照片损坏或没有传完整，请再发一次；还不行就截一张屏再发。
title-missing_photo = 没有选照片
error-missing_photo = 请先选一张照片，再点发送。
title-too_many_photos = 照片够了
error-too_many_photos = 最多 { $most } 张照片，已经有这么多了。
title-unknown_photo_kind = 没有这种照片
error-unknown_photo_kind = 请选择：处理前、处理后，或者核查时。
title-bad_rectangle = 遮挡范围不对
error-bad_rectangle = 遮挡范围要在照片之内：左、上、宽、高都用百分数，0 到 100，宽和高大于 0；最多 20 处。
title-bad_released_words = 公开的文字不对
error-bad_released_words = 公开的文字不能为空，最多 { $most } 个字。不公开请选“不公开”。
title-missing_reason = 还没有写理由
error-missing_reason = 不公开或者撤回，都要写一句理由。
title-decision_not_possible = 现在不能这样做
error-decision_not_possible = 刚才已经有人作了别的决定。请重新打开这一页再看。
title-moderation_for_clerks = 只供受理员
error-moderation_for_clerks = 公开文字和照片由受理员决定。
title-handled_case = 由别的受理员决定
error-handled_case = 您经办过这件事，是否公开请由没有经办过的同事决定。
title-never_public = 不能公开
error-never_public = 涉及隐私的类别，以及反映干部的事，文字和照片一律不公开。
title-photo_not_found = 没有这张照片
error-photo_not_found = 没有这张照片，或者它不对您公开。用回执里的完整链接打开，可以看到自己的照片。
title-photos_busy = 正在处理很多照片
error-photos_busy = 同时发来的照片太多，请过几秒再发一次。
title-photo_store_failed = 照片暂时存取不了
error-photo_store_failed = 存放照片的地方出了问题，照片没有收下。请过一会儿再试。
title-area_not_found = 找不到这个辖区
error-area_not_found = 没有编码为 { $code } 的辖区，请按名称查找。
title-stale_version = 情况有变
error-stale_version = 您查看之后，这件事已经有了新的进展（现在是“{ $state ->
    [received] 已收到
    [accepted] 已受理
    [declined] 不予受理
    [dispatched] 已派单
    [in_progress] 办理中
    [paused] 已挂账
    [claimed_solved] 称已办结
    [closed] 已办结
    [will_not_do] 不办理
    [mediation_opened] 调解中
    [mediation_vacant] 等待另请调解员
    [mediation_agreed] 调解达成协议
    [mediation_failed] 调解未成
    [mediation_withdrawn] 调解已撤回
    [asked] 待接手
    [working] 协办单位办理中
    [done] 协办任务已完成
    [handed_back] 协办任务已退回
    [withdrawn] 协办任务已撤回
    [order_given] 督办等待答复
    [order_answered] 督办已答复
    [order_kept] 督办已落实
    [order_not_kept] 督办未落实
    [order_withdrawn] 督办已撤回
    [ordered] 又下达了一次督办
    [hearing] 又定了一次听证
    [hearing_called] 听证待开
    [hearing_held] 听证已开
    [hearing_closed] 已经信访终结
    [hearing_lifted] 终结后已重新办理
    [hearing_cancelled] 听证已取消
   *[merged] 已并案
}”）。请先看最新情况，再决定下一步。
title-petition_closed = 已经信访终结
error-petition_closed = 这件事经过听证，{ $day } 由{ petition-by }决定信访终结。{ $next ->
    [none] 如果不服，可以到法院起诉。
   *[other] 如果不服，可以在 { $last_day } 前请{ $next }复查，也可以到法院起诉。
}这个地方有新情况，随时可以再说。
title-step_not_allowed = 现在不能这样做
error-step_not_allowed = 按现在的状态不能走这一步。请看页面上列出的可选步骤。
title-step_for_others = 这一步由别人来走
error-step_for_others = 这一步不由您办理，请看页面上列出的可选步骤，或联系负责的人。
title-step_incomplete = 还缺一项
error-step_incomplete = { $need ->
    [words] 请写明理由或办理情况。
    [parts] 还有协办任务没有结束：先办完或撤回，再走这一步。
    [higher] 上面没有别的值班台了，不能再往上走。请不予受理、注明不办理和应负责的单位，或转派他人。
    [hearing] 这件事已经召集听证：先听证或取消，再并案。
    [authority] 按事项清单，这类事不由这一级办理，请提级。
    [level] 按事项清单，这类事不能派给这么低的一级：请派给有权办理的一级或它的部门。
    [loop] 已经两次派给那里、又两次回到上面：请自己办理、交给部门，或另派他人。
    [owner] 请选择派给谁；所选的人或部门当天必须在岗，并在可派范围内。
    [until] 请选择一个晚于现在、也晚于原期限的日期。
    [order_until] 请选一个晚于现在的时间。
    [asked] 没有待批的延期申请。
    [silence] 还没有满七天，或者必须先核查。
    [first_word] 您已经确认过了，接下来由没有经手的人核查。如果其实没有解决，您仍然可以说明。
    [rating] 请选择：已解决、部分解决、未解决。
    [body] 请写明应由谁负责。
    [into] 请选择同一县（市、区）内一件未办结的事。
    [urgency] 请选择与现在不同的紧急程度：一般、紧急或特急。
    [report] 请选择其中一份报告；只有一份时不能拆分。
    [mediation] 这件事正在调解：先在调解室里谈成、记为未成或撤回，再走这一步。
    [private] 只有不公开的类别、又不涉及公职人员的事，才能调解。
    [mediator] 请选一个在岗的部门或值班台：要在这件事的各级辖区里，有人在岗，没有回避过，也不是当事人；调解员回避以后，要由更上一级来请。
    [room] 最多记 99 个。
    [name] 请写明当事人的称呼或姓名（最多 100 字），联系方式最多 200 字。
    [at] 请写明哪一天、几点。
    [sitting] 请选一次还没有开的调解会。
    [begun] 这次调解会还没有到时间：先改期，或等开过了再记。
    [parties] 至少登记两方当事人，才能达成协议。
    [held] 至少开过一次调解会，才能达成协议。
    [outcome] 请选：找律师，还是走法院。
    [petition] 只有多次重新办理、正在办理或已经办结、又没有人确认解决的事，才能信访终结。
    [no_danger] 隐患不能终结了事：特急的、有安全隐患的，必须办到消除为止。
    [called] 这件事已经定了一次听证：请改期或取消那一次。
    [presider] 请选主持人：县级以上的值班台或督查员，没有经办、也没有指挥过这件事。
    [hearing_at] 请选一个至少 { $days } 天以后、一年以内的时间，好让群众收到通知、能来参加。
    [hearing_place] 请写明听证会在哪里开（最多 200 字）。
    [uninvolved] 主持人后来经办或指挥过这件事，或已不在岗。请取消这次听证，另请人主持，重新定时间。
    [hearing_begun] 还没有到听证时间：先改期，或等开过了再记。
    [came] 请注明群众本人到场没有。
    [people] 请写明到场的人，一行一个（最多 40 行）：至少一个部门，另有律师或外请的人。
    [record_digest] 文件摘要是 64 位数字和 a 到 f 的字母（SHA-256）。没有文件就空着。
    [proposal] 请选听证的建议：信访终结，还是继续办理。
    [findings] 请写明听证认定了什么（最多 4000 字）。
    [proposed] 要由最近一次听证建议终结，才能终结；这一次没有这样建议。
    [since_heard] 听证以后又报过办结。请先再开一次听证。
    [settled] 调解或协办还没有结束，先办完再终结。
   *[category] 请从类别列表中选择。
}
title-case_not_found = 找不到这件事
error-case_not_found = 这个辖区里没有这一件，可能已经转到别处。请回到辖区列表查看。
title-place_rule_refused = 地点规则不能这样立
error-place_rule_refused = { $reason ->
    [note] 请给规则起个名字，最多 200 字。
    [family] 没有这个大类，请从列表中选择。
    [category] 没有这个类别，或者它不属于所选的大类。
    [area] 现行边界里没有这个辖区编码。
    [days] 天数须在 1 到 3650 之间。
    [conditions] 请至少写一个条件：说事次数、重新办理次数、未经确认的办结次数、转手次数，或附近的地点。
    [site_kinds] 没有登记过这类地点。
    [sites] 地点的种类和距离（1 到 2000 米）须一起写。
    [deeds] 请说明规则做什么。
    [said_already] 已有一条生效的规则要求相同，做得不比它少。
    [everywhere] 过去一年里，它会对范围内 { $share }% 的案件报警。处处报警等于没有报警，请把条件收紧。
   *[other] 有一项内容不对，请检查：{ $reason }。
}
title-place_rule_not_found = 没有这条规则
error-place_rule_not_found = 没有这条地点规则，或者它已经结束。
title-no_story = 这里没有说事
error-no_story = 这里没有人说过事。请给出地点的编号，或者一处登记地点的编码、种类或名称。
title-place_not_found = 没有这个地点
error-place_not_found = 没有这个地点，或者那里说过的事都不归您看。
title-place_for_directors = 不归您决定
error-place_for_directors = 是一个地点还是两个，由管着整个地点的辖区的值班台、派单员或督查员决定。
title-decision_incomplete = 还差一点
error-decision_incomplete = { $field ->
    [words] 请说一下理由。
    [report] 请选这个地点的一条说事（不能是第一条），并且还没有这样决定过。
    [other] 请选一千米以内的另一个同类地点。
   *[other_field] 请选择要怎么办。
}
title-unknown_person = 没有这个人
error-unknown_person = 没有人用这个工号或登录名。请在任职名单里核对。
title-unknown_report = 找不到这份报告
error-unknown_report = 没有这个编号的报告，或者链接不完整。请对照回执再试一次。
title-tile_not_found = 没有这张地图瓦片
error-tile_not_found = 瓦片的级别为 0 到 14，行列号须在范围之内，边界版本须已启用并含有该层级；六边形 cell-6 至 cell-9 分别从第 4、6、8、10 级起。
title-not_found = 找不到页面
error-not_found = 这个地址不存在，请从首页重新进入。
title-method_not_allowed = 不支持这种请求
error-method_not_allowed = 这个地址不接受该请求方式，请查看接口文档。
title-body_too_large = 内容太大
error-body_too_large = 发送的内容超过 1 MB，请减少后再发送。
title-no_boundaries = 尚未启用边界
error-no_boundaries = 系统还没有启用网格边界，请联系管理员。您填写的内容请稍后再提交。
title-too_many_listeners = 实时页面太多
error-too_many_listeners = 现在打开的实时页面太多，请稍候再试；页面内容仍可刷新查看。
title-database_gone = 服务暂时中断
error-database_gone = 数据库暂时没有响应，请稍候几秒再试。重复提交不会产生重复报告。
title-internal = 系统出错
error-internal = 系统出了问题，已经记录下来。请稍后再试，或向值班人员报出请求编号。

field-missing = 请填写此项。
field-too-long = 内容太长，请删减。
field-not-a-number = 请填写数字。
field-not-a-choice = 请从给出的选项中选择。
field-not-an-instant = 请填写带时区的时间。
field-unknown-field = 没有这一项，请检查名称。
field-invalid = 这一项不对，请检查。
title-empty_period = 时段不对
error-empty_period = 时段的结束日期须晚于开始日期（结束日期不含当天），请改一改日期。
title-unknown_kind = 没有这一级
error-unknown_kind = 请选择本期边界有的层级（如 county、township、village、grid），或 cell-5 到 cell-9 的格。
title-private_elsewhere = 只看得到一部分
error-private_elsewhere = 这一类问题不公开，您只看得到自己辖区的，无法检验热点。请换一类，或请看得到全图的同事来做。
title-private_family = 不公开
error-private_family = 这一类问题不公开，只供工作人员查看。请换一类，或先登录。
title-unknown_family = 没有这一类
error-unknown_family = 没有类别属于这一大类，请从类别列表里选择。
title-vacancies_of_now = 空缺只有当前的
error-vacancies_of_now = 网格长空缺只看当前，请去掉时段、对比、类别和渠道。
title-rates_over_time = 不能按户数看变化
error-rates_over_time = 户数只随边界更新，没有逐月的数；请改看数量。
title-too_many_steps = 时段太长
error-too_many_steps = 一次最多看 120 个月或周，请把开始日期推后。
title-not_by_cell = 不能按格统计
error-not_by_cell = 网格长空缺只能按辖区统计，请选择一个层级。
title-cells_too_fine = 格太细
error-cells_too_fine = 比网格还小的格只对工作人员开放：请选择 cell-7 或更大的格，或先登录。
title-key_refused = 不能发放这把密钥
error-key_refused = 名称须是小写字母、数字和 . _ -，并且没有同名的有效密钥；每分钟次数须大于零，渠道须在列表里。
title-postings_for_administrators = 任职不由您更改
error-postings_for_administrators = 任职和登录由本辖区或上级辖区的管理员办理；登录须由管理此人全部辖区的管理员发放。值班台、派单员和督查员可以查看。
title-posting_refused = 不能这样任职
error-posting_refused = { $fault }
title-teams_for_administrators = 帮办队不由您维护
error-teams_for_administrators = 帮办队由所在辖区或上级辖区的管理员新建、更改和解散。
title-teams_for_staff = 帮办队名册不对您开放
error-teams_for_staff = 帮办队名册供主办案件的人员查看。
title-team_refused = 不能这样填
error-team_refused = { $what ->
    [name_zh_missing] 请填写中文名称，最多 60 个字。
    [name_zh_taken] 这个辖区已有同名的帮办队，请换个名称。
    [name_en_missing] 请填写英文名称，最多 80 个字母。
    [kind_missing] 请选择类别。
    [area_code_unknown] 没有这个辖区代码，请核对所在辖区。
    [skills_missing] 请至少选一项特长。
    [skills_unknown] 有一项特长已不在名录里，请重新选择。
    [areas_missing] 请至少写一个服务辖区的代码。
    [areas_unknown] 服务辖区里有一个代码不存在，请核对。
    [areas_others] 服务辖区里有一个不归您管理，请只写您管理的。
    [hours_missing] 请至少填一天的值班时间，或勾选全天值班。
    [hours_bad] 值班时间要有起有止，止要晚于起；跨夜的请分两天填。
    [contact_missing] 请填写联系方式，最多 200 个字。
    [until_past] 解散日期不能早于现在；不填就是从现在起。
    [until_bad] 这不是一个日期，请重填。
   *[version_changed] 刚才有人改过这支队伍，页面上是最新的，请看过再改。
}
title-team_not_found = 没有这支帮办队
error-team_not_found = 没有这支帮办队，或者它已解散。
title-posting_not_found = 没有这个任职
error-posting_not_found = 没有这个编号的、还能更改的任职或不在岗记录，请重新查看名单。
title-bad_posting_file = 任职名单无法读取
error-bad_posting_file = { $fault }
title-log_in_refused = 不能用这个登录名
error-log_in_refused = 登录名用 2 到 63 个小写字母、数字和 . _ @ -，且不能与他人相同；请换一个。
title-log_in_link_void = 链接已失效
error-log_in_link_void = 链接已用过、已被新链接取代，或已超过一周；请向管理员索取新的。
title-password_refused = 请换一个密码
error-password_refused = 至少 { $least } 个字符，要有几个不同的字符，不能与登录名相同。
title-rules_for_desks = 派单规则不供您使用
error-rules_for_desks = 派单规则供值班台、派单员、督查员和管理员查看，由本辖区或上级辖区的管理员更改。
title-rule_refused = 规则不能这样立
error-rule_refused = { $field ->
    [rank] 顺序号须是不小于零的整数。
    [note] 请用一句话说明这条规则为什么存在，最多 200 字。
    [category] 没有这个类别，请从列表中选择。
    [family] 大类与类别只能选一个，而且须在列表里。
    [area_code] 现行边界里没有这个辖区编码。
    [at_level] 请选择现行边界中有的层级。
    [level] 请选择值班台的层级；到期提级不能从最上一级提。
    [kind] 请选择：谁有权办理，或者多久提级。
    [after] 请写明多久：工作时、工作日、紧急工作时或自然日，以及多少。
    [urgency] 谁有权办理，与紧急程度无关。
    [department] 请填写部门名称。
    [until] 结束时间须在开始之后。
   *[other] 有一项内容不对，请检查：{ $field }。
}
title-rule_not_found = 没有这条规则
error-rule_not_found = 没有这条规则，或者它已经结束。
title-boundaries_for_administrators = 由管理员维护
error-boundaries_for_administrators = 边界由最上级辖区的管理员维护。
title-edition_not_found = 没有这个边界版本
error-edition_not_found = 没有这个边界版本，请从列表中选择。
title-activation_refused = 不能从那时起启用
error-activation_refused = { $why ->
    [no_midnight] 边界版本从零点起启用，请选择日期。
    [too_early] 最早从 { $earliest } 起启用：过去的和已经开始的一天不再更改。
    [taken] 那一天已安排启用 { $edition }。请先撤回，或另选日期。
    [same] 那一天本来就由这个版本生效。
    [unprepared] 它的地图还没有生成，请先准备。
    [unchecked] 还没有检查，请先检查。
    [errors] 检查发现错误。请在文件中改正后重新导入。
   *[warnings] 检查有警告。请先查看，再确认接受。
}
title-nothing_to_take_back = 已经生效
error-nothing_to_take_back = 那一天没有可以撤回的启用。请改为重新启用之前的版本。
title-day_not_over = 这一天还不能存证
error-day_not_over = { $day } 还没有过完，或者早于第一次存证。
title-kept_anchor_unreadable = 存证文件读不懂
error-kept_anchor_unreadable = 每行应当是日期、件数和 64 位十六进制数，像 audit anchors 写出的那样。
title-bad_category = 类别不对
error-bad_category = { $why ->
    [incomplete] 新类别还缺名称、大类或办结期限。
    [begun] 那天或之后已经收到这一类的案件，承诺过的不再改；请从更晚的一天开始。
   *[no_such_rule] 这一类里有不合规定的内容，例如代码、紧急程度或期限。
}
title-bad_deadline = 期限不对
error-bad_deadline = 期限请写一种时长和一个数，例如 work_days=3。
title-bad_office_hours = 办公时间不对
error-bad_office_hours = 办公时间请写成 08:30-12:00,14:00-17:30 的样子，前后不能重叠。
title-year_unpublished = 放假安排还没有公布
error-year_unpublished = 这一年的放假安排还没有公布，先按周一至周五计算。
title-day_outside_calendar = 日期超出日历范围
error-day_outside_calendar = 这一天不在日历范围内，请换一个日期。
title-photo_file_missing = 照片文件找不到
error-photo_file_missing = 照片的文件不见了，管理员可以用 gridwarden photos check 查看。
title-boundary_file_refused = 文件不能用
error-boundary_file_refused = { $reason ->
    [not_found] 没有这个文件。
    [empty_file] 文件是空的，请重新导出。
    [too_large] 文件超过 { $most_mb } MB。请简化边界，或按层级分成几个文件。
    [unknown_format] 这不是 GeoPackage、Shapefile 压缩包、GeoJSON、GeoParquet 或 KML，请导出为其中一种。
    [lone_shapefile] 单独一个 .shp 没有名称和坐标系。请把 .shp、.shx、.dbf、.prj 一起压缩成一个 zip。
    [unreadable] 文件损坏，或不是它自称的格式（{ $said }），请重新导出。
    [over_limits] 读取它所用的内存或时间超出了边界文件应有的范围。请简化边界，或分成几个文件。
    [zip_files] 压缩包里有 { $count } 个文件，最多 { $most } 个。请只放边界文件。
    [zip_size] 压缩包解开后超过 { $most_mb } MB。请简化边界，或分成几个文件。
    [zip_ratio] 压缩包里的 { $name } 压缩率超过 { $most } 倍，真正的边界不会这样，请重新压缩。
    [zip_path] 压缩包里有文件名指向包外（{ $name }），请不带文件夹重新压缩。
    [zip_link] 压缩包里的 { $name } 是链接，请压缩文件本身。
    [zip_nested] 压缩包里的 { $name } 本身也是压缩包，请先解开。
    [zip_locked] 压缩包有密码，请不加密码重新压缩。
    [zip_nothing] 压缩包里没有边界：须有同名的 .shp、.shx、.dbf，或一个 GeoJSON、GeoPackage、GeoParquet、KML。
    [zip_several] 压缩包里有好几套边界（{ $names }），请一套一套地导入。
    [shp_incomplete] Shapefile 缺少 { $missing }，请把各部分都放进压缩包。
    [xml_entities] KML 里声明了实体或文档类型，正常的 KML 不需要，请重新导出。
    [encoding] 文字既不是 UTF-8 也不是 GB18030（GBK），请指明编码。
    [encoding_given] 文字不是 { $encoding } 编码，请不填编码，或换一个。
    [encoding_unknown] 没有叫 { $encoding } 的编码，可试 utf-8、gb18030 或 big5。
    [encoding_noted] .cpg 写的编码是 { $encoding }，而文字不是或不一定是（{ $sample }），请指明编码。
    [encoding_unsure] 文字可能是 UTF-8，也可能是 GBK（{ $sample }），请指明编码。
    [encoding_cut] 有 { $count } 处文字在一个字的中间被截断（“{ $sample }”之后）：字段长度不够，请加长后重新导出。
    [encoding_mixed] 文字大部分是 UTF-8，但有损坏或被截断之处（{ $sample }），请重新导出。
    [layers] 文件里有多个图层（{ $names }），请指明是哪一个。
    [no_layer] 没有图层 { $name }；现有：{ $names }。
    [no_rows] 图层是空的。
    [too_many_rows] 图层有 { $count } 行，最多 { $most } 行。
    [too_many_columns] 图层有 { $count } 列，最多 { $most } 列，请只导出需要的列。
    [no_geometry] 图层没有边界，只是一张表。
    [native_geometry] 边界以 { $encoding } 方式存储，不是 WKB；请以 WKB 编码重新导出。
    [no_outline] 有 { $count } 行没有边界，第一处在第 { $row } 行，请补画或删除。
    [not_areas] 有 { $count } 行不是面，第一处在第 { $row } 行；边界须是多边形。
    [broken_outline] 第 { $row } 行的边界读不出来（共 { $count } 行）：含曲线，或环没有闭合。请导出为直线段。
    [too_many_corners] 边界共有 { $count } 个顶点，最多 { $most } 个，请简化。
    [ring_too_long] 第 { $row } 行有一个环含 { $count } 个顶点，最多 { $most } 个，请简化。
    [not_finite] 第 { $row } 行有顶点不是数字（共 { $count } 行），请重画。
    [swapped] 看起来纬度写在了前面（第 { $row } 行：{ $x }，{ $y }），请按经度在前重新导出。
    [not_degrees] 第 { $row } 行的坐标是 { $x }，{ $y }，不是度，而文件说是度。请在 GIS 里指定正确的坐标系再导出。
    [antimeridian] 第 { $row } 行的边界横跨 { $degrees } 度，越过了 180 度经线，请在那里切开。
    [no_column] 没有 { $name } 这一列；现有：{ $names }。
    [ask_column] 哪一列是{ $what }？请指明；现有：{ $names }。
    [no_code] 有 { $count } 行没有编码，第一处在第 { $row } 行。
    [bad_code] 第 { $row } 行的 { $code } 不能作编码：须是 1 到 32 个字母、数字、点、连字符或下划线。
    [no_name] 有 { $count } 个辖区没有名称，第一个是 { $code }。
    [long_name] { $code } 的名称超过 { $most } 个字。
    [bad_number] { $code } 的 { $column } 是 { $value }，须是不小于零的整数。
    [bad_flag] { $code } 的 { $column } 是 { $value }，须写 0 或 1。
    [code_twice] 编码 { $code } 出现了两次，每个地物须有自己的编码。
    [no_kind] { $code } 没有类型，请补上。
    [bad_day] { $code } 的 { $value } 不是日期，请写成 2026-03-31。
    [unclear_end] “{ $name }”这一列没有说清当天是否还算，请写“最后一天”（当天仍在）或 until（次日）。
    [two_ends] { $code } 按一列止于 { $until }，按另一列最后一天是 { $last_day }，请只留一列。
    [code_of_another] { $code } 是清单“{ $source }”里的地物，内容与文件不同：若是同一份清单，请指明 --source { $source }；否则换一个代码。
    [since_differs] { $code } 登记的起始日是 { $recorded }，文件写的是 { $since }。已登记的起始日不能改动：请改正文件，或不填这一天。
    [ends_before] { $code } 止于 { $until }，却始于 { $since }；至少要有一天。
    [unknown_levels] 文件里还有这些层级：{ $names }。请从最高层起把层级写全。
    [ask_levels] 文件没有说明层级的高低，请从最高层起写出各层级。
    [levels_both] 要么写层级列的各层级，要么给每个文件写一个层级，不能都写。
    [levels_for_files] 有 { $files } 个文件，却写了 { $levels } 个层级；请给每个文件写一个层级，最高层在前。
    [levels_twice] 层级 { $name } 写了两次。
    [bad_level] { $name } 不能作层级的名字：须以小写字母开头，只含小写字母、数字和下划线。
    [nothing_within] 文件里没有属于 { $code } 的辖区。
    [unknown_within] 现行边界里没有 { $code }。
    [levels_differ] 文件的层级（{ $given }）与现行的（{ $there }）不同；只替换一部分时须相同。
    [cannot_load] 有 { $count } 个辖区不能装入：编码重复、上级不存在或不比它高，或边界无法成面（{ $codes }）。请看检查结果，改好文件再来。
    [name_taken] 已经有叫 { $name } 的版本，请换一个名字。
    [bad_name] 版本名须有 1 到 64 个字。
    [level_changed] { $code } 原是 { $before }，现在成了 { $after }；编码的层级不能改变，请换一个编码。
    [kept_upload] 上传的文件已不再保留，请重新选择。
    [no_upload] 请先选择文件。
    [many_uploads] 一次最多 { $most } 个文件。
   *[other] 文件不能用：{ $reason }。
}
title-bad_tolerance = 容差不对
error-bad_tolerance = 请写“层级=米数”，层级要是文件里有的，如 grid=25，village=100；米数从 0 到 10,000。
title-same_edition = 已经装入过
error-same_edition = 这些辖区已经装入，版本名是{ $edition }，没有再装一次。
title-boundary_file_too_large = 文件太大
error-boundary_file_too_large = 边界文件最大 50 MB。请简化边界，或按层级分成几个文件。
title-finding_not_found = 没有这条检查结果
error-finding_not_found = 没有这条检查结果；边界可能重新检查过，请刷新列表。
title-export_too_large = 文件太大
error-export_too_large = 这种文件最多 { NUMBER($most) } 行。请选大一级的区域，或者改下载 CSV。
title-checks_busy = 正在检查另一版边界
error-checks_busy = 正在检查另一版边界，请过几秒再试。

title-unknown_rota_day = 没有这一天的坐班
error-unknown_rota_day = 这一天没有坐班接访，或者还没有到。请从坐班表里选已经开始的一天。
title-visit_for_others = 不是您的坐班
error-visit_for_others = 来访由坐班的负责人，或本级及上级的工作人员登记。
title-outside_rota_area = 不在坐班的辖区内
error-outside_rota_area = 来访人说的地方不在这次坐班的辖区内。请改选地点，或者作为书记信箱的来信登记。
title-rota_for_others = 坐班表由别人管理
error-rota_for_others = 一级的坐班表由这一级或上级的值班台、派单员和管理员安排。
title-rota_not_found = 没有这一次坐班
error-rota_not_found = 坐班表里没有这一次，或者已经撤下。
title-rota_refused = 坐班安排不完整
error-rota_refused = { $field ->
    [area_code] 请选一个市、县或乡镇。
    [until] 请写开始和结束时间：结束要晚于开始，同一天内，最远一年。
    [room] 请写接待地点，最多 120 个字。
    [note] 说明最多 300 个字。
    [title] 请选负责人，或者写职务（最多 60 个字）。
    [posting_id] 请从名单里选：那一天在这一级或上级任职的另一个人。
    [days] 请选日期：一次 1 至 100 天。
    [words] 请写改到哪里、什么时候，最多 200 个字。
   *[kind] 请选要改什么。
}
title-rota_clash = 时间冲突
error-rota_clash = { $clash ->
    [room] { $day } { $hours }，{ $room }已经安排了别人。请换一个时间或地点。
   *[official] { $day } { $hours }，这位负责人已经在{ $room }坐班。请换一个时间或换一个人。
}
title-rota_past = 已经过去的一天
error-rota_past = { $day }已经过去，坐班表不能再改。
title-rota_changed = 刚才有人改过
error-rota_changed = 刚才有人改过这一次坐班。请看清现在的安排再改。
