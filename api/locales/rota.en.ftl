nav-rota = Rota
nav-letterbox = Secretary's letterbox
nav-visits = Officials receiving
time-weekday = { $n ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}

letter-title = Write to the secretary
letter-lead = A letter passes over the village and the grid head: it goes straight to the level that you choose. Like any report it has a number, a deadline and an outcome.
letter-visits = Rather say it in person? See who receives where
letter-whose = To the secretary of which level
letter-to-township = Town or subdistrict
letter-to-county = County or district
letter-to-city = City
letter-who-reads = The desk of that level reads, assigns and answers it. The village and the grid head do not see it, unless that level hands it to them to be done.
letter-when = Once it is sent you get a receipt with the day by which it must be done; what is not done by then is seen one level higher.
letter-level = Level of a letter or visit
letter-level-hint = Only for "secretary's letterbox", and for a visit without a day of the rota.
letter-from-report = Not through the village? Write to the secretary

visit-title = Enter a visit
visit-lead = What the visitor says is handled by { $area } itself. Without a pin, say plainly where it is.
visit-enter = Enter what a visitor said
visit-not-yet = When the day has come, what visitors say can be entered here.

visits-title = Officials who receive visitors
visits-lead = Who receives where in the next two weeks. No appointment: what you say is written down at once, with a number, and handled like any report.
visits-where = Where do you live
visits-of = Only what concerns { $area }.
visits-everywhere = Show all
visits-empty = Nobody is planned for the next two weeks yet.
visits-else = Cannot come?

rota-title = Rota
rota-lead = { $area }, and the levels above and below
rota-public = What the public sees
rota-show = Show
rota-weekend = weekend
rota-withdrawn = cancelled
rota-moved = moved
rota-stand-in = stand-in
rota-away = absent that day, and nobody stands in yet
rota-instead-of = planned: { $official }
rota-room = Where
rota-came = What came of the visits
rota-counts = { $told ->
    [one] 1 visit
   *[other] { $told } visits
}, { $open } open, { $unsolved } unsolved
rota-none-shown = No visit that you may see was entered for this day.
rota-total = { $told ->
    [one] 1 visit
   *[other] { $told } visits
} entered: { $open } open, { $confirmed } confirmed as solved, { $unsolved } unsolved.
rota-unsolved = unsolved
rota-first-leads = Whoever receives leads: he is told how each case ends.
rota-coming = Today and later
rota-past = The last two weeks
rota-empty = Nothing is planned yet.
rota-planned = { $n ->
    [one] 1 day is planned.
   *[other] { $n } days are planned.
}
rota-off = { $n ->
    [one] 1 of them falls on a weekend or public holiday: look again.
   *[other] { $n } of them fall on weekends or public holidays: look again.
}
rota-new = Plan the rota of { $area }
rota-first = First day
rota-last = Last day
rota-from = From
rota-until = Until
rota-weekdays = On which days of the week (none: every day)
rota-worked = Leave out weekends and public holidays (make-up days count as worked)
rota-official = Official
rota-official-hint = Somebody posted at this level or above. A name is public only where the posting says so.
rota-nobody-posted = Nobody: only the title
rota-job = Title
rota-job-hint = Shown in public, for example "Party secretary of the town". No names.
rota-note = Note
rota-plan = Plan
rota-day-title = A day of the rota
rota-change = Something changed
rota-change-past = A day that has passed cannot be changed.
rota-kind = { $kind ->
    [stand_in] Somebody stands in
    [moved] Moved
    [withdraw] Cancel it
   *[as_planned] As it was planned
}
rota-stand-in-who = Who stands in
rota-moved-to = Moved to
rota-moved-hint = Which day, when and where: the public reads it as you write it.
rota-save = Save the change
rota-changed-done = Saved; what the public sees has changed with it.
