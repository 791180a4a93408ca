export-heading = { $column ->
    [code] Code
    [name] Name
    [level] Level
    [parent_code] Code above
    [parent_name] Name above
    [count] Number
    [before] Number in the other period
    [per_1000_households] Per 1,000 households
    [per_km2] Per km²
    [change] Change
    [households] Households
    [area_km2] Area (km²)
    [told] About the number
    [bin] Bin
    [found] Finding
    [around] Here and around
    [expected] Expected
    [z] Gi* z
    [p] p
    [q] q
    [sentence] In words
    [lon] Longitude (WGS84)
    [lat] Latitude (WGS84)
    [layer] What is counted
    [period_from] From
    [period_to] To (not included)
    [compared_from] Compared from
    [compared_to] Compared to (not included)
    [family] Family
    [channel] Channel
    [edition] Boundaries
    [source] Source of boundaries
    [made_at] Made
   *[mark] Mark
}
export-told = { $told ->
    [few] { map-few } (or would give one away)
    [not_seen] not within your rights
    [rounded] rounded
   *[exact] exact
}
export-around = Around { $area }
export-about = { $part ->
    [means] Meaning
    [layer] What is counted
    [level] Level
    [period_from] From
    [period_to] To (not included)
    [compared_from] Compared from
    [compared_to] Compared to (not included)
    [family] Family
    [channel] Channel
    [total] Total
    [unplaced] On no area
    [told] Empty numbers
    [tested] Cells tested
    [how] Test
    [verdict] Finding
    [left_out] Left out
    [edition] Boundaries
    [source] Source of boundaries
    [made_at] Made
    [rights] Rights
   *[mark] Mark
}
export-untold = An empty number is one that is not told, never 0; the column “About the number” says why.
export-any = all
export-sheet-data = Data
export-sheet-about = About
export-no-number = not public
export-cell = hexagon (H3 resolution { $resolution })
