cluster-kind = { $quadrant ->
    [1] High among high: a cluster
    [2] Low among high: an outlier
    [3] Low among low: a cluster
   *[4] High among low: an outlier
}
cluster-unit = { $per ->
    [households] Here { $value } per 1,000 households, around it { $around }, over all { $mean }; q { $q }: { $said }
    [km2] Here { $value } per km², around it { $around } on average, over all { $mean }; q { $q }: { $said }
   *[count] { $what ->
        [reports] Here { $value } reports, around it { $around } on average, over all { $mean }; q { $q }: { $said }
        [cases] Here { $value } cases, around it { $around } on average, over all { $mean }; q { $q }: { $said }
       *[areas] Here { $value } areas, around it { $around } on average, over all { $mean }; q { $q }: { $said }
    }
}
cluster-none = No area is told from chance: none is significantly like, or unlike, those around it.
cluster-untested = { $reason ->
    [no_households] Nobody has counted the households of these areas, so their rates cannot be tested. Choose the number instead.
    [few_cells] Too few areas to compare: fewer than { $units }. Choose a lower level. No conclusion is drawn.
   *[few_reports] Too few to say: fewer than { $few } on the map. Choose a longer period. No conclusion is drawn.
}
cluster-how = { $per ->
    [households] Local Moran's I of rates standardised by households (Assunção and Reis), neighbours share an edge or a corner, 9,999 conditional permutations, Benjamini-Hochberg corrected, q ≤ 0.1. Areas without households take no part.
    [km2] Local Moran's I, neighbours share an edge or a corner, 9,999 conditional permutations, Benjamini-Hochberg corrected, q ≤ 0.1.
   *[count] Local Moran's I of numbers, which grow with the area's people: per household areas compare better. Neighbours share an edge or a corner, 9,999 conditional permutations, Benjamini-Hochberg corrected, q ≤ 0.1.
}
cluster-islands = { $n ->
    [one] One area touches no other and is not judged.
   *[other] { $n } areas touch no other and are not judged.
}
cluster-fewest = Among { $units } areas the test tells none apart unless at least { $n } stand out as far as it can see; a single one it cannot tell. Choose a higher level, or look at hotspots.
