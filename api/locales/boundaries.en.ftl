nav-boundaries = Boundaries
editions-title = Boundary editions
editions-lead = An edition is a whole set of boundaries: imported, checked, compared, and then activated at one midnight. Past days are answered by the edition of their day.
editions-import = Import new boundaries
editions-empty = There are no boundaries yet. Import a file, check it and activate it; then reports can be received.
edition-name = Edition { $name }
edition-synthetic = invented
edition-state-loaded = loaded
edition-state-preparing = being prepared
edition-state-failed = not prepared
edition-state-prepared = ready
edition-state-planned = planned
edition-state-in_force = in force
edition-state-past = was in force
edition-in-force = In force
edition-since = from { $since }, 00:00
edition-since-until = from { $since }, 00:00, until { $until }, 00:00
edition-never = never yet
edition-areas = Areas
edition-source = Source
edition-next = What to do
edition-next-unchecked = Check it first.
edition-next-loaded = Prepare it: write what maps and search need of it.
edition-next-preparing = Its maps are being written, usually in less than a minute. Look again shortly.
edition-next-failed = Its maps were not written. Try again; if it fails again, look into the worker's log.
edition-next-prepared = Look at the checks, the comparison and the effects, then choose the day on which it begins.
edition-next-planned = It begins by itself at that midnight. Until then it can be taken back, and nothing will have changed.
edition-next-in_force = It answers now. To go back to an earlier edition, open that one and activate it again.
edition-next-past = To go back to this edition, choose the day on which it begins again.
edition-about = { $areas } areas · { $source } · { $datum }
edition-begins = When it answers
edition-following = open cases are following
edition-checks = Look at the checks
edition-forbidden-unchecked = It was not checked yet
edition-forbidden-errors = Errors forbid its activation
edition-forbidden-warnings = There are warnings to look at
edition-prepare = Prepare it
edition-from = From the midnight at the beginning of
edition-from-hint = Tomorrow at the earliest. What is reported before that midnight is matched with the boundaries of its time.
edition-accept = I have looked at the warnings and accept them
edition-activate = Activate edition { $name }
edition-activate-again = Activate edition { $name } again
edition-take-back = Take the activation back
edition-taken-back = Activation for { $since } taken back { $moment }{ $who ->
    [none] {""}, from the shell
   *[other] {""} by { $who }
}
edition-effects = What it would change
edition-effects-day = If it begins at midnight of
edition-effects-show = Show
edition-effects-cases = { $cases ->
    [0] No open case changes its area or its owner.
    [one] One open case changes its area or its owner; { $hands } changes hands. Closed cases stay as they are.
   *[other] { $cases } open cases change their area or their owner; { $hands } of them change hands. Closed cases stay as they are.
}
edition-case = Case
edition-area = Area
edition-owner = Owner
edition-from-to = { $before } → { $after }
edition-stays = { $owner } (stays)
edition-all = Show all
difference-case = open case that moves (filled: to somebody else)
edition-first = The first { $n } of { $all }.
edition-effects-heads = { $n ->
    [0] No head's grid changes.
    [one] One head's grid changes:
   *[other] The grids of { $n } heads change:
}
edition-head-gone = { $name } (gone)
edition-head-moved = { $name }
edition-effects-vacant = { $n ->
    [0] Every new grid has a head.
    [one] One new grid has no head yet:
   *[other] { $n } new grids have no head yet:
}
edition-compared = Compared with edition { $against }
edition-not-compared = No edition to compare with
edition-against = Compare with
edition-compare = Compare
edition-level = Level
edition-no-change = Outlines, names and parents are the same in both.
change-split = split
change-merged = merged
change-new = new
change-gone = gone
change-recoded = recoded
change-overlay = overlay begun or ended
change-moved = border moved
change-other_parent = other parent
change-renamed = renamed
change-unchanged = unchanged
change-tolerance = { $level }: a point is near within { NUMBER($after) } m, before { NUMBER($before) } m
change-ground = { NUMBER($m2) } m² ({ $share }%)
difference-before = old outline
difference-after = new outline
difference-ground = changed ground
difference-hint = Choose a change on the map, or one of the list.
difference-chosen = { $kind }: { $names }
difference-show = Show on the map
