# The picture of the workflow.
workflow-title = How a case is worked
workflow-lead = Every case goes by this picture: who may take which step, and where it leads. A thick, square edge marks a state in which a case is over.
workflow-staying = Steps that leave the state as it is
workflow-also = also from: { $states }
# Between the items of a list.
workflow-and = { ", " }
workflow-page-title = Workflow
relation-reporter = reporter
relation-affected = reporter at the same place
relation-owner = owner
relation-dispatcher = dispatcher
relation-above = level above
relation-supervisor = supervisor
relation-clerk = clerk
relation-uninvolved = somebody uninvolved
relation-service = service
workflow-alt = The workflow as a diagram; the table below says the same
workflow-table = All steps
workflow-step = Step
workflow-from = From
workflow-to = To
workflow-who = Who may
workflow-stays = the state stays
