nav-desk = Desk
nav-inbox = Inbox
nav-day = Today
nav-week = This week

lists-sections = Sections
lists-state = State
lists-what = What
lists-area = Area
lists-owner = Owner
lists-received = Received
lists-due = Due
lists-category = Category
lists-flag = Flag
lists-any = All
lists-filter = Filter
lists-unfilter = Clear filters
lists-first = First page
lists-next = Next page
lists-most = Only the { NUMBER($n) } most urgent are listed.

flag-hazard = Hazard
flag-recurring = Keeps coming back
flag-vacant = Nobody posted
flag-returned = { $count ->
    [one] returned once
   *[other] returned { $count } times
}
flag-asked = asks for time until { $moment }

desk-title = Desk
desk-section = { $section ->
    [unowned] Nobody posted
    [received] New
    [late] Overdue
    [returned] Returned
    [extension] Extension asked
    [soon] Due soon
    [recheck] To re-check
    [paused] Pause is over
   *[open] All open
}
desk-flag = { $flag ->
    [hazard] Hazard
    [recurring] Keeps coming back
   *[reopened] Reopened
}
desk-empty = { $section ->
    [unowned] Somebody is posted for every case.
    [received] Nothing waits to be accepted. New reports will appear here.
    [late] Nothing is overdue.
    [returned] Nothing was returned.
    [extension] Nobody asks for more time.
    [soon] Nothing falls due within 24 hours.
    [recheck] Nothing waits for your re-check. What others claim as solved, and you had no part in, will appear here.
    [paused] No pause is over.
   *[open] There are no open cases.
}

week-title = This week's lists
week-lead = As the letter of Monday, { $day }, has them; the figures are of now.
week-case = Case
week-area = Area
week-state = State
week-due = Due
week-more = And { $n } more, less urgent.
week-none = None.
week-open = open
week-overdue = overdue
week-unsolved = unsolved
week-problems = Problem list
week-problems-lead = What is open, and for a month what was closed without a confirmed solution. The 50 most urgent.
week-duties = Duty list
week-done = Steps of the past week:
week-none-done = none
week-due-count = Due this week or overdue: { $n }
several-title = Do with what is ticked
several-hint = Tick cases, then act
several-count = { $n } ticked
several-all = Tick all on this page
several-tick = Tick
several-choose = Tick: { $category }, { $area }
several-owner = To whom
several-owner-choose = Please choose
several-owner-desk = { $desk } ({ $area })
several-dispatch = Dispatch what is ticked
several-reason = Why it is declined
several-reason-shown = The reporters will read this.
several-decline = Decline what is ticked
several-return-reason = Why it goes back
several-return = Return what is ticked
several-none-chosen = Nothing is ticked. Tick the cases first, then press again.
several-no-verb = Your ticks are still there. Use the buttons below to say what to do.
several-no-owner = Nobody is chosen to dispatch to. Your ticks are still there; choose, then press again.
several-no-words = The reason is missing. Your ticks are still there; write it, then press again.
several-done = { $stale ->
    [0] { $refused ->
        [0] { $verb }: { $done } done
       *[other] { $verb }: { $done } done, { $refused } not possible
    }
   *[other] { $refused ->
        [0] { $verb }: { $done } done, { $stale } changed meanwhile
       *[other] { $verb }: { $done } done, { $stale } changed meanwhile, { $refused } not possible
    }
}
several-instead = { $title }. Open for you: { $verbs }.
several-which = Which ones were done
several-case = { $category } · { $area }
several-case-gone = a case that is no longer yours to see

keys-title = Keyboard
keys-next = next case
keys-before = case before
keys-tick = tick or untick
keys-open = open the case
keys-accept = accept what is ticked; this one where nothing is
keys-start = begin what is ticked; this one where nothing is
keys-dispatch = choose to whom
keys-help = show this table
keys-on = Use single keys
keys-close = Close

inbox-title = Department's inbox
inbox-section = { $section ->
    [received] New
    [in_progress] In progress
    [extension] Extensions
    [soon] Due soon
    [late] Overdue
   *[open] All
}
inbox-empty = { $section ->
    [received] Nothing new. What is dispatched to your department will appear here.
    [in_progress] Nothing is being worked on.
    [extension] No extension waits for an answer, and none was answered lately.
    [soon] Nothing falls due within 24 hours.
    [late] Nothing is overdue.
   *[open] Your department owns no open case.
}

day-title = Today's list
day-sum = { $late ->
    [0] { $count ->
        [one] { $count } case to work on
       *[other] { $count } cases to work on
    }
   *[other] { $count ->
        [one] { $count } case to work on, and it is overdue
       *[other] { $count } cases to work on, { $late } of them overdue
    }
}
day-resting = { $count ->
    [one] { $count } more waits for others: claimed solved, or paused.
   *[other] { $count } more wait for others: claimed solved, or paused.
}
day-print = Print the list
day-order = Order
day-by-deadline = By deadline
day-by-way = By way
day-way = { $start ->
    [here] { $n } places from where you are, { $length } for the round (straight lines), { $back } from the last one back.
   *[first] { $n } places from the first one on, { $length } for the round (straight lines), { $back } from the last one back.
}
day-from-here = Start from where I am
day-no-position = Your position was not found; the order is as before.
day-leg = { $distance } from the one before
day-beside = Near { $name }, { $distance }
day-since = Received: { $moment }
day-number = Receipt { $number }
day-nth = Place { $n }:
day-notes = On the spot:
day-sketch = Sketch: { $n } places, numbered as in the list
day-metres = { NUMBER($n) } m
day-visit = Place { $n }
day-here = Where the way begins
day-empty = Nothing to do today. What is dispatched to you will appear here.
