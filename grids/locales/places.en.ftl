family = { $family ->
    [rubbish] Rubbish
    [fire] Fire
    [burning] Burning
    [road] Roads
    [lighting] Lighting
    [water] Water and ditches
    [animals] Animals
    [noise] Noise
    [advertising] Advertising
    [building] Building
    [farmland] Farmland
    [safety] Hazards
    [dispute] Disputes
    [care] Care
    [waste] Waste
    [people] People
    [officials] Conduct of officials
   *[other] Other
}
site-kind = { $kind ->
    [nursery] Tree nursery
    [school] School
    [fuel_store] Fuel store
    [woodland] Woodland
    [reservoir] Reservoir
    [ditch] Ditch
    [road] Road
   *[other] Other
}

# Rules on places: what was found, what a rule asks for, what it does.
list-and = , and{" "}
list-or = {" "}or{" "}
alarm-reports = reported { $n } times here within { $days } days
alarm-reopened = reopened { $n ->
    [one] once
   *[other] { $n } times
} here within { $days } days
alarm-unconfirmed = closed { $n ->
    [one] once
   *[other] { $n } times
} here within { $days } days, and nobody confirmed it
alarm-handed = handed { $n } times between neighbouring grids here within { $days } days
alarm-site = { $metres } m from { $name } ({ $kind })
rule-family = of the family { $family }
rule-category = of the category { $category }
rule-area = in { $area }
rule-reports = reported { $n } times at one place within { $days } days
rule-reopened = reopened { $n ->
    [one] once
   *[other] { $n } times
} at one place within { $days } days
rule-unconfirmed = closed { $n ->
    [one] once
   *[other] { $n } times
} at one place within { $days } days without anybody confirming it
rule-handed = handed { $n } times between neighbouring grids at one place within { $days } days
rule-site = within { $metres } m of a { $kinds }
deed-recurring = counts as coming back: a re-check must come
deed-hazard = counts as a hazard: a re-check must come
deed-urgent = is urgent
deed-up = goes one level up (unless a department works on it or it is an emergency)
deed-township = goes to the { $level } (unless a department works on it or it is an emergency)
deed-supervise = a supervisor is named
deed-recheck_above = the level above re-checks

# A rule tried on the past year.
trial-rang = In the past year it would have rung { $times ->
    [one] once
   *[other] { $times } times
}, for { $cases } of { $of } cases{ $share } at { $places } { $places ->
    [one] place
   *[other] places
}.
trial-area = { $name } ({ $code }): { $n }
trial-more-areas = and in { $n ->
    [one] one more area
   *[other] { $n } more areas
}: { $times }
trial-place = place { $place }, case { $case }, { $area }: { $why }
trial-everywhere = Such a rule is refused: it would have rung for { $share } of 100 cases within its reach, and at { $most } or more it tells nobody anything. Ask for more.
trial-too-few = Of fewer than { $least } cases a share says nothing: nothing is refused because of it.

# The story of a spot, played through today's rules.
replay-place = Place { $n }
replay-invented = demo data, its dates are invented
replay-report = { $n ->
    [0] Report
   *[other] Report { $n }
} ({ $family }{ $channel ->
    [no] { "" }
   *[other] , by { $channel }
})
replay-step = Case { $case }: { $step }
replay-alarm = Alarm "{ $rule }": { $why }
replay-told = Told: { $who }
replay-who = { $who } { $part ->
    [keeps] (has the case)
    [takes] (takes the case over)
   *[rechecks] (re-checks)
}
replay-supervisor = the supervisor of { $area }
replay-silent = Today's rules would not have rung here.
replay-rings = Today's rules would have rung on { $day }, after report { $n }.
replay-went-up = They would have taken it up on { $day }, after report { $n }.
replay-ahead = { $up ->
    [yes] They would have taken it up on
   *[no] Today's rules would have rung on
} { $day }, after report { $n }: { $days ->
    [0] on the very day of the { $family }
    [one] one day before the { $family }
   *[other] { $days } days before the { $family }
}.

# Common causes: what rises in many areas at once.
causes-found = { $family }: more in { $areas } of { $of } { $level ->
    [county] counties
    [township] townships
    [village] villages
    [grid] grids
   *[other] areas
} at once; in all { $of } together { $n } reports where { $expected } were expected (q { $q }), and no more than { $most } in any of the { $periods } periods before.
causes-area = { $name } ({ $code }): { $n ->
    [one] { $n } report
   *[other] { $n } reports
} where { $expected } were expected (q { $q })
causes-none = No family rises in { $least } or more { $level ->
    [county] counties
    [township] townships
    [village] villages
    [grid] grids
   *[other] areas
} at once.
causes-too-few = Too few to tell: there are reports of { $periods } earlier periods of { $days } days, { $least } are needed.
causes-looked-at = Looked at { $since } to { $until }: { $n } reports of { $families } families in { $of } { $level ->
    [county] counties
    [township] townships
    [village] villages
    [grid] grids
   *[other] areas
}, where { $expected } were expected by the { $periods } periods of { $days } days before.
causes-without-past = Not tested, because nothing was reported there in the year before: { $n } { $level ->
    [county] counties
    [township] townships
    [village] villages
    [grid] grids
   *[other] areas
}.
causes-unplaced = Not counted, because the area that they are for is in no { $level ->
    [county] county
    [township] township
    [village] village
    [grid] grid
   *[other] area
}: { $n } reports.
causes-young = Not counted, because they are younger than what they would be compared with: { $codes }.
