map-layer = { $layer ->
    [received] Reports received
    [open] Open cases
    [overdue] Overdue cases
    [unsolved] Unsolved cases
    [reopened] Reopened cases
   *[vacancies] Grids without a head
}
map-title = { map-layer }: { $area }
map-title-compared = { map-layer }, change: { $area }
map-day = { $year }-{ NUMBER($month, minimumIntegerDigits: 2) }-{ NUMBER($day, minimumIntegerDigits: 2) }
map-moment = { map-day } { $time }
map-period = { $known ->
    [since-until] from { $since } to { $until }
    [since] since { $since }
    [until] up to { $until }
   *[all] at any time
}
map-said = { $layer ->
    [received] Reports received { $period }, by { $unit }.
    [open] Cases received { $period } that were still open on { $day }, by { $unit }.
    [overdue] Cases received { $period } that were overdue on { $day }, by { $unit }.
    [unsolved] Cases received { $period } that were still unsolved on { $day }, by { $unit }.
    [reopened] Cases received { $period } that were reopened, by { $unit }.
   *[vacancies] Grids that had no head on { $day }, by { $unit }.
}
map-means = { $layer ->
    [received] Each report counts once; several people about the same matter count several times.
    [open] Cases that are not closed, late or not.
    [overdue] Cases that are not closed and past their deadline.
    [unsolved] Unsolved: open and late or reopened, or closed without a confirmed solution.
    [reopened] Cases that were opened again after they had been closed, closed by now or not.
   *[vacancies] For a grid without a head its deputy answers, or the desk of the village or township.
}
map-compared = Change against cases received { $period }.
map-only-family = Only this kind: { $family }.
map-only-channel = Only through: { $channel }.
map-unit-cell = hexagon
map-total = { $what ->
    [reports] { $n } reports
    [cases] { $n } cases
   *[areas] { $n } grids
}
map-unplaced = { $what ->
    [reports] { $n } more reports could not be placed in a { $unit } and are not on the map.
   *[cases] { $n } more cases could not be placed in a { $unit } and are not on the map.
}
map-heading = { $per ->
    [households] { $compared ->
        [yes] Change per 1,000 households
       *[no] Per 1,000 households
    }
    [km2] { $compared ->
        [yes] Change per km²
       *[no] Per km²
    }
   *[count] { $compared ->
        [yes] Change in number
       *[no] { $what ->
            [reports] Reports
            [cases] Cases
           *[areas] Grids without a head
        }
    }
}
map-units = areas: { $unit }
map-bounds = { $low }–{ $high }
map-fewer = { $bounds } fewer
map-more = { $bounds } more
map-same = no change
map-few = 1–{ $most }, not public
map-not-told = not shown
map-no-households = no households known
map-empty = { $layer ->
    [received] Nothing was reported in this period.
    [open] Of what was received in this period nothing is open.
    [overdue] Of what was received in this period nothing is overdue.
    [unsolved] Of what was received in this period nothing is unsolved.
    [reopened] Of what was received in this period nothing was reopened.
   *[vacancies] Every grid has a head.
}
map-most = Largest numbers by { $unit }
map-source = Boundaries: { $edition } ({ $source })
map-made = Made with Gridwarden, { $moment }
map-apart = { $what ->
    [reports] Said by residents { $residents }, found on patrol { $patrol }.
   *[cases] First said by residents { $residents }, first found on patrol { $patrol }.
}
map-public = Public version: without private kinds; numbers from 1 to { $most } are not told.
map-demo = Demo data
map-internal = Internal
map-as = Made with the rights of { $name }; not for passing on.
map-show-figures = Figures
map-show-hotspots = Hotspots
map-show-borders = Borders above
map-show-names = Names
map-cells = hexagons
map-hint = Point at a piece of the map, or tap it, to see its figures.
map-no-script = This map needs a browser that may run scripts; the legend and the notes do without.
map-fact-before = Period before
map-fact-count = Number
map-fact-households = Households
map-fact-km2 = km²
map-fact-code = Code
map-fact-above = In
map-fact-observed = Here and around
map-fact-expected = Expected
map-fact-certainty = q
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-map = Map
map-legend = Legend
map-ratio = about 1:{ $ratio } (printed on A4)
