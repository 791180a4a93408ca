dispatch-unknown = unknown
urgency-normal = normal
urgency-urgent = urgent
urgency-emergency = emergency

dispatch-if-category = the category is { $value }
dispatch-if-family = the family is { $value }
dispatch-if-area = within { $value }
dispatch-if-level = the { $value } answers for the place
dispatch-if-channel = the channel is { $value }
dispatch-if-urgency = the urgency is { $value }
dispatch-if-accuracy = the position is off by { $value } m or more
dispatch-if-hazard-true = it is a hazard
dispatch-if-hazard-false = it is no hazard
dispatch-if-hours-office = within office hours
dispatch-if-hours-outside_office = outside office hours
dispatch-if-outcome-inside = the position lies inside one area
dispatch-if-outcome-border = the position lies on a border
dispatch-if-outcome-near = the position lies in a gap between grids
dispatch-if-outcome-backstop = the position lies in no grid

dispatch-fits = All conditions hold.
dispatch-fails = This does not hold: { $condition }.
dispatch-fails-category = The category must be { $wanted }; here it is { $found }.
dispatch-fails-family = The family must be { $wanted }; here it is { $found }.
dispatch-fails-area = It must lie within { $wanted }; here it is { $found }.
dispatch-fails-level = The { $wanted } must answer for the place; here it is the { $found }.
dispatch-fails-channel = The channel must be { $wanted }; here it is { $found }.
dispatch-fails-urgency = The urgency must be { $wanted }; here it is { $found }.
dispatch-fails-accuracy = The position must be off by { $wanted } m or more; here: { $found }.

dispatch-to-head = the grid head of that day
dispatch-to-desk = the desk of the { $level }
dispatch-to-department = the department { $department }

dispatch-recipient-head = the head of { $area }
dispatch-recipient-deputy = the deputy of { $area }
dispatch-recipient-desk = { $desk }
dispatch-recipient-department = { $desk } of { $area }
dispatch-verdict = It would go to { $recipient }.
dispatch-verdict-automatic = It would go to { $recipient } by itself.

dispatch-because-bypass = It is about an official: it passes over everybody below the county.
dispatch-because-no_rule = No rule fits: whoever answers on that day gets it.
dispatch-because-no_head = There is no head on that day: the deputy or the next desk gets it.
dispatch-because-head_away = The head is away on that day: the deputy or the next desk gets it.
dispatch-because-about_official = What is about an official goes to a desk, not to a head.
dispatch-because-no_level = There is no area of this level here: the nearest desk gets it.
dispatch-because-no_desk = There is no desk at this level on that day: the next one above gets it.
dispatch-because-no_department = There is no such department here: the nearest desk gets it.
dispatch-because-nobody_posted = Nobody is posted at any level: the topmost area itself gets it.
