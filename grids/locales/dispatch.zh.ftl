dispatch-unknown = 不详
urgency-normal = 一般
urgency-urgent = 紧急
urgency-emergency = 特急

dispatch-if-category = 类别是{ $value }
dispatch-if-family = 大类是{ $value }
dispatch-if-area = 在{ $value }范围内
dispatch-if-level = 由{ $value }一级接收
dispatch-if-channel = 渠道是{ $value }
dispatch-if-urgency = 紧急程度是{ $value }
dispatch-if-accuracy = 定位误差不小于 { $value } 米
dispatch-if-hazard-true = 有安全隐患
dispatch-if-hazard-false = 没有安全隐患
dispatch-if-hours-office = 在工作时间
dispatch-if-hours-outside_office = 在工作时间以外
dispatch-if-outcome-inside = 位置明确在一个辖区内
dispatch-if-outcome-border = 位置在边界上
dispatch-if-outcome-near = 位置在网格之间的缝隙里
dispatch-if-outcome-backstop = 位置没有划入网格

dispatch-fits = 条件都符合。
dispatch-fails = 不符合“{ $condition }”。
dispatch-fails-category = 类别要求是{ $wanted }，这里是{ $found }。
dispatch-fails-family = 大类要求是{ $wanted }，这里是{ $found }。
dispatch-fails-area = 要求在{ $wanted }范围内，这里是{ $found }。
dispatch-fails-level = 要求由{ $wanted }一级接收，这里是{ $found }。
dispatch-fails-channel = 渠道要求是{ $wanted }，这里是{ $found }。
dispatch-fails-urgency = 紧急程度要求是{ $wanted }，这里是{ $found }。
dispatch-fails-accuracy = 要求定位误差不小于 { $wanted } 米，这里是 { $found }。

dispatch-to-head = 当天负责的网格长
dispatch-to-desk = { $level }的值班台
dispatch-to-department = 部门：{ $department }

dispatch-recipient-head = { $area }的负责人
dispatch-recipient-deputy = { $area }的副职
dispatch-recipient-desk = { $desk }
dispatch-recipient-department = { $area }的{ $desk }
dispatch-verdict = 会派给{ $recipient }。
dispatch-verdict-automatic = 会自动派给{ $recipient }。

dispatch-because-bypass = 这是反映干部的事项，不经过当地，由县级直接接收。
dispatch-because-no_rule = 没有符合的规则，由当天负责的人处理。
dispatch-because-no_head = 当天没有负责人，由代理人或上一级值班台接收。
dispatch-because-head_away = 当天网格长不在岗，由代理人或上一级值班台接收。
dispatch-because-about_official = 反映干部的事项不派给负责人，由值班台接收。
dispatch-because-no_level = 这个位置之上没有这一级辖区，由最近的值班台接收。
dispatch-because-no_desk = 这一级当天没有值班台，由上一级值班台接收。
dispatch-because-no_department = 这里没有这个部门，由最近的值班台接收。
dispatch-because-nobody_posted = 各级都没有人在岗，由最上一级辖区接收。
