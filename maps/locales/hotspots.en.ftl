hotspot-heading = Hotspots: significantly more or less than elsewhere
hotspot-how = Getis-Ord Gi* of each hexagon with its neighbours, Benjamini-Hochberg corrected. Many is not the same as hot.
hotspot-none = No significant hotspot or cold spot.
hotspot-untested = { $reason ->
    [no_households] Nobody has counted the households of these areas, so their rates cannot be tested. Choose the number instead.
    [few_cells] { $per ->
        [households] Too small an area to test for hotspots: it has fewer than { $cells } cells with households, however many reports there are. No conclusion is drawn.
       *[count] Too small an area to test for hotspots: it has fewer than { $cells } cells, however many reports there are. No conclusion is drawn.
    }
   *[few_reports] { $per ->
        [households] { $n ->
            [few] Fewer than { $few } with a pin where households are known: too few to test for hotspots. No conclusion is drawn.
           *[known] Only { $n } with a pin where households are known: too few to test for hotspots. No conclusion is drawn.
        }
       *[count] { $n ->
            [few] Fewer than { $few } with a pin: too few to test for hotspots. No conclusion is drawn.
           *[known] Only { $n } with a pin: too few to test for hotspots. No conclusion is drawn.
        }
    }
}
hotspot-bin = { $length ->
    [short] { $kind ->
        [hot] Hot { $confidence }%
        [cold] Cold { $confidence }%
       *[none] Not
    }
   *[long] { $kind ->
        [hot] Significant hotspot ({ $confidence }%)
        [cold] Significant cold spot ({ $confidence }%)
       *[none] Not significant (no colour)
    }
}
hotspot-cell = Here and in the cells around it: { $sum }; { $expected } would be average; q { $q }: { $said }
