checks-title = Checks of boundaries
checks-of = Boundaries of { $edition }
checks-lead = Checked before activation: errors have to be mended, warnings accepted, notes are for knowing.
checks-unchecked = Not checked yet: it cannot be activated.
checks-errors = { $count ->
    [one] One error: it cannot be activated before that is mended.
   *[other] { $count } errors: it cannot be activated before they are mended.
}
checks-warnings = { $count ->
    [one] No errors; one warning has to be accepted when it is activated.
   *[other] No errors; { $count } warnings have to be accepted when it is activated.
}
checks-fine = No errors and no warnings: it can be activated.
checks-when = { $areas } areas, checked { $moment }
checks-against = compared with { $edition }
checks-alone = nothing to compare with
checks-again = Check again
checks-again-hint = takes some seconds
checks-gpkg = Download GeoPackage (QGIS)
checks-gpkg-all = Download all { $n } as GeoPackage (QGIS)
checks-json = JSON
checks-all = All
checks-severity = By severity
checks-kind = Kind
checks-kind-count = { $kind } ({ $n })
checks-any-kind = All kinds
checks-filter = Filter
checks-list = What was found
checks-none = Nothing was found.
checks-none-of = Nothing of this kind was found.
checks-more = { $n } more are not listed; filter, or download the file to see all.
checks-place = { $lon }, { $lat }
checks-nowhere = No place on the map
checks-legend-shape = Where it is
checks-legend-repair = Outline once repaired
checks-legend-area = Areas concerned
checks-map = Map of what was found
checks-open = Show the list
checks-close = Hide the list
checks-what = What is wrong and what to do
checks-where = Where
checks-counts = Errors { $error }, warnings { $warning }, notes { $note }
checks-how-bad = Severity
checks-way = Where this page belongs
