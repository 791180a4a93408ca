escalation-title = Who may handle what, and escalation
escalation-lead = What a level may handle, and how long it has before a case goes up, is said by the rules here. A rule is never changed; it ends, and a new one begins. To whom a case goes at first:
escalation-authorities = Who may handle what
escalation-authorities-lead = What is not listed may be handled at any level. What is listed is not handed to a lower level; where it lies lower, it goes up by itself to the level that may handle it. A rule for a category goes before one for its family, one for a smaller area before one for a larger.
escalation-authorities-empty = The list is empty: every level may handle everything.
escalation-authority-new = Add to the list
escalation-what = What
escalation-any-kind = Everything
escalation-lowest = Lowest level that may handle it
escalation-clocks = Escalation by the clock
escalation-clocks-lead = What has been at a level for so long without being solved goes one level up, also where nobody has accepted it. A pause does not count; a rule counts time from when it begins.
escalation-clocks-empty = There is no such rule: cases go up only when somebody sends them.
escalation-clock-new = Add a clock
escalation-level = Level
escalation-after = How long
escalation-unit = Counted in
escalation-unit-name = { $unit ->
    [urgent_hours] hours, day and night
    [work_hours] working hours
    [work_days] working days
   *[days] days
}
escalation-span = { $unit ->
    [urgent_hours] { $count } { $count ->
        [one] hour
       *[other] hours
    }
    [hours] { $count } { $count ->
        [one] hour
       *[other] hours
    }
    [work_hours] { $count } { $count ->
        [one] working hour
       *[other] working hours
    }
    [work_days] { $count } { $count ->
        [one] working day
       *[other] working days
    }
   *[days] { $count } { $count ->
        [one] day
       *[other] days
    }
}
board-solved = { $confirmed ->
    [0] Nothing was confirmed as solved in the last 30 days.
   *[other] Confirmed as solved in the last 30 days: { $confirmed }; of those at the township or below: { $low } ({ $share }%). To look at, in no score.
}
