# Places that keep coming back: the list, the alarms on a place's page, the marks on maps.
nav-watch = Coming back
watch-title = Places that keep coming back
watch-lead = { $mine }: what people spoke of again and again in half a year, and nobody confirmed as solved. A fourth report of one place is not to be worked like a first one.
watch-empty = In half a year nothing came back that was not confirmed as solved.
watch-counts = { $reports } reports by { $reporters ->
    [one] one person
   *[other] { $reporters } people
} on { $days } days in half a year; first { $first }, last { $last }
watch-sign = { $sign ->
    [again] Said to be solved, confirmed by nobody, and spoken of again within 90 days
   *[often] Denser than its surroundings: not once in a thousand times by chance alone
}
watch-advice = { $advice ->
    [late] It is late: press for it, or take it one level up
    [paused] People spoke of it while it was paused: end the pause
    [claimed] Let somebody uninvolved look before it is closed
    [look] No case is open, and nobody confirmed a solution: go and look
    [one_owner] A border runs through it: let the level above own it
   *[work] Look for the root; do not only clear it once more
}
watch-newest = Newest case
watch-times = { $n } reports in half a year
watch-alarms = { $n ->
    [one] Rang once
   *[other] Rang { $n } times
}
watch-supervised = Supervised
watch-rush = { $look ->
    [crowd] Many people within an hour
    [made_up] Many reports within an hour, as if made up
   *[unclear] Many reports within an hour
}
watch-shown = { $n ->
    [one] One place stands out.
   *[other] The { $n } places that stand out most.
}
place-alarms = Rules on places that rang
place-rang = { $moment } "{ $rule }": { $why }
place-rang-case = Case { $case }
place-replay = Played through today's rules
place-replay-title = Played through today's rules: { $category }
place-replay-lead = From the first report on, day by day, by the rules that are in force today: on which day, after which report, the alarm would ring, and who would be told.
place-replay-left-out = The rules look at all that was reported here; { $n ->
    [one] one case is not of your areas, and its story is
   *[other] { $n } cases are not of your areas, and their story is
} left out.
place-replay-after = after report { $n }
place-replay-open = See it day by day
place-replay-days = What happened
place-replay-moral = What follows
place-days = Day { $n }
case-supervised = Supervised by { $who }
place-rush = { $n } reports within an hour (until { $moment })
place-rush-look = { $look ->
    [crowd] It looks like many people: send somebody
    [made_up] It looks as if somebody made them up: look for their source before you send anybody
   *[unclear] It does not show whether it is many people or one: go and look
}
place-rush-words = { $n } different wordings in { $all } reports
place-rush-spots = { $all } pins at { $n } different spots
place-rush-gaps = { $says ->
    [made_up] They come evenly, as by a clock
    [crowd] They come unevenly, as of people who do not know each other
   *[unclear] How they come says nothing
}
place-rush-contacts = { $n } different contacts, { $photos } with a photo
case-rush = { $look } ({ $why }).
case-rush-place = See the place
place-rush-kept = Each of them is taken in and counted as any other.
place-reporters = People who spoke

place-decisions = One place, or two?
place-decisions-lead = Reports are put together by distance. You know the ground: tell apart what is not the same, put together what is. Numbers of places stay, and so does the reason.
place-decision-waits = Being sorted anew; reload in a few seconds.
place-deed = { $deed ->
    [apart] Report { $number } begins a place of its own
    [one] The place that begins with report { $number } is the same as
   *[found] Report { $number } belongs where distance puts it, after all
}
place-number = place { $n }
place-decided-by = { $area } · { $role } · { $moment }
place-decide = { $deed ->
    [apart] Split: it is a place of its own
    [one] Put together: another place is the same
   *[found] Take this back
}
place-which-report = From which report on
place-which-place = Which place
place-beside = { $distance } · reported { $n ->
    [one] { $n } time
   *[other] { $n } times
} · last { $day }
place-why = Reason

watch-causes = Common causes: what rises in many areas at once
watch-causes-lead = Each Monday the last two weeks are held against the year before. A family is raised once: look for what is behind it, not at one case after another.
watch-causes-when = Raised on { $raised }; it last rose until { $until }.
watch-causes-owner = { $who } has it.
watch-causes-nobody = Nobody is posted at a desk over all of these areas: nobody has it yet.

planner-places = Places
marked-title = Places reported more than once
marked-places = { $n ->
    [one] One place reported more than once
   *[other] { $n } places reported more than once
}
marked-empty = No place keeps coming back, is unsolved for long or lies across grids.
marked-told = reported { $n } times
marked-unsolved = { $n ->
    [one] unsolved for one day
   *[other] unsolved for { $n } days
}
marked-straddling = { $n ->
    [2] lies in two grids
   *[other] lies in { $n } grids
}
marked-recurring = Keeps coming back
marked-legend = Number: times reported
marked-legend-unsolved = Unsolved for { $n } days or more
marked-legend-straddling = Across grids
