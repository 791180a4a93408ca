# Letters: to reporters, to those who answer, and the weekly lists.
letter-when = { $year }-{ $month }-{ $day } { $clock }
letter-no-reason = (none given)
letter-owner-head = the grid head of { $area }
letter-owner-deputy = the deputy grid head of { $area }
letter-owner-desk = { $desk }
letter-owner-department = { $desk }

letter-foot-resident =
    This letter was sent by the system; please do not answer it. The link above is yours alone, please do not pass it on.
letter-foot-staff =
    This letter was sent by the system; please do not answer it. Log in to read the case.

letter-received-subject = We have your report ({ $number })
letter-received-body =
    Good day,

    your report of { $received }, "{ $category }" in { $area }, has arrived. Its number is { $number }. It is with { $owner } now and is due by { $due }.

    See at any time what happens:
    { $link }

letter-accepted-subject = Your report was accepted ({ $number })
letter-accepted-body =
    Good day,

    your report "{ $category }" in { $area } was accepted. It is with { $owner } and is due by { $due }.

    See what happens:
    { $link }

letter-taken-subject = Your report is being worked on ({ $number })
letter-taken-body =
    Good day,

    your report "{ $category }" in { $area } was accepted; { $owner } works on it. It is due by { $due }.

    See what happens:
    { $link }

letter-handed-on-subject = Your report was handed on ({ $number })
letter-handed-on-body =
    Good day,

    your report "{ $category }" in { $area } was handed on to { $owner } and is due by { $due }.

    See what happens:
    { $link }

letter-merged-subject = Your report was joined with another one ({ $number })
letter-merged-body =
    Good day,

    your report "{ $category }" in { $area } tells of the same problem as another one; both are dealt with as one case now. It is with { $owner } and is due by { $due }.

    See what happens:
    { $link }

letter-split-off-subject = Your report is dealt with by itself ({ $number })
letter-split-off-body =
    Good day,

    your report "{ $category }" in { $area } was part of another case and is now dealt with by itself. It is with { $owner } and is due by { $due }.

    See what happens:
    { $link }

letter-paused-subject = Your report has to wait ({ $number })
letter-paused-body =
    Good day,

    nothing can be done for now about your report "{ $category }" in { $area }. The reason:

    { $reason }

    See what happens:
    { $link }

letter-claimed-subject = Is it really solved? ({ $number })
letter-claimed-body =
    Good day,

    { $owner } says that your report "{ $category }" in { $area } is solved:

    { $reason }

    Is it? Please open this and answer "solved" or "not solved":
    { $link }

    { $recheck ->
        [yes] Somebody who did not work on it looks at it as well. Until then, and until somebody confirms it, it does not count as solved.
       *[no] If nobody confirms it within seven days the case is closed, and does not count as solved.
    }

letter-closed-subject = Your report is closed ({ $number })
letter-closed-body =
    Good day,

    your report "{ $category }" in { $area } was confirmed as solved and is closed.

    Tell us how it went, or open it again if the problem comes back:
    { $link }

letter-lapsed-subject = Your report is closed without confirmation ({ $number })
letter-lapsed-body =
    Good day,

    your report "{ $category }" in { $area } was said to be solved seven days ago and nobody has confirmed it, so the case is closed. It does not count as solved.

    If it is not solved, open it again here:
    { $link }

letter-declined-subject = Your report was declined ({ $number })
letter-declined-body =
    Good day,

    your report "{ $category }" in { $area } was declined. The reason:

    { $reason }

    If you do not agree, open it again here:
    { $link }

letter-will-not-do-subject = Your report is not dealt with here ({ $number })
letter-will-not-do-body =
    Good day,

    your report "{ $category }" in { $area } cannot be dealt with here. Who is responsible, and why:

    { $reason }

    If you do not agree, open it again here:
    { $link }

letter-reopened-subject = Your report is worked on again ({ $number })
letter-reopened-body =
    Good day,

    your report "{ $category }" in { $area } is not solved yet and is worked on again. It is with { $owner } now.

    See what happens:
    { $link }

letter-owned-subject = New case { $case }: { $category } ({ $area })
letter-owned-body =
    To { $owner }:

    case { $case }, "{ $category }" in { $area }, is yours now and is due by { $due }.{ $ordered ->
        [yes] { " " }It is under a supervisor's order that is to be answered by { $order_due }.
       *[no] { "" }
    }

    { $link }

letter-part-asked-subject = Please help with case { $case }: { $category } ({ $area })
letter-part-asked-body =
    To those who are asked:

    { $owner } leads case { $case }, "{ $category }" in { $area }, and you are asked to do a part of it. The task and its deadline are here:

    { $link }

letter-part-changed-subject = Your part of case { $case } has changed: { $category } ({ $area })
letter-part-changed-body =
    To those who assist:

    a part of case { $case }, "{ $category }" in { $area }, has another deadline, has to be done again, or went to others. Whether it is still yours, and by when, is here:

    { $link }

letter-part-withdrawn-subject = Your part of case { $case } was withdrawn: { $category } ({ $area })
letter-part-withdrawn-body =
    To those who assist:

    a part of case { $case }, "{ $category }" in { $area }, was withdrawn. You need not do it any more.

    { $link }

letter-part-late-subject = Your part of case { $case } is late: { $category } ({ $area })
letter-part-late-body =
    To those who assist:

    your part of case { $case }, "{ $category }" in { $area }, is past its deadline. Please do it now, or hand it back and say why it is not yours.

    { $link }

# A team sees its own part alone: the letter says neither what the case is about nor where.
letter-helper-asked-subject = Your help is asked for, by { $part_due }
letter-helper-asked-body =
    To the team:

    your team is asked to help with a part of a case, by { $part_due }. What is to be done is here:

    { $link }

letter-helper-changed-subject = A part of your team's has changed
letter-helper-changed-body =
    To the team:

    a part of your team's has another deadline or has to be done again, by { $part_due }. Read more here:

    { $link }

letter-helper-withdrawn-subject = A part of your team's was withdrawn
letter-helper-withdrawn-body =
    To the team:

    a part of your team's was withdrawn or given to others. You need not do it any more. What your team has to do is here:

    { $link }

letter-helper-late-subject = A part of your team's is late
letter-helper-late-body =
    To the team:

    a part of your team's is past its deadline, { $part_due }. Please do it now, or hand it back and say why.

    { $link }

letter-part-late-lead-subject = A part of case { $case } is late: { $category } ({ $area })
letter-part-late-lead-body =
    To { $owner }:

    a part of case { $case }, "{ $category }" in { $area }, which you lead, is past its deadline. Press for it, give it to others or withdraw it: until it has ended the case cannot be said to be solved.

    { $link }

letter-part-done-subject = A part of case { $case } is done: { $category } ({ $area })
letter-part-done-body =
    To { $owner }:

    a part of case { $case }, "{ $category }" in { $area }, which you lead, is done.

    { $link }

letter-part-back-subject = A part of case { $case } was handed back: { $category } ({ $area })
letter-part-back-body =
    To { $owner }:

    a part of case { $case }, "{ $category }" in { $area }, which you lead, was handed back. Give it to others or withdraw it.

    { $link }

letter-urgency-subject = Case { $case } has another urgency: { $category } ({ $area })
letter-urgency-body =
    To { $owner }:

    the urgency of case { $case }, "{ $category }" in { $area }, was changed. It is due by { $due } now. The reason stands on its page.

    { $link }

letter-told-again-subject = Reported again: case { $case }, { $category } ({ $area })
letter-told-again-body =
    To { $owner }:

    case { $case }, "{ $category }" in { $area }, was reported once more: what was received as another case belongs to this one. It is due by { $due }. The new words and photos stand on its page.

    { $link }

letter-alarm-subject = It comes back: case { $case }, { $category } ({ $area })
letter-alarm-body =
    To { $owner }:

    a rule on places rang for case { $case }, "{ $category }" in { $area }: { $alarm }. It is not to be worked like a first time. It is due by { $due }; what was done before stands on its page.

    { $link }

letter-supervise-subject = Please supervise: case { $case }, { $category } ({ $area })
letter-supervise-body =
    To the supervisor:

    a rule on places rang for case { $case }, "{ $category }" in { $area }: { $alarm }. { $owner } has it now, and it is due by { $due }. You were named to see that it is solved.

    { $link }

letter-order-subject = Order of a supervisor: case { $case }, { $category } ({ $area })
letter-order-body =
    To { $owner }:

    a supervisor gave order { $nth } on case { $case }, "{ $category }" in { $area }. Please answer by { $order_due } what was done. What is ordered stands on the page of the case.

    { $link }

letter-order-until-subject = Another deadline for an order: case { $case }, { $category } ({ $area })
letter-order-until-body =
    To { $owner }:

    order { $nth } on case { $case }, "{ $category }" in { $area }, is to be answered by { $order_due } now. The reason stands on the page of the case.

    { $link }

letter-order-withdrawn-subject = Order withdrawn: case { $case }, { $category } ({ $area })
letter-order-withdrawn-body =
    To { $owner }:

    order { $nth } on case { $case }, "{ $category }" in { $area }, was withdrawn and needs no answer. The case itself is still due by { $due }.

    { $link }

letter-order-not-kept-subject = Order not kept: case { $case }, { $category } ({ $area })
letter-order-not-kept-body =
    To { $owner }:

    order { $nth } on case { $case }, "{ $category }" in { $area }, was judged as not kept. The reason stands on the page of the case.

    { $link }

letter-order-late-subject = Order late: case { $case }, { $category } ({ $area })
letter-order-late-body =
    To { $owner }:

    order { $nth } on case { $case }, "{ $category }" in { $area }, was to be answered by { $order_due } and was not. Please see to it and answer at once.

    { $link }

letter-order-answered-subject = Order answered, please judge it: case { $case }, { $category } ({ $area })
letter-order-answered-body =
    To the supervisor:

    { $owner } answered order { $nth } on case { $case }, "{ $category }" in { $area }. Please read the answer and say whether the order was kept.

    { $link }

letter-order-unanswered-subject = Order not answered in time: case { $case }, { $category } ({ $area })
letter-order-unanswered-body =
    To the supervisor:

    order { $nth } on case { $case }, "{ $category }" in { $area }, was to be answered by { $order_due }; { $owner } has not answered.

    { $link }

letter-cause-subject = Common cause: { $family }, more in { $areas } areas at once
letter-cause-to = To { $owner }:
letter-cause-area = · { $area }
letter-cause-more = · and { $n } more, see the page
letter-cause-body =
    This is one thing, and it is yours now: look for what is behind it, not at one case after another. While it goes on it stays this one, and no other letter comes; should it spread beyond your areas, the desk above has it, as the list says.

    { $link }
letter-cause-foot =
    This letter was sent by the system; please do not answer it. Log in to read more.
letter-cause-supervise-to = To the supervisor:
letter-cause-supervise-body =
    This is one thing, and { $owner } has it now and looks for what is behind it; you see to that. While it goes on it stays this one.

    { $link }

letter-due-soon-subject = Case { $case } is due soon: { $category } ({ $area })
letter-due-soon-body =
    To { $owner }:

    case { $case }, "{ $category }" in { $area }, is due soon, by { $due }.

    { $link }

letter-overdue-subject = Case { $case } is overdue: { $category } ({ $area })
letter-overdue-body =
    To { $owner }:

    case { $case }, "{ $category }" in { $area }, is overdue. It was due by { $due }.

    { $link }

letter-stage-soon-subject = Case { $case } waits for its next step: { $category } ({ $area })
letter-stage-soon-body =
    To { $owner }:

    case { $case }, "{ $category }" in { $area }, should have its next step within two working hours; the case as a whole is due by { $due }.

    { $link }

letter-stage-overdue-subject = Case { $case } has waited too long: { $category } ({ $area })
letter-stage-overdue-body =
    To { $owner }:

    case { $case }, "{ $category }" in { $area }, has been in its present stage for too long. Please take the next step; the case as a whole is due by { $due }.

    { $link }

letter-recheck-subject = Please look again: case { $case }, { $category } ({ $area })
letter-recheck-body =
    case { $case }, "{ $category }" in { $area }, is said to be solved by { $owner }. It must be re-checked by somebody who did not work on it; you are one of them.

    { $link }

letter-recheck-soon-subject = A re-check is due: case { $case }, { $category } ({ $area })
letter-recheck-soon-body =
    case { $case }, "{ $category }" in { $area }, was said to be solved by { $owner } and should be confirmed within two working hours. You may re-check it.

    { $link }

letter-recheck-late-subject = A re-check is late: case { $case }, { $category } ({ $area })
letter-recheck-late-body =
    case { $case }, "{ $category }" in { $area }, was said to be solved by { $owner } and has waited for its confirmation for too long. You may re-check it.

    { $link }

letter-week-subject = { $owner }: problems and duties in the week of { $day }
list-intro =
    To { $owner }:

    these are the two lists for the week of { $day }. To read them online:
    { $link }
list-problems = Problems: { $open } open, { $overdue } of them overdue; { $unsolved } unsolved (with those closed in the past 30 days without confirmation).
list-duties = Duties: steps taken in the past week
list-done = · { $what }: { $times }
list-none-done = · none
list-due = Due this week or overdue: { $due }
list-case = · { $case } { $category }, { $area }, { $state }, due { $due }
list-case-overdue = · OVERDUE { $case } { $category }, { $area }, { $state }, due { $due }
list-empty = · none

list-state-received = received
list-state-accepted = accepted
list-state-declined = declined
list-state-dispatched = dispatched
list-state-in_progress = in progress
list-state-paused = paused
list-state-claimed_solved = claimed solved
list-state-closed = closed
list-state-will_not_do = will not be done
list-state-merged = merged

list-verb-accept = accepted
list-verb-decline = declined
list-verb-dispatch = dispatched
list-verb-take = taken on
list-verb-start = work begun
list-verb-return = returned
list-verb-escalate = escalated
list-verb-ask_extension = extension asked for
list-verb-approve_extension = extension approved
list-verb-refuse_extension = extension refused
list-verb-pause = paused
list-verb-resume = resumed
list-verb-claim = reported as solved
list-verb-confirm = confirmed
list-verb-deny = denied
list-verb-pass_recheck = re-check passed
list-verb-fail_recheck = re-check failed
list-verb-lapse = closed after silence
list-verb-reopen = reopened
list-verb-evaluate = evaluated
list-verb-will_not_do = will not be done
list-verb-merge = merged
list-verb-join = the same as another
list-verb-split = split
list-verb-set_urgency = urgency changed
list-verb-alarm = a rule on places rang
list-verb-recategorise = category changed
list-verb-note = noted
list-verb-part_ask = others asked to help
list-verb-part_start = part begun
list-verb-part_done = part done
list-verb-part_back = part handed back
list-verb-part_move = part given to others
list-verb-part_until = part with another deadline
list-verb-part_redo = part to be done again
list-verb-part_withdraw = part withdrawn
list-verb-order_give = order given
list-verb-order_answer = order answered
list-verb-order_keep = order judged as kept
list-verb-order_not_keep = order judged as not kept
list-verb-order_until = deadline of an order changed
list-verb-order_withdraw = order withdrawn

letter-visit-solved-subject = What your visitor told you is solved: case { $case }, { $category } ({ $area })
letter-visit-solved-body =
    Dear colleague,

    Case { $case }, "{ $category }" in { $area }, which a visitor told you of, is confirmed as solved. Whoever receives leads: please let the visitor know.

    { $link }

letter-visit-lapsed-subject = What your visitor told you is closed, not confirmed: case { $case }, { $category } ({ $area })
letter-visit-lapsed-body =
    Dear colleague,

    Case { $case }, "{ $category }" in { $area }, which a visitor told you of, is closed, and nobody has confirmed that it is solved. Whoever receives leads: please ask the visitor; what is not solved can be opened again.

    { $link }

letter-visit-not-done-subject = What your visitor told you will not be done: case { $case }, { $category } ({ $area })
letter-visit-not-done-body =
    Dear colleague,

    Case { $case }, "{ $category }" in { $area }, which a visitor told you of, will not be done.

    Reason: { $reason }

    Whoever receives leads: please explain it to the visitor.

    { $link }
