# The picture of the workflow.
workflow-title = 案件办理流程
workflow-lead = 每一件案件都按这张图走：谁可以走哪一步，走到哪里。方角粗边框是已经了结的状态。
workflow-staying = 不改变状态的步骤
workflow-also = 也可从：{ $states }
# Between the items of a list.
workflow-and = 、
workflow-page-title = 办理流程
relation-reporter = 反映人
relation-affected = 同一地点的反映人
relation-owner = 责任人
relation-dispatcher = 派单员
relation-above = 上一级
relation-supervisor = 督查员
relation-clerk = 受理员
relation-uninvolved = 未经手的人
relation-service = 系统
workflow-alt = 流程图，内容与下表相同
workflow-table = 全部步骤
workflow-step = 步骤
workflow-from = 从哪些状态
workflow-to = 到
workflow-who = 谁可以走
workflow-stays = 状态不变
