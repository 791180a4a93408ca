list-separator = ,{ " " }
sentence-separator = { " " }

level-city = city
level-county = county
level-township = township
level-village = village
level-grid = grid

verb-receive = Report received
verb-join = Reported again
verb-accept = Accepted
verb-decline = Declined
verb-dispatch = Dispatched
verb-start = Work began
verb-claim_solved = Reported as solved
verb-confirm = Solution confirmed
verb-close = Closed
verb-reopen = Reopened

channel-app = web
channel-wechat = WeChat
channel-hotline = hotline
channel-village_box = village box
channel-talking_point = talking point
channel-patrol = patrol

explain-inside = This spot lies in { $area }.
explain-border = This spot lies exactly on the border of { $area } and { $others }; the lowest code answers, so { $area } does, and { $others } will be told.
explain-near = This spot lies in no grid; the nearest is { $area }, about { NUMBER($distance_m) } m away.
explain-backstop = This spot lies in { $area } but in none of its grids, so the { $level } itself answers.
explain-coarse = The position is off by more than 500 m, so only { $area } is certain; the { $level } receives it.
explain-named = You named { $area }.
explain-outside = This spot lies outside the area that is served.
explain-no-edition = No boundaries were in force at that time.
explain-head = Its head acts.
explain-vacancy-deputy = { $area } has no head at present; the deputy acts.
explain-vacancy-desk = { $area } has no head at present; { $owner } acts.
explain-desk = { $owner } acts.
