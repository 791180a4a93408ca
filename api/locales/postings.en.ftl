who-edition = Boundaries
who-name-not-public = name not public
who-holds = { $who } ({ $since } to { $until })

postings-ignored = Columns that are not read: { $columns }.
postings-row = Row { $row }: { $said }
postings-more = … and { $n } more.
postings-count = { $kind }: { $n }
postings-follow = Row { $row }: { $n ->
    [one] one open case goes
   *[other] { $n } open cases go
} to { $holder }.
postings-nothing-changed = { $n ->
    [one] One fault; nothing was changed. Mend the row and read the file again.
   *[other] { $n } faults; nothing was changed. Mend these rows and read the file again.
}
postings-nothing-new = Nothing to do: all of this is recorded already.
postings-done = Done.
postings-dry = Nothing was changed yet. With --commit it is done.
postings-away = away, back on { $until }
postings-vacant = no head since { $since }
postings-ending = its head leaves on { $since }, no successor
postings-never = the beginning
postings-next = next head from { $day }
postings-no-vacancy = Every grid has a head.

nav-postings = Postings
password-title = Choose your password
password-lead = For { $name }. With it you log in from now on; this link is used up then.
password-new = New password
password-hint = At least { $least } characters. A short sentence is easier to remember and harder to guess than a word with signs.
password-again = Once more
password-set = Set this password
password-differ = The two are not the same; type the password once more.
postings-title = Postings
postings-lead = Who answers where, from when to when. What has begun can end; the past stays as it was.
postings-search = Area (name, pinyin or code) or person
postings-search-do = Search
postings-found = Found for “{ $asked }”
postings-found-none = No area and no person is called so.
postings-vacancies = Grids without a head: { $area }
postings-vacancies-show = Which ones
postings-vacant-count = { $vacant ->
    [one] One grid has no head today
   *[other] { $vacant } grids have no head today
}; { $ending ->
    [0] none more will lose its head within 30 days.
    [one] one more will have none within 30 days.
   *[other] { $ending } more will have none within 30 days.
}
postings-list = { $area } and one level below
postings-area = Area
postings-desks = Desks and others
postings-span = { $since } to { $until }
postings-since-day = since { $since }
head-away = Head away, back on { $until }
postings-table = Table
postings-over = over
postings-coming = to come
postings-away-tag = away, back on { $until }
postings-past-show = Show those that are over, too
postings-past-hide = Hide those that are over
postings-new = Add a posting
postings-new-lead = First you see what it would do; nothing is written before you confirm.
postings-code = Code of the area
postings-role = Role
postings-name = Name
postings-number = Staff number
postings-number-hint = Says who it is: names repeat. If it is recorded already, the name may stay empty.
postings-desk = Desk or department
postings-email = E-mail
postings-email-hint = Empty: no letters. One address for all postings of the person.
postings-letters = Letters
postings-letters-lead = New cases, deadlines, re-checks and the weekly lists go there.
postings-email-keep = Keep the address
postings-desk-hint = For desks, departments, handlers and helpers alone.
postings-since = From (first day)
postings-since-hint = Today means from now on.
postings-until = Until (first day on which it is no longer held)
postings-until-hint = The day after the last one; today means from now on.
postings-public = Residents may see the name
postings-try = Show what it would do
postings-try-again = Look again
postings-do = Yes, do it
postings-would = Nothing is done yet. It would be:
postings-follow-short = { $n ->
    [one] One open case goes to { $holder }.
   *[other] { $n } open cases go to { $holder }.
}
postings-follow-none = No open case is affected.
postings-back = Back to { $area }
postings-others = Also:
postings-withdraw = Take back
postings-withdraw-lead = It has not begun, so it can vanish as if it had never been entered.
postings-withdraw-try = Show what taking back would do
postings-hand-over = Hand over
postings-name-next = Name of the successor
postings-since-next = First day of the successor
postings-since-next-hint = The predecessor ends with it; today means from now on.
postings-hand-try = Show what handing over would do
postings-end = End without a successor
postings-end-try = Show to whom open cases go
postings-absences = Away
postings-absence = { $since } to { $until } (back)
postings-stands-in = { $who } stands in
postings-colleagues-act = colleagues at the same desk go on
postings-nobody-stands-in = whoever else is deputy acts, else the desk
postings-back-now = Back now
postings-never-away = Not away after all
postings-no-absence = No absence is entered.
postings-away-since = Away from (first day)
postings-away-last = Last day away
postings-reason = Reason
postings-reason-hint = For desks and administrators alone.
postings-stand-in = Stands in
postings-stand-in-none = nobody named
postings-stand-in-name = or somebody else (name)
postings-stand-in-hint = Is posted as deputy for that time, or until he who is away is back earlier.
postings-away-do = Enter the absence
postings-log-in = Log-in
postings-link = This link is shown once:
postings-link-lead = Hand it over yourself. Whoever opens it chooses the password; it is good for a week.
postings-has-log-in = Logs in as { $login }; { $n ->
    [0] no session is open.
    [one] one session is open.
   *[other] { $n } sessions are open.
}
postings-no-log-in = No log-in yet.
postings-end-sessions = Log out everywhere
postings-take-log-in = Take the log-in away
postings-login-hint = Small letters, digits and . _ @ -
postings-offer = Offer a log-in
postings-offer-new = New password by a link
postings-history = What was changed
postings-on-server = on the server
postings-file = Read a list
postings-file-lead = A file is tried first: what would be new, end or change, and every fault with its row. Only then it is done, all or nothing.
postings-file-would = This would happen
postings-file-done = Done
postings-file-do = { $n ->
    [one] Do this one change
   *[other] Do these { $n } changes
}
postings-file-choose = Choose a file
postings-file-file = List of postings (.csv or .xlsx)
postings-file-hint = Up to 1 MB here; larger ones on the server: gridwarden postings import.
postings-file-sheet = Sheet
postings-file-sheet-hint = Only where the workbook has several.
postings-file-correct = Correct history: what the file says of the past is rewritten, and that is written down
postings-file-try = Show what it would do
postings-file-columns = Which columns
postings-file-columns-said = area_code, role, person, staff_number, desk, name_public, from, and until (the first day on which it is no longer held) or last_day. Chinese headings and roles are understood likewise.
postings-faults = Faults
postings-row-number = Row
postings-fault = What is wrong, and what to do
postings-what = What
postings-who = Who
postings-when = From – until
postings-before = Before
