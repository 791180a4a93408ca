handovers-title = Hand-overs
handovers-lead = What you handed over, what you took over, and what you supervise; the newest first.
handovers-empty = No hand-overs yet. Write one at the end of your shift: whoever comes next sees it on top of the list.
handover-begin = Hand over: { $where }
handover-title = Hand-over
handover-list = All hand-overs
handover-new = Hand over the shift
handover-desk = { $kind ->
    [supervisor] supervision of { $area }
    [department] { $desk } ({ $area })
   *[desk] { $desk }
}
handover-waits = To be taken over: { $where }
handover-from-to = { $by } to { $to }
handover-next = whoever comes next
handover-somebody = somebody formerly posted
handover-colon = {": "}
handover-all = { $n ->
    [one] 1 case to mind
   *[other] { $n } cases to mind
}
handover-nothing = Nothing to mind: nothing overdue, due soon or waiting for an answer.
handover-reason = { $reason ->
    [emergency] emergency
    [late] overdue
    [due] due soon
    [claimed] claimed solved, not answered
    [pause] pause ends soon
    [extension] asks for more time
    [order] order waits
   *[part] part waits
}
handover-noted = noted besides
handover-all-lines = { $n ->
    [one] See the one case
   *[other] See all { $n } cases
}
handover-hidden = { $n ->
    [one] One more is not yours to see now.
   *[other] { $n } more are not yours to see now.
}
handover-more = { $n ->
    [one] One more is not listed here; see your list.
   *[other] { $n } more are not listed here; see your list.
}
handover-until = Deadlines up to the end of the next working day ({ $until }).
handover-today = States and deadlines are those of now.
handover-what = What is handed over
handover-empty = Nothing to mind at the moment. You can hand over all the same; whoever comes next sees that it is empty.
handover-note-add = Add a note
handover-note = Note
handover-say = What to say
handover-words = About the whole
handover-words-hint = For example who promised to call back, and when. May stay empty.
handover-to = To whom
handover-alone = Nobody else is posted at this desk now; it goes to whoever comes next.
handover-away = away until { $until }
handover-write = Hand over
handover-kept = It cannot be changed afterwards; both sides and the supervisor above can read it later.
handover-done = { $what ->
    [written] Handed over.
   *[accepted] Taken over.
}
handover-back = Back to my list
handover-taken = Taken over
handover-taken-by = Taken over by { $who }
handover-not-yet = Nobody has taken it over yet.
handover-state = { $state ->
    [taken] taken over
   *[waits] waits
}
handover-remark-add = Add a remark
handover-remark = A remark as you take over
handover-accept = I take over
handover-typed = What you had written:

lists-handover = Hand-over

away-title = { $count ->
    [one] 1 person away
   *[other] { $count } people away
}
away-line = { $who }: away until { $until }; { $stand_in ->
    [none] nobody was named, the next in order acts
   *[other] { $stand_in } stands in
}

owner-load = {" "}({ $open } open{ $late ->
    [0] {""}
   *[other] , { $late } overdue
})
owner-away = {" "}(away until { $until }{ $who ->
    [none] , the next in order acts
   *[other] , { $who } stands in
})

live-lists-no-script = This page does not update by itself.
live-lists-refresh = Refresh
live-lists-show = Something changed: update
live-lists-new = New cases: { $n }
live-lists-changed = changed just now
live-lists-handed = A new hand-over

title-not_at_desk = You do not sit at this desk
error-not_at_desk = Only those posted at a desk, as supervisors or in a department hand over a shift. If your posting is wrong, ask an administrator.
title-handover_written = You have just handed over
error-handover_written = You have written another hand-over at this desk meanwhile; look at it first. To write one more, press “Hand over” again: what you wrote is still here.
title-handover_to_nobody = This person cannot take over
error-handover_to_nobody = { $why ->
    [away] This person is away. Choose another, or whoever comes next; what you wrote is still here.
    [yourself] Nobody hands over to himself. Choose another, or whoever comes next; what you wrote is still here.
   *[not_posted] This person no longer sits at this desk. Choose another, or whoever comes next; what you wrote is still here.
}
title-handover_not_found = No such hand-over
error-handover_not_found = There is no hand-over of this number, or it is not yours to read.
title-handover_taken = Somebody has taken it over
error-handover_taken = { $name } has taken this shift over; you need not.
title-handover_for_others = It waits for somebody else
error-handover_for_others = It was handed to somebody else, or it is your own.
