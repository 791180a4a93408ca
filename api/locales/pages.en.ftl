skip-to-content = Skip to content
nav-main = Main pages
nav-more = More
nav-report = Report
nav-status = Follow up
nav-planner = Planner map
nav-my-area = My area
nav-moderation = To publish
nav-rules = Rules
nav-workflow = How cases go
nav-log-in = Log in
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
mark-paused = Paused
mark-will_not_do = Will not be done
mark-merged = Joined with another

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
akin-title = Has somebody reported this already?
akin-lead = If it is the same, choose it: they are worked as one. You get a receipt of your own all the same, see how far it is, and may say that it is not solved.
akin-none = None of these, it is something else
akin-others = Closed before, paused, or waiting for a re-check
akin-near = near by
akin-photo = a photo of it
akin-first = Please see whether it is one of those near by, then send.
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
send-slow-down = Many people are writing. What you wrote is kept; it is sent again in { $seconds } seconds.
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
status-due = At the latest
status-need-link = This is all that the number alone shows. Open the whole link on your receipt to see what was said and done.
status-wrong-key = This link is not complete, or does not fit the number
status-wrong-key-do = Below is what the number alone shows. Copy the whole link from your receipt and open it again.
status-said = What you said
status-erased = The words have been erased, as the rules require.
status-seen = Seen: { $moment }
status-position = Position { $lon }, { $lat }
status-history = What happened
status-again = Somebody reported it here again within 30 days of its closing.
receipt-thanks = Received, thank you!
receipt-next = It went to { $recipient }. Note the number, or copy the link below.
receipt-joined = The same was open already, and yours was put with it; { $owner } has it now. Note the number, or copy the link below.
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
case-fresh = New
case-place-seen = All { $n } reports of this place
case-nth = Report no. { $n } about this spot
case-owner = Responsible
case-on-map = Back to list and map
case-failed = It did not open; please try again.
case-no-surroundings = Without a pin nobody can say what is near.
beside-title = Within 300 m
beside-empty = Nothing is recorded within 300 m.
place-title = Where it keeps coming back: { $category }
place-times = { $n ->
    [one] Reported once
   *[other] Reported { $n } times
}
place-unsolved = Not confirmed as solved since { $day }
place-straddles = Across { $n } areas
place-first = First
place-last = Last
place-cases = Cases
place-cases-of = { $all }, of these { $open } open
place-closed = Closed
place-closed-of = { $closed }, of these { $confirmed } confirmed as solved
place-claimed = Said to be solved
place-claimed-of = { $n ->
    [one] once
   *[other] { $n } times
}
place-areas = Areas
place-channels = Channels
place-story = What was reported here
place-not-yours = { $n ->
    [one] One more case lies outside your areas.
   *[other] { $n } more cases lie outside your areas.
}
place-said = reported { $moment } · { $channel }
place-said-more = { $n } more
place-ended = ended { $moment }
spot-title = Said about this spot (within 50 m)
spot-nth = No. { $n }
spot-other = Another kind
spot-here = This one
spot-many = Only the newest { NUMBER($n) } are listed.
spot-empty = Nobody spoke about this spot before.
distance-about = about { $n } m
distance-here = right here
live-on = live
live-joining = connecting…
live-lost = connection lost, trying again…
live-ended = your session has ended, please log in again
live-fresh = New report: { $category }, just now
live-fresh-many = { $n } new reports
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

planner-title = Planner map
planner-ask = What to show
planner-layer = Show
planner-layer-name = { $layer ->
    [received] Received
    [open] Open
    [overdue] Overdue
    [unsolved] Unsolved
    [reopened] Reopened
   *[vacancies] Vacancies
}
planner-said = { $layer ->
    [received] Reports received { $period }
    [open] Cases received { $period }, still open today
    [overdue] Cases received { $period }, overdue today
    [unsolved] Cases received { $period }, still unsolved today
    [reopened] Cases received { $period } that were reopened
   *[vacancies] Grids without a head today
}
planner-apart = { $what ->
    [reports] Said by residents { $residents }, found on patrol { $patrol }
   *[cases] First said by residents { $residents }, first found on patrol { $patrol }
}
planner-total = { $what ->
    [reports] { $n }
    [cases] { $n }
   *[areas] { $n }
}
planner-means = { $layer ->
    [received] Every report counts, also several about the same thing.
    [open] Cases that are not closed, late or not.
    [overdue] Open cases past their deadline.
    [unsolved] Open and late or reopened, or closed without a confirmed solution.
    [reopened] Cases opened again after closing, whatever they are now.
   *[vacancies] As of today, whatever the period, kind or channel.
}
planner-period = { $span ->
    [days30] in the last 30 days
    [days90] in the last 90 days
    [months12] in the last 12 months
   *[all] so far
}
planner-month = { $month ->
    [1] Jan { $year }
    [2] Feb { $year }
    [3] Mar { $year }
    [4] Apr { $year }
    [5] May { $year }
    [6] Jun { $year }
    [7] Jul { $year }
    [8] Aug { $year }
    [9] Sep { $year }
    [10] Oct { $year }
    [11] Nov { $year }
   *[12] Dec { $year }
}
planner-in-month = in { $month }
planner-days = { $known ->
    [since-until] from { $since } to { $until }
    [since] since { $since }
    [until] up to { $until }
   *[all] so far
}
planner-few = 1–{ $most }
planner-unplaced = { $by ->
    [cell] { $what ->
        [reports] Reports without a pin, in no cell: { $n }.
       *[cases] Cases without a pin, in no cell: { $n }.
    }
   *[area] { $what ->
        [reports] Reports told for a larger area, in no { $unit }: { $n }.
       *[cases] Cases told for a larger area, in no { $unit }: { $n }.
    }
}
planner-compared = Compared: { $period }
planner-sums = { $what ->
    [reports] Reports on the map: { $now }; in the other period: { $then }.
   *[cases] Cases on the map: { $now }; in the other period: { $then }.
}
planner-heading = { $kind ->
    [change] { $per ->
        [households] Change per 1,000 households
        [km2] Change per km²
       *[count] Change in number
    }
   *[now] { $per ->
        [households] { $layer ->
            [received] Reports per 1,000 households
            [vacancies] Vacancies per 1,000 households
           *[other] Cases per 1,000 households
        }
        [km2] { $layer ->
            [received] Reports per km²
            [vacancies] Vacancies per km²
           *[other] Cases per km²
        }
       *[count] { $layer ->
            [received] Number of reports
            [vacancies] Number of vacancies
           *[other] Number of cases
        }
    }
}
planner-units = by { $unit }
planner-bounds = { $signed ->
    [yes] { $low } to { $high }
   *[no] { $low }–{ $high }
}
planner-hidden = 1–{ $most }, not public (or would give one away)
planner-not-yours = Not your area
planner-points-note = Points: red is overdue, black is not; reports received are all black. Rounded to about 100 m; close by they are those of your own areas alone. From afar they gather in circles with their number.
planner-no-households = No households
planner-cell = Hexagon (edge about { $km } km)
planner-tip-count = { $what ->
    [reports] { $layer ->
       *[received] Reports received: { $n }
    }
    [areas] Vacancies: { $n }
   *[cases] { $layer ->
        [open] Open cases: { $n }
        [overdue] Overdue cases: { $n }
        [reopened] Reopened cases: { $n }
       *[unsolved] Unsolved cases: { $n }
    }
}
planner-tip-value = { $per ->
    [households] Per 1,000 households: { $v }
    [km2] Per km²: { $v }
   *[count] { $v }
}
planner-tip-before = { $what ->
    [reports] In the other period: { $n }
   *[cases] In the other period: { $n }
}
planner-tip-change = Change: { $v }
planner-around = Around { $area }
planner-period-label = Received
planner-months = By month
planner-span = { $span ->
    [days30] Last 30 days
    [days90] Last 90 days
    [months12] Last 12 months
    [all] All
   *[days] My own dates…
}
planner-vs-label = Compare
planner-vs = { $vs ->
    [before] With the period before
    [year_before] With the year before
    [days] With my own dates…
   *[none] Do not compare
}
planner-from = From
planner-to = To (not included)
planner-vs-from = Compare from
planner-vs-to = Compare to (not included)
planner-level-label = By
planner-level-auto = By zoom
planner-per-label = Measure
planner-per = { $per ->
    [households] Per 1,000 households
    [km2] Per km²
   *[count] Number
}
planner-family-label = Kind
planner-channel-label = Channel
planner-any = All
planner-hotspots = Hotspots
planner-points = Points
planner-on-map = Show as well
planner-closer = Zoom in to see cells this small.
planner-show = Show
planner-update = Update
planner-keys = Keyboard
planner-key-search = find an area
planner-key-level = a level up, a level down
planner-key-move = move and zoom the map (reach it with Tab)
planner-key-close = close
planner-keys-on = Use single-key shortcuts
planner-search = Find an area by name, code or pinyin
planner-search-example = Name, code or pinyin
planner-views = Map or table
planner-view-map = Map
planner-view-table = Table
planner-print = Print
planner-map-help = Arrow keys move the map, plus and minus zoom. The numbers of every area are in the table too.
planner-unit = The chosen area
planner-close = Close
planner-no-unit = There is no "{ $given }" on this level. Choose another level, or search again.
planner-failed = The figures did not arrive. Check the connection and try again.
planner-empty = { $layer ->
    [received] Nothing was reported in this period.
    [open] Nothing received in this period is open.
    [overdue] Nothing received in this period is overdue.
    [unsolved] Nothing received in this period is unsolved.
    [reopened] Nothing received in this period was reopened.
   *[vacancies] Every grid has a head today.
}
planner-as-of = As of { $moment }.
planner-rows = { $first }–{ $last } of { $units }, by { $unit }
planner-above = Lies in
planner-column-count = { $layer ->
    [received] Reports
    [open] Open cases
    [overdue] Overdue cases
    [unsolved] Unsolved cases
    [reopened] Reopened cases
   *[vacancies] Vacancies
}
planner-column-before = Other period
planner-column-value = { $kind ->
    [change] { $per ->
        [households] Change per 1,000
        [km2] Change per km²
       *[count] Change
    }
   *[now] { $per ->
        [households] Per 1,000 households
       *[km2] Per km²
    }
}
planner-column-of = { $per ->
    [households] Households
   *[km2] km²
}
planner-pages = Pages of the table
planner-page = Page { $page } of { $pages }
planner-page-before = Previous
planner-download = Download the whole table
planner-page-next = Next
planner-of = { $per ->
    [households] of { $n } households
   *[km2] on { $n } km²
}
planner-open-area = Open { $area }
planner-cases = { $layer ->
    [received] Cases received
    [open] Open cases
    [overdue] Overdue cases
    [unsolved] Unsolved cases
    [reopened] Reopened cases
   *[vacancies] Cases here
}
planner-cases-most = Only the newest { $n } are listed.
planner-cases-none = There is no such case here.
planner-cases-staff = The list of cases is for the staff of this area; what is public stands on the area's page.
planner-complaint = { $what ->
    [too-fine] Cells smaller than a grid are for staff; the level follows the zoom instead.
    [not-by-cell] Vacancies are counted by area, not by cell; the level follows the zoom instead.
    [private-elsewhere] You see private kinds of your own areas alone, so hotspots of them cannot be tested; the numbers are shown instead.
    [no-days] Choose the dates; until then the default period is shown.
    [empty-period] The end must come after the beginning; the default period is shown.
    [bad-day] "{ $given }" is not a date; write it like 2026-11-20.
    [no-before] Without a beginning and an end there is no period before; choose another period first.
    [bad-place] The place or zoom in the link is outside the map; everything is shown.
   *[unknown] "{ $given }" in the link is not known; the default is shown.
}
planner-sheet-open = Show the choices
planner-sheet-close = Hide the choices, see the map
planner-one-cell = Cells
planner-hotspot-rows = { $first }–{ $last } of { $cells } hotspots and cold spots, the hottest first
planner-hotspot-column = { $column ->
    [bin] Found
    [count] In the cell
    [sum] With those around it
   *[expected] On average
}
# Photos
photos-title = Photos
photos-empty = No photos yet.
photo-kind = { $kind ->
    [report] When it was reported
    [before] Before the work
    [after] After the work
   *[recheck] At the re-check
}
photo-alt = { $kind ->
    [report] Photo of what was reported, { $moment }
    [before] Photo before the work, { $moment }
    [after] Photo after the work, { $moment }
   *[recheck] Photo at the re-check, { $moment }
}
photo-decision = { $decision ->
    [released] Public
    [withheld] Not public
    [withdrawn] Withdrawn
   *[waiting] Not public yet
}
photo-choose = Choose a photo
photo-hint = JPEG, PNG or WebP, at most 10 MB. Its position, time and camera are removed; nobody outside sees it before a clerk has looked at it.
photo-kind-choose = Taken when
photo-send = Send the photo
photo-added = The photo has arrived.
photos-many = There are { $most } already, that is enough.
# Moderation
moderation-title = What becomes public
moderation-lead = Look closely first: names, telephone numbers, house numbers, number plates and faces are to be masked. The words and photos as they came stay unchanged, for staff alone.
moderation-waiting = Waiting
moderation-released = Public
moderation-withheld = Withheld
moderation-none = { $show ->
    [released] No words and no photos are public yet.
    [withheld] Nothing was withheld or withdrawn.
   *[waiting] No words and no photos wait for a decision.
}
moderation-no-more = Nothing more follows.
moderation-words = Words
moderation-case = Case { $id }
moderation-original = As it was said
moderation-version = What the public reads
moderation-version-hint = Numbers are masked already; take out what else tells who somebody is.
moderation-blur = Parts to blur
moderation-blur-hint = Drag a frame on the photo, or fill in percent here, counted from the upper left corner. In the public photo these parts are blurred.
moderation-part = Part { $n }
moderation-left = Left
moderation-top = Top
moderation-width = Width
moderation-height = Height
moderation-part-add = One more part
moderation-reason = Why not public
moderation-withdraw-reason = Why it is withdrawn
moderation-release = Release
moderation-withhold = Withhold
moderation-withdraw = Withdraw, no longer public
moderation-see = See what is public
moderation-done = { $decision ->
    [released] It is public now.
    [withheld] It stays unpublished.
   *[withdrawn] Withdrawn; it is not public any more.
}
# The case page
case-open = Open the case to work on it
holder-posted = { $place } · { $role }
holder-desk = { $desk } ({ $area })
holder-named = { $holder } · { $name }
case-number = receipt { $number }
case-urgency-label = How urgent it is
case-urgency-hint = If the case becomes more urgent, the deadlines that its category has for that run from now on; no date moves to a later day.
case-returned = { $count ->
    [one] sent back { $count } time
   *[other] sent back { $count } times
}
case-private = Not a public category
case-asked = More time asked for, until { $until }
case-merged-into = Joined into case { $id }
case-paused = Paused until
due-provisional = provisional: the holidays of that year are not published yet
case-used-title = Time used, by level and state
case-used = { $level }, { $state }: { $work } working hours ({ $all } hours in all)
case-due = To be solved by
case-stage = { $state ->
    [received] To be accepted by
    [accepted] To be handed on by
   *[claimed_solved] To be re-checked by
}
case-evaluation = Reporter says
case-done = Recorded: { $step }
case-done-now = It is now: { $state }. Responsible: { $owner }.
case-kept-words = What you wrote is kept here:
case-go-on = Go to "{ $step }", change it and send it again
case-next = Next step
case-next-none = There is nothing for you to do about this case now.
case-parts = Joint handling
case-parts-hint = The owner leads, and each of the others has a part. The case cannot be said to be solved while a part is open.
case-parts-wait = { $count ->
    [one] One part is still open: it has to be done or withdrawn before the case can be said to be solved, sent back, joined into another or ended.
   *[other] { $count } parts are still open: they have to be done or withdrawn before the case can be said to be solved, sent back, joined into another or ended.
}
case-part = Part { $nth }
case-part-state = { $state ->
    [asked] waits to be begun
    [working] being worked on
    [done] done
    [handed_back] handed back; the lead has to say what now
   *[withdrawn] withdrawn
}
case-part-due = Deadline
case-part-ended = Ended
case-part-gone = Nobody is posted there any more: give the part to others or withdraw it
case-part-story = { $count ->
    [one] What happened to this part (one line)
   *[other] What happened to this part ({ $count } lines)
}
case-part-owner = Who is asked
case-part-until = By when
case-part-words = { $verb ->
    [part_ask] What they are asked to do
    [part_move] What they are asked to do
    [part_done] What was done
    [part_back] Why it is handed back
    [part_until] Why the deadline is another one
    [part_redo] What is missing
    [part_withdraw] Why it is withdrawn
   *[other] A few words
}
case-part-done = Noted for part { $nth }: { $step }
case-part-line = Part { $nth }: { $who }
case-part-line-due = Part { $nth }: { $who }, by { $due }
case-part-line-moved = Part { $nth }: from "{ $before }" to "{ $who }", by { $due }
parts-to-do = { $count ->
    [one] One part of a joint case waits for you
   *[other] { $count } parts of joint cases wait for you
}
parts-to-do-line = { $category } · { $area } · part { $nth }
case-joint = { $count ->
    [one] Joint: one part
   *[other] Joint: { $count } parts
}
case-next-part = Part { $nth } of it waits for you
case-next-bar = Next step: { $step }
case-decide-recheck = Next step: re-check, is it really solved?
case-decide-extension = Next step: more time, yes or no?
case-more = { $count ->
    [one] { $count } other step
   *[other] { $count } other steps
}
case-reports = { $count ->
    [1] What was reported
   *[other] What was reported ({ $count } reports)
}
case-no-words = These words are not yours to read, or were erased as the rules require.
case-look = Look at the contact (it is recorded)
case-contact-of = Contact of receipt { $number }:
case-contact-none = The reporter left no contact.
case-contact-noted = That you looked stands in the history now.
case-contact-refused = The contact is for the clerk who took the report down and for a supervisor of this area.
case-add-photo = Add a photo
case-near = Nearby
case-other = Open case { $id }
case-gone = Passed on
case-gone-back = Back to my work
case-gone-do = The case has moved elsewhere and is no longer yours to see.
case-by-channel = Reporter · { $channel }
case-by-reporter = Reporter
case-by-service = The service
case-change-area = Area: from { $before } to { $after }
case-change-why-edition = By the boundaries of edition { $edition }
case-change-why-posting = The posting of whoever had it has ended
case-no-area = triage list
case-change-why-escalation = By the rule "{ $note }"
case-beyond = For the { $level } to handle
case-goes-up = Goes up
case-change-owner = From "{ $before }" to "{ $after }"
case-change-owner-first = Sent to "{ $after }"
case-change-due = Deadline moved from { $before } to { $after }
case-change-until = { $verb ->
    [pause] Paused until { $until }
   *[ask_extension] Asked for time until { $until }
}
case-change-recheck = Somebody else must re-check it: { $reasons }
case-change-rating = Rating: { $rating }
case-change-category = Category changed from "{ $before }" to "{ $after }"
case-change-alarm = { $why }
case-change-again = Reported again at its place within 30 days of its closing
case-change-hazard = It counts as a hazard
case-change-recheck-above = The level above re-checks it
case-change-supervisor = Supervised by { $who }
case-change-no-supervisor = Nobody above is posted as a supervisor
case-change-urgency = Urgency changed from "{ $before }" to "{ $after }"
case-choose = Please choose
case-to-whom = Hand it to
case-owners = { $group ->
    [chain] This grid and above
    [beside] Other grids of the village
   *[departments] Departments
}
case-owners-hint = All open cases that they have are counted.
case-proposed = Chosen by the rule: { $note }
case-proposed-plain = Chosen by the place; you can change it.
case-hand-over = Hand it over
case-until-label = { $verb ->
    [pause] Paused until when
   *[ask_extension] Until when
}
case-due-now = The deadline at present: { $due }
case-category-label = New category
case-into-label = Join into which one (open, of the same kind)
case-akin = receipt { $number } · { $distance } · { $moment }
case-akin-none = No open case of the same kind near by.
case-into-number = Or enter its receipt number
case-report-label = Which report to split off
case-report-of = receipt { $number } · { $moment }
case-body-label = Who is responsible instead
case-words-label = { $verb ->
    [claim] What was done, and how it is now
    [decline] Why it is declined
    [return] Why it goes back
    [escalate] Why it is more than this level can do
    [ask_extension] Why more time is needed
    [refuse_extension] Why it is refused
    [pause] Why it is paused, and what for
    [pass_recheck] What the re-check found
    [fail_recheck] What is still missing
    [reopen] Why it is reopened
    [will_not_do] Why it will not be done
    [note] What to note
    [set_urgency] Why the urgency changes
   *[other] A few words
}
case-words-shown = The reporter will read this.
case-words-staff = Only staff will read this.
# What the resident says
status-with-now = Now with
status-now = { $state ->
    [received] It has arrived and waits to be accepted. Responsible: { $owner }.
    [accepted] It is accepted and will be arranged. Responsible: { $owner }.
    [dispatched] It was handed on and is about to begin. Responsible: { $owner }.
    [in_progress] It is being worked on. Responsible: { $owner }.
    [paused] It cannot go on for the time being; the clock stands. The reason:
    [claimed_solved] Whoever worked on it says it is done. Please say whether it really is.
    [declined] It was not accepted; the reason stands above.
    [will_not_do] It will not be done; the reason and who is responsible stand above.
    [merged] It is worked on together with another case.
   *[closed] { $confirmed ->
        [yes] It is closed and was confirmed as solved.
       *[no] It is closed, but nobody confirmed that it was solved.
    }
}
status-evaluation = Your rating
status-solved-ask = Is it solved? Please tell us
status-agreed = You said it is solved
status-claimed = Whoever worked on it says:
status-recheck = Somebody who did not work on it will look at it too: { $reasons }.
status-silence = Without an answer in seven days it is closed as not confirmed.
status-deny-label = What is not solved?
status-deny-hint = It goes one level up to be worked on again; those who work on it read this.
status-deny-send = Send: not solved
status-say-missing = Please write a few words, so that it is clear what is missing.
status-evaluate-ask = How was it done?
status-evaluate-again = You have rated it; you can change that
status-evaluate-words = Anything you want to say
status-evaluate-send = Send the rating
status-reopen-label = Why should it be worked on again?
status-object-title = { $state ->
    [declined] Why it was not accepted
   *[will_not_do] Why it will not be done
}
status-place-title = Closed at this place before
status-place-hint = You reported the same kind of thing here, so you can say that it was not solved.
status-place-dates = received { $received } · closed { $closed }
status-place-reopen = This one is not solved
status-object-who = Last responsible: { $owner }. If you disagree, ask for it to be worked on again; it then goes one level up.
status-thanks = { $verb ->
    [confirm] Thank you. Recorded: solved.
    [deny] Recorded: not solved. It went one level up to be worked on again.
    [reopen] It went one level up to be worked on again.
    [place] Noted: the earlier one is not solved. It has gone one level up to be worked on again.
   *[evaluate] Thank you for the rating.
}
