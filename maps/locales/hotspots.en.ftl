hotspot-heading = { $per ->
    [households] Hotspots per household: significantly more or fewer than elsewhere
   *[count] Hotspots: significantly more or fewer than elsewhere
}
hotspot-how = { $per ->
    [households] { $method ->
        [permutation] Few, so a hexagon with its neighbours has a colour only if two tests agree: 999 random exchanges of all other hexagons' rates, and what its households would make at the rate of the others (negative binomial). Benjamini-Hochberg corrected. Hexagons without households are not tested.
       *[analytic] The number in each hexagon with its neighbours against what its households would make at the rate of all others (negative binomial), Benjamini-Hochberg corrected. Hexagons without households are not tested.
    }
   *[count] { $method ->
        [permutation] Few, so each hexagon with its neighbours is held against 999 random exchanges of all other hexagons' numbers, Benjamini-Hochberg corrected. Many is not the same as hot.
       *[analytic] The number in each hexagon with its neighbours against mean and spread of all others (negative binomial), Benjamini-Hochberg corrected. Many is not the same as hot.
    }
}
hotspot-own-left-out = Without private kinds: you see only those of your own areas, which would look hot for that alone.
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
hotspot-cell = { $per ->
    [households] Here and in the cells around it: { $sum }; its households would have { $expected } on average; q { $q }: { $said }
   *[count] Here and in the cells around it: { $sum }; { $expected } would be average; q { $q }: { $said }
}
