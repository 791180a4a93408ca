# Helper teams: the list of them, keeping them, and a team's own pages.
nav-team = Our parts
nav-teams = Helper teams
teams-title = Helper teams
teams-lead = Rescue, volunteers, lawyers and counsellors. Whoever leads a case can ask them for a part of it; they see that part and not the case.
teams-kind = Kind
teams-kind-of = { $kind ->
    [rescue] rescue
    [volunteers] volunteers
    [lawyers] lawyers
   *[counsellors] counsellors
}
teams-skill = Skill
teams-skills = Skills
teams-areas = Areas served
teams-areas-hint = Codes of areas, with spaces between them. An area stands for all below it.
teams-hours = Hours of duty
teams-hours-hint = Or day by day; leave a day empty on which nobody is there.
teams-from = From
teams-to = To
teams-always = day and night
teams-always-choice = On duty day and night
teams-run = { $many ->
    [yes] { $first } to { $last } { $begins }–{ $ends }
   *[no] { $first } { $begins }–{ $ends }
}
teams-weekday = { $day ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
teams-on-duty = on duty now
teams-off-duty = on duty from { $when }
teams-contact = How to reach it
teams-contact-hint = The telephone of a desk, nobody's own.
teams-name-zh = Name in Chinese
teams-name-en = Name in English
teams-seat = Code of the area of its seat
teams-seat-hint = Kept by administrators of that area and of those above it.
teams-serves = Serves { $areas }
teams-helpers = { $count ->
    [one] one helper
   *[other] { $count } helpers
}
teams-open = { $count ->
    [one] one open part
   *[other] { $count } open parts
}
teams-open-left = to be given to others by those who lead
teams-parts = Parts of cases
teams-over = dissolved
teams-none = There are no helper teams yet. Once there are, whoever leads a case can ask them for a part.
teams-none-fits = There is no such team: choose another kind or skill.
teams-past-show = Show dissolved teams too
teams-past-hide = Without dissolved teams
teams-new = Make a team
teams-make = Make this team
teams-back = All helper teams
teams-since = since { $day }
teams-until = until { $day }
teams-done = { $verb ->
    [add] The team is made; its helpers can be added now
    [change] Changed, from now on
   *[end] Its end is noted
}
teams-now = As it is now
teams-people = Helpers ({ $count })
teams-people-none = There are no helpers yet: nobody would see what the team is asked to do. Add them first.
teams-people-add = Add a helper
teams-change = Change it
teams-change-do = Change it from now on
teams-end = Dissolve it
teams-end-lead = The postings of its helpers end with it; its open parts are left to be given to others by those who lead.
teams-end-day = From which day on
teams-end-hint = Empty: from now on.
teams-end-do = Dissolve this team
teams-before = What held of it before
teams-choice = { $team } · { $kind } · { $duty } · { $count } open
teams-choice-fits = { $team } · { $kind } · fits · { $duty } · { $count } open
teams-group = Helper teams
teams-which = { $count ->
    [one] One helper team can be asked
   *[other] { $count } helper teams can be asked
}
teams-fits = fits
teams-choice-line = { $hours } · { $duty } · { $count ->
    [one] one open part
   *[other] { $count } open parts
}
teams-exact = If it is a helper team: tell it the exact place
teams-exact-hint = Otherwise it learns where it is to some 100 metres.
teams-task-hint = Only staff can read this, and the helper team, if you ask one.
teams-exact-told = was told the exact place
team-title = Our parts
team-lead = What your team was asked to do, the earliest deadline first.
team-waiting = { $count ->
    [one] One part waits for you
   *[other] { $count } parts wait for you
}
team-empty = Nobody asks for your help now. What you are asked to do will stand here, and you will get a letter.
team-over = Ended in the last 30 days
team-state = { $state ->
    [asked] to be begun
    [working] being worked on
    [done] done
    [handed_back] handed back
   *[withdrawn] withdrawn
}
team-what = { $category } · { $area }
team-private = A private matter
team-number = Case { $case }, part { $nth }
team-back = All our parts
team-task = What you are asked to do
team-where = Where
team-place = { $exact ->
    [yes] the exact place (WGS 84)
   *[no] to some 100 metres (WGS 84)
}
team-where-private = as it stands in the task
team-where-area = no closer place is known
team-where-over = ended: the place is no longer shown
team-hint = Only your own part is shown here. Ask whoever leads the case for what else you need to know.
team-next = Next step
team-words = { $verb ->
    [part_back] Why it is handed back
   *[other] What was done
}
team-done = Noted: { $step }
team-handed-back = You have handed it back; whoever leads the case says what now.
team-story = What happened
team-by = { $whose ->
    [ours] your team
    [late] the service
   *[lead] whoever leads the case
}
