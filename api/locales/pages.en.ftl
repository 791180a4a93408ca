skip-to-content = Skip to content
nav-main = Main pages
nav-more = More
nav-report = Report
nav-status = Follow up
nav-my-area = My area
nav-log-in = Log in
nav-log-out = Log out
nav-log-out-name = Log out ({ $name })
type-large = Larger
type-normal = Smaller
theme-auto = Colours as the system
theme-light = Light
theme-dark = Dark
demo-tag = Demo data

time-now = just now
time-ago-minutes = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
time-ago-hours = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
time-ago-months = { $n ->
    [one] { $n } month ago
   *[other] { $n } months ago
}
time-ago-years = { $n ->
    [one] { $n } year ago
   *[other] { $n } years ago
}
time-ago-days = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
time-ahead-minutes = { $n ->
    [one] in { $n } minute
   *[other] in { $n } minutes
}
time-ahead-hours = { $n ->
    [one] in { $n } hour
   *[other] in { $n } hours
}
time-ahead-months = { $n ->
    [one] in { $n } month
   *[other] in { $n } months
}
time-ahead-years = { $n ->
    [one] in { $n } year
   *[other] in { $n } years
}
time-ahead-days = { $n ->
    [one] in { $n } day
   *[other] in { $n } days
}
time-exact = { $month ->
    [1] { $day } Jan { $clock }
    [2] { $day } Feb { $clock }
    [3] { $day } Mar { $clock }
    [4] { $day } Apr { $clock }
    [5] { $day } May { $clock }
    [6] { $day } Jun { $clock }
    [7] { $day } Jul { $clock }
    [8] { $day } Aug { $clock }
    [9] { $day } Sep { $clock }
    [10] { $day } Oct { $clock }
    [11] { $day } Nov { $clock }
   *[12] { $day } Dec { $clock }
}
time-exact-year = { $month ->
    [1] { $day } Jan { $year } { $clock }
    [2] { $day } Feb { $year } { $clock }
    [3] { $day } Mar { $year } { $clock }
    [4] { $day } Apr { $year } { $clock }
    [5] { $day } May { $year } { $clock }
    [6] { $day } Jun { $year } { $clock }
    [7] { $day } Jul { $year } { $clock }
    [8] { $day } Aug { $year } { $clock }
    [9] { $day } Sep { $year } { $clock }
    [10] { $day } Oct { $year } { $clock }
    [11] { $day } Nov { $year } { $clock }
   *[12] { $day } Dec { $year } { $clock }
}
time-day = { $month ->
    [1] { $day } Jan { $year }
    [2] { $day } Feb { $year }
    [3] { $day } Mar { $year }
    [4] { $day } Apr { $year }
    [5] { $day } May { $year }
    [6] { $day } Jun { $year }
    [7] { $day } Jul { $year }
    [8] { $day } Aug { $year }
    [9] { $day } Sep { $year }
    [10] { $day } Oct { $year }
    [11] { $day } Nov { $year }
   *[12] { $day } Dec { $year }
}
time-both = { $relative } · { $exact }
time-due-now = due now
time-left-minutes = { $n ->
    [one] { $n } minute left
   *[other] { $n } minutes left
}
time-left-hours = { $n ->
    [one] { $n } hour left
   *[other] { $n } hours left
}
time-left-months = { $n ->
    [one] { $n } month left
   *[other] { $n } months left
}
time-left-years = { $n ->
    [one] { $n } year left
   *[other] { $n } years left
}
time-left-days = { $n ->
    [one] { $n } day left
   *[other] { $n } days left
}
time-over-minutes = { $n ->
    [one] { $n } minute overdue
   *[other] { $n } minutes overdue
}
time-over-hours = { $n ->
    [one] { $n } hour overdue
   *[other] { $n } hours overdue
}
time-over-months = { $n ->
    [one] { $n } month overdue
   *[other] { $n } months overdue
}
time-over-years = { $n ->
    [one] { $n } year overdue
   *[other] { $n } years overdue
}
time-over-days = { $n ->
    [one] { $n } day overdue
   *[other] { $n } days overdue
}

mark-new = New
mark-progress = In progress
mark-due = Due soon
mark-overdue = Overdue
mark-claimed = Claimed solved
mark-confirmed = Solved
mark-unconfirmed = Closed, not confirmed
mark-declined = Declined

map-title = Map
map-pin = Pin
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-attribution = Source of the map
map-metres = m
map-kilometres = km
map-wait = Opening the map…
map-failed = The map did not open. You can report without it: find the village by its name.
map-synthetic = Boundaries drawn for the demo, not real
map-source = Boundaries: { $edition } · { $source }

recipient-head = { $shared ->
   *[other] the head of { $area }
}
recipient-deputy = { $shared ->
   *[other] the deputy head of { $area }
}
recipient-desk = the desk of { $area }
vacancy = No head at present

report-title = Report a problem
report-lead = Say where it is and what is wrong, and it goes to the person responsible. No account needed.
report-earlier = Reported before? Follow it up
report-trouble = Not sent yet: something is missing. All you wrote is still here.
report-where = Where is it?
report-what = What is it?
report-words = Tell us more
report-more = How to reach you, when you saw it
report-who = Who gets it
locate-me = Find where I am
locating = Finding where you are…
located = Found, to within about { $metres } m. You can drag the pin.
locate-denied = The phone did not allow it. Tap the map, or find the village by its name.
locate-failed = That did not work. Tap the map, or find the village by its name.
map-how = Tap the map to set the pin, or drag the pin. By keyboard: arrow keys move the map, then press "Pin at the centre".
pin-here = Pin at the centre
pinned = The pin is set; you can drag it.
pinned-far = The map has come closer; please tap the exact spot once more.
choose-side = Please drag the pin to the other side of the line.
by-name = Without a map: find the village by its name
search-label = Village or town
search-example = For example: 五百户 示例村
search = Find
search-found = { $count ->
    [one] { $count } found; please choose it
   *[other] { $count } found; please choose one
}
search-none = Nothing found for "{ $q }". Try another name, or add the county or town.
place-words = Where exactly?
place-words-example = For example: in the ditch by the nursery, east of the village
chosen-area = The village is chosen; please say where exactly.
words-label = What did you see?
words-example = For example: somebody keeps dumping rubbish in the ditch.
words-most = At most { NUMBER($most) } characters
words-counter = { $n } / { $most } characters
words-too-long = { $n } / { $most } characters: too long, please shorten it
optional = (optional)
contact-label = How to reach you
contact-hint = Only whoever takes the report in can see it; it is never public.
seen-label = When you saw it
channel-label = How it came in
answer-none = Set the pin or choose the village, and this will say who is responsible.
answer-outside = Nobody here can take this on
answer-outside-do = Only { $served } is served here. Please check whether the pin is in the right place.
answer-which-side = The position is not exact; it might also be { $others }. Is the pin on the side of { $area }?
answer-side-here = Yes, { $area }
answer-side-other = No, I will move the pin
look = See who gets it
send = Send
send-to = Send to { $recipient }
send-promise = You will get a receipt number to follow it up with.
sending = Sending…
send-waiting = No connection just now. What you wrote is kept on this device and will be sent once, as soon as there is a connection.
send-slow-down = Many people are writing; trying again in { $seconds } seconds.
send-again = Try again now
send-change = Change it
send-first-arrived = The version before your change had arrived after all; here is its receipt.
offline-answer = No connection just now, so we cannot look up who is responsible; you can still send it.
draft-kept = What you had begun is still here.
report-missing-place = First say where it is: find where you are, tap the map, or find the village by its name.
report-missing-place-words = Please say where exactly, so that it can be found.
report-too-long-place-words = The place is too long; please keep it to 500 characters.
report-missing-category = Please choose a kind.
report-missing-text = Please say in a few words what is wrong.
report-too-long-contact = Too long; please keep it to 200 characters.
report-conflict = What you sent just before has arrived. If this is something else, please send it once more.
report-bad-seen-at = This time could not be read; please choose it again.

family = { $family ->
    [rubbish] Rubbish
    [fire] Fire
    [burning] Burning
    [road] Roads
    [lighting] Lighting
    [water] Water and ditches
    [animals] Animals
    [noise] Noise
    [advertising] Advertising
    [building] Building
    [farmland] Farmland
    [safety] Hazards
    [dispute] Disputes
    [care] Care
    [waste] Waste
    [people] People
   *[other] Other
}

status-title = Follow up a report
status-number = Receipt number
status-hint = Ten digits, on your receipt. The whole link on the receipt shows more.
status-look = Look it up
status-of = Receipt { $number }
status-state = How far it is
status-state-now = State
status-category = Kind
status-area = Area
status-no-area = waiting for an area
status-received = Received
status-with = Sent to
status-due = At the latest
status-need-link = This is all that the number alone shows. Open the whole link on your receipt to see what was said and done.
status-wrong-key = This link is not complete, or does not fit the number
status-wrong-key-do = Below is what the number alone shows. Copy the whole link from your receipt and open it again.
status-said = What you said
status-erased = The words have been erased, as the rules require.
status-seen = Seen: { $moment }
status-position = Position { $lon }, { $lat }
status-history = What happened
receipt-thanks = Received, thank you!
receipt-next = It went to { $recipient }. Note the number, or copy the link below.
receipt-number = Receipt number
receipt-link = Link that shows everything
receipt-link-hint = Whoever has this link can read what you said; keep it to yourself.
copy-link = Copy the link
copied = Copied
print = Print the receipt

login-title = Log in for staff
login-lead = Residents report and follow up without logging in.
login-name = Login
login-password = Password
login-missing = Please fill in login and password.

sheet-open = Show the list
sheet-close = Hide the list, see the map
area-chain = Where this area lies
area-answers = Responsible: { $recipient }
area-open = open
area-overdue = of them overdue
area-unconfirmed = closed, not confirmed
area-children = { $count ->
    [one] { $count } area within
   *[other] { $count } areas within
}
area-open-cases = Open cases
area-many = Only the { NUMBER($n) } most urgent are listed; open an area within to see all of it.
area-shown = { $n } on the map, { $all } in all
area-no-pin = { $count ->
    [one] { $count } without a pin
   *[other] { $count } without a pin
}
area-open-empty = Nothing is open here. When somebody reports, it appears here and on the map.
area-earlier = Reported here before
area-earlier-empty = Nothing has been closed here yet.
area-public = What is public
area-public-empty = There is nothing to make public here yet.
area-public-note = Public are kind, state, dates and area alone; at most the newest { NUMBER($n) } are listed.
public-received = Received
public-closed = Closed
case-place = Place: { $place }
case-told = { $count ->
    [one] reported { $count } time
   *[other] reported { $count } times
}
case-reopened = { $count ->
    [one] reopened { $count } time
   *[other] reopened { $count } times
}
case-no-pin = no pin
case-received = Received { $moment }
case-closed = Closed { $moment }
legend = Legend
legend-age = The larger the pin, the longer it has waited: under 3 days, 3 to 14, over 14.
legend-earlier = Small pale pins were closed before.

docs-title = Interface for programs
docs-operations = Operations
docs-lead = For other programs. The description for machines:
styleguide-title = Style guide
page-resend = Press your browser's reload button to send it again: all you wrote is still there, and it will not arrive twice.
page-again = Try again
page-tell = If you need help, tell the desk: { $code } · { $request_id }
