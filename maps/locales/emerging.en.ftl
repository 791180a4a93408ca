emerging-warning = More reports may only mean that more people speak: a hot cell says where people report, not that things are worse there.
emerging-how = { $step ->
    [week] Each week is tested as a map of its own: the number in each hexagon with its neighbours against mean and spread of all others, Benjamini-Hochberg corrected. The trend is Mann-Kendall's over Gi*, which is relative to the week's map.
   *[month] Each month is tested as a map of its own: the number in each hexagon with its neighbours against mean and spread of all others, Benjamini-Hochberg corrected. The trend is Mann-Kendall's over Gi*, which is relative to the month's map.
}
emerging-left-out = { $step ->
    [week] { $n ->
        [one] One week held too few to be tested and is left out; it is not taken for quiet.
       *[other] { $n } weeks held too few to be tested and are left out; they are not taken for quiet.
    }
   *[month] { $n ->
        [one] One month held too few to be tested and is left out; it is not taken for quiet.
       *[other] { $n } months held too few to be tested and are left out; they are not taken for quiet.
    }
}
emerging-mixed = What residents said and what was found on patrol are counted together.
emerging-none = Nowhere has more or less gathered in a way that has a name. That is a finding: the tests were made.
emerging-untested = { $reason ->
    [few_cells] Too small an area to test for hotspots: it has fewer than { $cells } cells, however many reports there are. No conclusion is drawn.
    [few_reports] { $step ->
        [week] Too few to say: a usual week has fewer than { $few } with a pin. Choose months, or more kinds. No conclusion is drawn.
       *[month] Too few to say: a usual month has fewer than { $few } with a pin. Choose more kinds. No conclusion is drawn.
    }
    [few_steps] { $step ->
        [week] Too few to say: { $tested } whole weeks hold enough to be tested, and { $steps } are needed. Begin earlier. No conclusion is drawn.
       *[month] Too few to say: { $tested } whole months hold enough to be tested, and { $steps } are needed. Begin earlier, or choose weeks. No conclusion is drawn.
    }
   *[quiet_now] { $step ->
        [week] Too few to say: the last week does not hold enough to be tested, so nothing can be told of now. No conclusion is drawn.
       *[month] Too few to say: the last month does not hold enough to be tested, so nothing can be told of now. No conclusion is drawn.
    }
}
emerging-month = { $month ->
    [1] January { $year }
    [2] February { $year }
    [3] March { $year }
    [4] April { $year }
    [5] May { $year }
    [6] June { $year }
    [7] July { $year }
    [8] August { $year }
    [9] September { $year }
    [10] October { $year }
    [11] November { $year }
   *[12] December { $year }
}
emerging-week = the week from { $day }
emerging-cell = { $what ->
    [cases] { $many ->
        [one] { $sum } case here and next door in { $when }, { $expected } expected, q { $q }: { $said }
       *[other] { $sum } cases here and next door in { $when }, { $expected } expected, q { $q }: { $said }
    }
   *[reports] { $many ->
        [one] { $sum } report here and next door in { $when }, { $expected } expected, q { $q }: { $said }
       *[other] { $sum } reports here and next door in { $when }, { $expected } expected, q { $q }: { $said }
    }
}
emerging-name = { $side ->
    [cold] { $kind ->
        [new] New cold spot
        [consecutive] Consecutive cold spot
        [intensifying] Intensifying cold spot
        [persistent] Persistent cold spot
        [diminishing] Diminishing cold spot
        [sporadic] Sporadic cold spot
        [oscillating] Oscillating cold spot
       *[historical] Historical cold spot
    }
    [hot] { $kind ->
        [new] New hotspot
        [consecutive] Consecutive hotspot
        [intensifying] Intensifying hotspot
        [persistent] Persistent hotspot
        [diminishing] Diminishing hotspot
        [sporadic] Sporadic hotspot
        [oscillating] Oscillating hotspot
       *[historical] Historical hotspot
    }
   *[none] No type
}
emerging-rule = { $side ->
    [cold] { $kind ->
        [new] cold in the last step for the first time, never hot
        [consecutive] cold in the last two steps or more without a break and never before, never hot
        [intensifying] cold in the last step and in nine of ten, and getting colder
        [persistent] cold in the last step and in nine of ten, without a trend
        [diminishing] cold in the last step and in nine of ten, and getting less cold
        [sporadic] cold in the last step, on and off before, never hot
        [oscillating] cold in the last step, hot in one before
       *[historical] cold in nine steps of ten, but not in the last
    }
   *[hot] { $kind ->
        [new] hot in the last step for the first time, never cold
        [consecutive] hot in the last two steps or more without a break and never before, never cold
        [intensifying] hot in the last step and in nine of ten, and getting hotter
        [persistent] hot in the last step and in nine of ten, without a trend
        [diminishing] hot in the last step and in nine of ten, and getting less hot
        [sporadic] hot in the last step, on and off before, never cold
        [oscillating] hot in the last step, cold in one before
       *[historical] hot in nine steps of ten, but not in the last
    }
}
emerging-said = { $kind ->
    [new] { $step ->
        [week] { $side ->
            [cold] new cold spot, the first time in { $of } weeks
           *[hot] new hotspot, the first time in { $of } weeks
        }
       *[month] { $side ->
            [cold] new cold spot, the first time in { $of } months
           *[hot] new hotspot, the first time in { $of } months
        }
    }
    [consecutive] { $step ->
        [week] { $side ->
            [cold] cold for { $run } weeks without a break, never before
           *[hot] hot for { $run } weeks without a break, never before
        }
       *[month] { $side ->
            [cold] cold for { $run } months without a break, never before
           *[hot] hot for { $run } months without a break, never before
        }
    }
    [intensifying] { $step ->
        [week] { $side ->
            [cold] intensifying cold spot, in { $often } of { $of } weeks and getting colder
           *[hot] intensifying hotspot, in { $often } of { $of } weeks and getting hotter
        }
       *[month] { $side ->
            [cold] intensifying cold spot, in { $often } of { $of } months and getting colder
           *[hot] intensifying hotspot, in { $often } of { $of } months and getting hotter
        }
    }
    [persistent] { $step ->
        [week] { $side ->
            [cold] persistent cold spot, in { $often } of { $of } weeks, without a trend
           *[hot] persistent hotspot, in { $often } of { $of } weeks, without a trend
        }
       *[month] { $side ->
            [cold] persistent cold spot, in { $often } of { $of } months, without a trend
           *[hot] persistent hotspot, in { $often } of { $of } months, without a trend
        }
    }
    [diminishing] { $step ->
        [week] { $side ->
            [cold] diminishing cold spot, in { $often } of { $of } weeks and getting less cold
           *[hot] diminishing hotspot, in { $often } of { $of } weeks and getting less hot beside the rest
        }
       *[month] { $side ->
            [cold] diminishing cold spot, in { $often } of { $of } months and getting less cold
           *[hot] diminishing hotspot, in { $often } of { $of } months and getting less hot beside the rest
        }
    }
    [sporadic] { $step ->
        [week] { $side ->
            [cold] sporadic cold spot, on and off, in { $often } of { $of } weeks
           *[hot] sporadic hotspot, on and off, in { $often } of { $of } weeks
        }
       *[month] { $side ->
            [cold] sporadic cold spot, on and off, in { $often } of { $of } months
           *[hot] sporadic hotspot, on and off, in { $often } of { $of } months
        }
    }
    [oscillating] { $step ->
        [week] { $side ->
            [cold] oscillating: cold in { $often } of { $of } weeks, hot before
           *[hot] oscillating: hot in { $often } of { $of } weeks, cold before
        }
       *[month] { $side ->
            [cold] oscillating: cold in { $often } of { $of } months, hot before
           *[hot] oscillating: hot in { $often } of { $of } months, cold before
        }
    }
    [historical] { $step ->
        [week] { $side ->
            [cold] no longer a cold spot, after { $often } of { $of } weeks
           *[hot] no longer a hotspot, after { $often } of { $of } weeks
        }
       *[month] { $side ->
            [cold] no longer a cold spot, after { $often } of { $of } months
           *[hot] no longer a hotspot, after { $often } of { $of } months
        }
    }
   *[none] { $step ->
        [week] no type over { $of } weeks
       *[month] no type over { $of } months
    }
}
