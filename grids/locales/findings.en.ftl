severity-error = Error
severity-warning = Warning
severity-note = Note

finding-area = { $name } ({ $code })
finding-areas-more = { $areas } and others, { $count } areas in all
finding-size-m2 = { $value } m²
finding-size-km2 = { $value } km²
finding-datum-gcj02 = GCJ-02
finding-datum-bd09 = BD-09

finding-kind-empty = No outline
finding-empty = { $areas }: there is no outline.
finding-empty-do = Add the outline and import again, or take the row out of the file.

finding-kind-not_area = Not an area
finding-not_area = { $areas }: drawn as a point or a line, not as an area.
finding-not_area-do = Draw it as a polygon and import again.

finding-kind-bad_coordinates = Impossible coordinates
finding-bad_coordinates = { $areas }: some coordinates are no numbers, or not on the Earth.
finding-bad_coordinates-do = Look at the file's CRS; projected coordinates need one that is named in the file.

finding-kind-invalid_ring = Outline wrongly drawn
finding-invalid_ring = { $areas }: the outline is wrong, { $reason }; the repair that is proposed changes { $size }.
finding-invalid_ring-do = A small change is made when the file is loaded, as drawn on the map. A large one has to be made in the source, because only whoever drew it knows which ground is meant.

finding-kind-collapsed = Outline encloses nothing
finding-collapsed = { $areas }: the outline encloses no ground, { $reason }.
finding-collapsed-do = Draw it again.

finding-reason-touches_itself = it touches itself
finding-reason-crosses_itself = it crosses itself
finding-reason-hole_outside = a hole lies outside it
finding-reason-holes_nested = a hole lies in a hole
finding-reason-parts_nested = one part lies in another
finding-reason-cut_apart = holes cut it apart
finding-reason-too_few_points = it has too few corners
finding-reason-ring_twice = a ring is drawn twice
finding-reason-not_closed = it is not closed
finding-reason-other = it forms no area

finding-kind-swapped = Longitude and latitude exchanged
finding-swapped = { $areas }: longitude and latitude are exchanged.
finding-swapped-do = Exchange the two columns in the file and import again.

finding-kind-datum = Wrong datum
finding-datum = { $areas }: this looks like { $datum }, about { $off_m } m off; once converted it fits.
finding-datum-do = Name the datum when you import ({ $option }); if only some areas are concerned, convert them in the source.

finding-kind-far = Far from all others
finding-far = { $areas }: { $off_km } km away from all other areas.
finding-far-do = Look at its coordinates and its datum.

finding-kind-elsewhere = Somewhere else
finding-elsewhere = These boundaries lie { $off_km } km away from those in force.
finding-elsewhere-do = See whether this is the right file, and whether its CRS is right.

finding-kind-duplicate_code = Code used twice
finding-duplicate_code = The code { $code } stands there { $times } times.
finding-duplicate_code-do = Each area needs a code of its own; the parts of one area go into one row.

finding-kind-missing_code = No code
finding-missing_code = Areas without a code: { $times }.
finding-missing_code-do = Add the codes; see whether the code field is the right one.

finding-kind-no_parent = No parent
finding-no_parent = { $areas }: no area above is named.
finding-no_parent-do = Add the parent's code.

finding-kind-unknown_parent = Unknown parent
finding-unknown_parent = { $areas }: the area above, { $parent }, is not among these boundaries.
finding-unknown_parent-do = Correct the parent's code, or import that area too.

finding-kind-parent_level = Parent of the wrong level
finding-parent_level = { $areas }: of the level { $level }, but the area above, { $parent }, is of the level { $parent_level }.
finding-parent_level-do = Correct the parent's code; if a level is missing there on purpose, accept it.

finding-kind-missing_name = No name
finding-missing_name = { $areas }: there is no name.
finding-missing_name-do = Add the name; see whether the name field is the right one.

finding-kind-odd_code = Code does not fit the parent
finding-odd_code = { $areas }: the code does not begin as its parent's, { $parent }, where all others of the level do.
finding-odd_code-do = See which of the two is wrong, the code or the parent.

finding-kind-renamed = Renamed
finding-renamed = { $code } was called “{ $former }” and is now “{ $name }”.
finding-renamed-do = If that is so, there is nothing to do.

finding-kind-swapped_name = Name of another area
finding-swapped_name = { $code } was called “{ $former }” and is now “{ $name }”, which is the name of { $other } today.
finding-swapped_name-do = See whether the table slipped by a row.

finding-kind-moved_code = Code of another place
finding-moved_code = { $code } was “{ $former }” and is now “{ $name }”, somewhere else.
finding-moved_code-do = Never give a code to another place, or history counts wrongly; give the new area a new code.

finding-kind-duplicate_outline = Same outline
finding-duplicate_outline = { $areas }: the outlines are the same, { $size }.
finding-duplicate_outline-do = Take one out, or draw it again.

finding-kind-overlap = Overlap
finding-overlap = { $areas } overlap by { $size }, { $width_m } m wide on average.
finding-overlap-do = Agree whose ground it is and let both share one line. Less than a metre is a matter of drawing and may be accepted.

finding-kind-covered = Covered
finding-covered = { $areas }: as an overlay it covers { $size } of { $under }, and answers for it.
finding-covered-do = If that is meant, there is nothing to do.

finding-kind-gap = Gap
finding-gap = Between { $areas } there is a gap that is nobody's: { $size }, { $width_m } m wide on average.
finding-gap-do = Let both share one line. Until then, reports from the gap go to the nearest grid.

finding-kind-hole = Open ground
finding-hole = Beside { $areas } there is ground that no { $level } was given: { $size }.
finding-hole-known = Beside { $areas } there is ground that no { $level } was given: { $size }; so it is in the boundaries in force.
finding-hole-do = If it is left out on purpose, as a reservoir or a wood, the area above answers: accept it. If it was forgotten, draw it.

finding-kind-unfilled = Not filled
finding-unfilled = { $areas }: { $size } along the border belong to no { $below }, { $width_m } m wide on average where it is widest.
finding-unfilled-do = Let the levels share one line; two sources that differ look like this.

finding-kind-childless = Nothing below
finding-childless = { $areas }: there is no { $below } in it.
finding-childless-do = If it has not been divided yet, it answers itself: accept it. If they were forgotten, add them.

finding-kind-outside = Outside the area above
finding-outside = { $area }: { $size } of it, { $percent }%, lie outside { $parent }.
finding-outside-do = Look at the parent's code and at both borders.

finding-kind-exclave = Exclave
finding-exclave = { $areas }: in { $parts } parts; all but the largest measure { $size }.
finding-exclave-do = If that is so, there is nothing to do.

finding-kind-crumb = Crumb
finding-crumb = { $areas }: with { $parts } crumbs of { $size } in all.
finding-crumb-do = Most likely left over from drawing: take them out.

finding-kind-many_vertices = Too many corners
finding-many_vertices = { $areas }: the outline has { $vertices } corners.
finding-many_vertices-do = Simplify the outline somewhat; so many corners slow down every answer.

finding-kind-few_vertices = Very few corners
finding-few_vertices = { $areas }: the outline is a triangle.
finding-few_vertices-do = See whether it is a sketch.

finding-kind-more = And more
finding-more = { $count } more of the kind “{ $kind }” are not listed.
finding-more-do = Mend those that are listed, then check again.
