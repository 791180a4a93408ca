title-bad_position = Not a position
error-bad_position = Longitude lies between -180 and 180, latitude between -90 and 90; check the coordinates.
title-bad_accuracy = Not an accuracy
error-bad_accuracy = The accuracy is a radius in metres, zero or more.
title-coordinates_swapped = Coordinates swapped
error-coordinates_swapped = Longitude and latitude look swapped: longitude comes first.
title-unknown_datum = Unknown datum
error-unknown_datum = Name the datum: wgs84, cgcs2000, gcj02 or bd09. If you do not know it, ask whoever gave the coordinates. Others, such as Xian 1980 or Beijing 1954, have to be turned into CGCS2000 with a GIS first.
title-bad_number = Not a receipt number
error-bad_number = A receipt number has ten digits; compare it with the receipt once more.
title-bad_instant = Not an instant
error-bad_instant = Write the time with its zone, for example 2026-11-20T09:12:00+08:00.
title-empty_text = Nothing written yet
error-empty_text = Say in a few words what is wrong.
title-text_too_long = Too long
error-text_too_long = At most { $most } characters; these are { $length }. Please shorten the text.
title-missing_place = No place yet
error-missing_place = Tap a spot on the map, or choose the village and describe the spot: one of the two.
title-seen_in_future = Seen in the future
error-seen_in_future = The time it was seen lies after now; give the time when you saw it.
title-unknown_category = No such category
error-unknown_category = There is no such category; choose one from the list.
title-unknown_channel = No such channel
error-unknown_channel = Choose a channel from the list: app, wechat, hotline, village_box, talking_point, patrol, letterbox, visit.
title-unknown_area = No such area
error-unknown_area = There is no area with this code; search for the village by its name.
title-outside_service_area = Outside the area served
error-outside_service_area = This spot lies outside the area that is served. Served at present: { $served }.
title-idempotency_conflict = Key used before
error-idempotency_conflict = This Idempotency-Key was used for another report; take a new key for a new report.
title-missing_idempotency_key = Key missing
error-missing_idempotency_key = Send a unique key of 16 to 128 characters in the header Idempotency-Key, and the same one when you retry.
title-invalid_request = Something is not right
error-invalid_request = Something in this request is not right; each field to change is listed by its name.
title-not_json = Not JSON
error-not_json = The body is not a JSON object. Check it, and send it with the header Content-Type: application/json.
title-channel_for_staff = Channel for staff
error-channel_for_staff = This channel is for staff: log in first, or use app or wechat.
title-cross_site = Refused
error-cross_site = This was sent from another site and was refused. Please use the pages of this one.
title-log_in_required = Please log in
error-log_in_required = This is for staff; log in first.
title-log_in_failed = Could not log in
error-log_in_failed = The login or the password is wrong; please try again.
title-log_in_busy = Too many at once
error-log_in_busy = Many people log in just now. Try again in a few seconds.
title-log_in_locked = Wait a moment
error-log_in_locked = Too many wrong passwords. Try again after { $until } (Beijing time).
title-unknown_key = Key not known
error-unknown_key = This API key is not known or has ended. Check the header Authorization: Bearer …, or ask the administrator for a new key.
title-channel_not_for_key = Channel not for this key
error-channel_not_for_key = This API key may name these channels: { $channels }. Take one of them, or ask the administrator for another key.
title-too_many_reports = Please wait a moment
error-too_many_reports = Many reports came from here in a short time. Nothing that you wrote is lost: please send it again in { $seconds } seconds.
title-too_many_requests = Please wait a moment
error-too_many_requests = Many receipt numbers were asked for from here in a short time. Please ask again in { $seconds } seconds; the link from the receipt always opens.
title-deliveries_for_administrators = For administrators
error-deliveries_for_administrators = The list of what was sent is for administrators.
title-unknown_delivery = No such delivery
error-unknown_delivery = Nothing that could not be delivered has this number.
title-webhook_refused = This program cannot be called
error-webhook_refused = The address, the area or a topic of this subscription cannot be used; gridwarden webhooks add --help says what can.
title-cases_for_staff = For staff only
error-cases_for_staff = The cases of this area are for its own staff and those of the areas above it.
title-list_for_others = This list is not yours
error-list_for_others = The desk is for dispatchers and supervisors, supervision for supervisors, the inbox for a department's handlers, a team's parts for its helpers, the day list for grid heads, deputies and members. Open your own list from the head of the page.
title-photo_too_large = Photo too large
error-photo_too_large = A photo may have 10 MB. Take a screenshot of it, or choose a smaller size in the camera's settings.
title-photo_too_many_pixels = Too many pixels
error-photo_too_many_pixels = A photo may have 25 million pixels, and this one has more. Take a screenshot of it, or send it smaller.
title-not_a_photo = Not a photo
error-not_a_photo = Send a photo as JPEG, PNG or WebP. This file is none, or it holds something else besides; take a screenshot of it and send that.
title-photo_heic = This format cannot be read
error-photo_heic = This is HEIC, which iPhones write, and it cannot be read here. Choose Settings, Camera, Formats, “Most Compatible”, and take it again; or send a screenshot of it.
title-photo_broken = Photo damaged
error-photo_broken = The photo is damaged or did not arrive whole. Send it again; if that does not help, send a screenshot of it.
title-missing_photo = No photo chosen
error-missing_photo = Choose a photo first, then send it.
title-too_many_photos = Enough photos
error-too_many_photos = There may be { $most } photos, and so many are there already.
title-unknown_photo_kind = No such kind of photo
error-unknown_photo_kind = Choose: before, after, or recheck.
title-bad_rectangle = No part of the photo
error-bad_rectangle = A part to blur lies inside the photo: left, top, width and height in percent from 0 to 100, width and height above 0; at most 20 parts.
title-bad_released_words = These words cannot be released
error-bad_released_words = Words to release are not empty and have at most { $most } characters. To keep them back, withhold them.
title-missing_reason = No reason given
error-missing_reason = Withholding and withdrawing need a reason in a few words.
title-decision_not_possible = Not possible now
error-decision_not_possible = Somebody decided otherwise meanwhile. Open the page again and look.
title-moderation_for_clerks = For clerks only
error-moderation_for_clerks = Clerks decide which words and photos become public.
title-handled_case = For another clerk
error-handled_case = You handled this case; a colleague who did not decides what is told of it.
title-never_public = Never public
error-never_public = Nothing becomes public of private categories and of reports about officials.
title-photo_not_found = No such photo
error-photo_not_found = There is no such photo, or it is not public. The whole link from the receipt opens your own photos.
title-photos_busy = Many photos at once
error-photos_busy = Many photos arrive at once; send it again in a few seconds.
title-photo_store_failed = Photos cannot be kept now
error-photo_store_failed = Something is wrong where photos are kept, and the photo was not taken. Try again in a while.
title-area_not_found = No such area
error-area_not_found = There is no area with the code { $code }; search for it by name.
title-stale_version = It has changed
error-stale_version = Something happened to this case after you looked at it (it is now: { $state ->
    [received] received
    [accepted] accepted
    [declined] declined
    [dispatched] handed on
    [in_progress] being worked on
    [paused] paused
    [claimed_solved] said to be solved
    [closed] closed
    [will_not_do] will not be done
    [mediation_opened] in mediation
    [mediation_vacant] waiting for another mediator
    [mediation_agreed] agreed in mediation
    [mediation_failed] mediation failed
    [mediation_withdrawn] mediation withdrawn
    [asked] the part waits to be begun
    [working] the part is being worked on
    [done] the part is done
    [handed_back] the part was handed back
    [withdrawn] the part was withdrawn
    [order_given] the order waits for an answer
    [order_answered] the order was answered
    [order_kept] the order was kept
    [order_not_kept] the order was not kept
    [order_withdrawn] the order was withdrawn
    [ordered] another order was given
    [hearing] another hearing was called
    [hearing_called] the hearing is still to come
    [hearing_held] the hearing was held
    [hearing_closed] the petition was closed
    [hearing_lifted] the closed petition was opened again
    [hearing_cancelled] the hearing was cancelled
   *[merged] joined with another
}). Look at it again, then decide.
title-petition_closed = Closed as a petition
error-petition_closed = On { $day } { petition-by } closed this petition after a hearing. { $next ->
    [none] Whoever disagrees can go to court.
   *[other] Whoever disagrees can ask { $next } for a review until { $last_day }, or go to court.
} What is new at the place can be reported anew at any time.
title-step_not_allowed = Not possible now
error-step_not_allowed = This step is not open from the present state. The page lists the steps that are.
title-step_for_others = For somebody else
error-step_for_others = This step is not yours to take. The page lists those that are; or ask whoever is responsible.
title-step_incomplete = Something is missing
error-step_incomplete = { $need ->
    [words] Write down the reason, or what was done.
    [parts] A part of it is still open. It has to be done or withdrawn first.
    [higher] There is no desk above this one, it cannot go further up. Decline it, say that it will not be done and who is responsible, or hand it on.
    [hearing] A hearing is called: it has to be held or called off first.
    [authority] This kind of thing is not for this level to handle: it has to go up.
    [level] This kind of thing is not for so low a level: hand it to the level that may handle it, or to its department.
    [loop] It was handed down there twice and came up twice. Keep it, give it to a department, or to somebody else.
    [owner] Choose who gets it: somebody posted today, within reach of this case.
    [until] Choose a date later than now and than the present deadline.
    [order_until] Choose a date later than now.
    [asked] No extension was asked for.
    [silence] Seven days have not passed, or a re-check comes first.
    [first_word] You have confirmed it already; now somebody who did not work on it looks at it. You can still say that it is not solved.
    [rating] Choose: solved, partly, or not.
    [body] Write down who is responsible instead.
    [into] Choose an open case of the same county.
    [urgency] Choose another urgency than the present one: normal, urgent or emergency.
    [report] Choose one of its reports; a single one cannot be split off.
    [mediation] This case is in mediation. Bring that to an end first: agreed, failed or withdrawn.
    [private] Only a case of a private category that is not about an official can be mediated.
    [mediator] Choose a department or a desk of the case's areas for which somebody works, that has not withdrawn and is no party; after a mediator has withdrawn, one of the level above.
    [room] At most 99 are kept.
    [name] Write down who the party is (100 characters at most); a contact has 200 at most.
    [at] Say on which day and at what time.
    [sitting] Choose a sitting that was not held yet.
    [begun] The time of this sitting has not come: move it, or note it when it was held.
    [parties] Take down two parties at least before they agree.
    [held] Hold one sitting at least before they agree.
    [outcome] Choose: to a lawyer, or to court.
    [petition] A petition can be closed only of a case that was reopened again and again, is being worked on or has ended, and that nobody confirmed as solved.
    [no_danger] A danger is never closed away: a case that is an emergency or counts as a hazard has to be worked on until it is gone.
    [called] A hearing of this case was called already; move that one or cancel it.
    [presider] Choose who presides: a desk or supervisor at the county or above who neither handled nor directed this case.
    [hearing_at] Choose a date at least { $days } days ahead and within a year, so that the resident can be told and can come.
    [hearing_place] Say where the hearing is (200 characters at most).
    [uninvolved] Whoever presides has meanwhile handled or directed this case, or is posted there no more. Cancel this hearing and call another one with somebody else.
    [hearing_begun] The time of this hearing has not come: move it, or enter its record when it was held.
    [came] Say whether the resident came.
    [people] Write down who came, one to a line (40 lines at most): at least one department, and a lawyer or somebody from outside.
    [record_digest] The digest of a file is 64 digits and letters from a to f (SHA-256). Leave it empty if there is no file.
    [proposal] Say what the hearing proposes: to close the petition, or to go on.
    [findings] Write down what the hearing found (4,000 characters at most).
    [proposed] The newest hearing has to propose to close the petition; this one does not.
    [since_heard] The case was claimed as solved since the hearing. Hear it again first.
    [settled] A mediation or a part of a joint case is still open. It has to end first.
   *[category] Choose a category from the list.
}
title-case_not_found = No such case
error-case_not_found = There is no such case in this area; it may have moved elsewhere. Go back to the list of the area.
title-place_rule_refused = This rule on places cannot be
error-place_rule_refused = { $reason ->
    [note] Give the rule a name of 200 characters at most.
    [family] There is no such family; choose one from the list.
    [category] There is no such category, or it is not of the family.
    [area] The boundaries in force have no area of this code.
    [days] Days are from 1 to 3650.
    [conditions] Ask for something: reports, reopenings, closings that nobody confirmed, hand-overs, or sites nearby.
    [site_kinds] No site of this kind was ever entered.
    [sites] Say both the kinds of sites and the distance (1 to 2000 m).
    [deeds] Say what the rule does.
    [said_already] Another rule in force asks for the same and does as much.
    [everywhere] In the past year it would have rung for { $share }% of the cases within its reach. What rings everywhere rings nowhere: ask for more.
   *[other] Something about it does not fit: { $reason }.
}
title-place_rule_not_found = No such rule
error-place_rule_not_found = There is no such rule on places, or it has ended.
title-no_story = Nothing was said here
error-no_story = Nothing was reported here. Give the number of a place, or the code, the kind or the name of a site.
title-place_not_found = No such place
error-place_not_found = There is no such place, or none of what was reported there is yours to see.
title-place_for_directors = Not yours to decide
error-place_for_directors = Whether a place is one or two is decided by a desk, a dispatcher or a supervisor of an area in which all of it lies.
title-decision_incomplete = Something is missing
error-decision_incomplete = { $field ->
    [words] Say in a few words why.
    [report] Choose a report of this place, not its first one, about which this has not been decided yet.
    [other] Choose another place of the same kind, at most 1,000 m away.
   *[other_field] Choose what is to be decided.
}
title-unknown_person = Nobody of this name
error-unknown_person = Nobody has this staff number or login. Compare it with the list of postings.
title-unknown_report = No such report
error-unknown_report = There is no report with this number, or the link is not complete. Compare it with the receipt.
title-tile_not_found = No such tile
error-tile_not_found = Tiles have zoom 0 to 14, rows and columns within range, and an edition that was activated and has areas of this kind; the hexagons cell-6 to cell-9 begin at zoom 4, 6, 8 and 10.
title-not_found = Nothing here
error-not_found = There is nothing at this address; start again from the first page.
title-method_not_allowed = Not done this way
error-method_not_allowed = This address does not take that kind of request; see the documentation.
title-body_too_large = Too large
error-body_too_large = More than 1 MB was sent; please send less.
title-no_boundaries = No boundaries yet
error-no_boundaries = No boundaries have been activated yet; please tell the administrator, and send your report later.
title-too_many_listeners = Too many live pages
error-too_many_listeners = Too many live pages are open just now; try again in a moment. The page itself can still be reloaded.
title-database_gone = Interrupted for a moment
error-database_gone = The database does not answer just now; try again in a few seconds. Sending again makes no second report.
title-internal = Something went wrong here
error-internal = The fault is ours and has been recorded. Try again later, or tell the desk the request id.

field-missing = Please fill this in.
field-too-long = Too long; please shorten it.
field-not-a-number = Please give a number.
field-not-a-choice = Please choose one of the values given.
field-not-an-instant = Please give a time with its zone.
field-unknown-field = There is no such field; check its name.
field-invalid = This is not right; please check it.
title-empty_period = Not a period
error-empty_period = The period has to end after it begins (the last date is the first day after it); change one of the dates.
title-unknown_kind = No such level
error-unknown_kind = Choose a level of these boundaries (such as county, township, village, grid), or cells from cell-5 to cell-9.
title-private_elsewhere = Seen in part
error-private_elsewhere = You see the private reports of your own areas alone, so hotspots of them cannot be told. Choose another kind, or ask somebody who sees the whole map.
title-private_family = Not public
error-private_family = These categories are private; their figures are for staff. Choose another kind, or log in.
title-unknown_family = No such family
error-unknown_family = No category belongs to this family; choose one from the list of categories.
title-vacancies_of_now = Vacancies are those of now
error-vacancies_of_now = Vacancies are those of the present. Leave out the period, the comparison, the category and the channel.
title-rates_over_time = Not per household over time
error-rates_over_time = Households are known as of the boundaries, not month by month; choose the number instead.
title-too_many_steps = Too long a period
error-too_many_steps = At most 120 months or weeks are told of at once; begin later.
title-not_by_cell = Not counted by cell
error-not_by_cell = Vacancies are counted by area; choose a level.
title-cells_too_fine = Cells too fine
error-cells_too_fine = Cells smaller than a grid are shown to staff: choose cell-7 or larger, or log in.
title-key_refused = This key cannot be made
error-key_refused = The name has small letters, digits and . _ -, and no valid key of that name exists; the quota is above zero, and the channels are those of the list.
title-postings_for_administrators = Postings are not for you to change
error-postings_for_administrators = Postings and log-ins are given by an administrator of the area or of one above it; a log-in by one who looks after all areas of that person. Desks, dispatchers and supervisors may look.
title-posting_refused = This posting cannot be
error-posting_refused = { $fault }
title-teams_for_administrators = Helper teams are not for you to keep
error-teams_for_administrators = Helper teams are made, changed and dissolved by an administrator of the area of their seat or of one above it.
title-teams_for_staff = The list of helper teams is not open to you
error-teams_for_staff = Helper teams are listed for those who lead cases.
title-team_refused = The team cannot be so
error-team_refused = { $what ->
    [name_zh_missing] Give it a name in Chinese, of at most 60 characters.
    [name_zh_taken] There is a team of this name in this area; give it another one.
    [name_en_missing] Give it a name in English, of at most 80 letters.
    [kind_missing] Choose a kind.
    [area_code_unknown] There is no area of this code; look at the area of its seat.
    [skills_missing] Choose at least one skill.
    [skills_unknown] One of the skills is listed no more; choose again.
    [areas_missing] Write the code of at least one area that it serves.
    [areas_unknown] One of the areas that it serves does not exist; look at the codes.
    [areas_others] One of the areas that it serves is not yours to look after; write those alone that are.
    [hours_missing] Write the hours of at least one day, or choose day and night.
    [hours_bad] Hours need a beginning and a later end; those over midnight are written on two days.
    [contact_missing] Say how it is reached, in at most 200 characters.
    [until_past] It cannot end before now; leave the day empty to end it now.
    [until_bad] That is no day; write it again.
   *[version_changed] Somebody has just changed this team. What is shown is the newest: look at it, then change it.
}
title-team_not_found = There is no such team
error-team_not_found = There is no team of this number, or it was dissolved.
title-posting_not_found = No such posting
error-posting_not_found = There is no posting or absence of this number that could still change; look at the list again.
title-bad_posting_file = This list of postings cannot be read
error-bad_posting_file = { $fault }
title-log_in_refused = This login cannot be
error-log_in_refused = A login is 2 to 63 small letters, digits and . _ @ -, and nobody else's; choose another one.
title-log_in_link_void = This link is void
error-log_in_link_void = The link was used, replaced by a newer one, or is older than a week; ask your administrator for a new one.
title-password_refused = Choose another password
error-password_refused = At least { $least } characters, several different ones, and not the login.
title-rules_for_desks = The rules of dispatch are not for you
error-rules_for_desks = The rules of dispatch are for desks, dispatchers, supervisors and administrators to see, and for administrators of the area or of one above to change.
title-rule_refused = This rule cannot be
error-rule_refused = { $field ->
    [rank] The rank is a whole number, zero or more.
    [note] Say in one sentence why this rule exists, at most 200 characters.
    [category] There is no such category; choose one from the list.
    [family] Choose a family or a category, not both, and one from the list.
    [area_code] The boundaries in force have no area of this code.
    [at_level] Choose a level of the boundaries in force.
    [level] Choose the level of the desk; nothing goes up from the topmost one.
    [kind] Choose: who may handle it, or how long a level has.
    [after] Say how long: working hours, working days, hours or days, and how many.
    [urgency] Who may handle something does not hang on its urgency.
    [department] Give the name of the department.
    [until] It must end after it begins.
   *[other] Something is not right; look at: { $field }.
}
title-rule_not_found = No such rule
error-rule_not_found = There is no such rule, or it has ended.
title-boundaries_for_administrators = For administrators
error-boundaries_for_administrators = Boundaries are looked after by administrators of the topmost area.
title-edition_not_found = No such edition
error-edition_not_found = There is no such edition; choose one from the list.
title-activation_refused = It cannot begin then
error-activation_refused = { $why ->
    [no_midnight] An edition begins at a midnight; choose a day.
    [too_early] { $earliest } is the earliest day: the past is not changed, and a day that has begun is not either.
    [taken] Another activation begins on that day, that of { $edition }. Take it back first, or choose another day.
    [same] That edition answers on that day anyway.
    [unprepared] Its maps are not written yet. Prepare it first.
    [unchecked] It was not checked yet. Check it first.
    [errors] Errors were found in it. Mend them in the file and import it again.
   *[warnings] Warnings were found in it. Look at them, then say that you accept them.
}
title-nothing_to_take_back = It has begun
error-nothing_to_take_back = Nothing that begins then can still be taken back. Activate the earlier edition again instead.
title-day_not_over = No anchor of this day yet
error-day_not_over = { $day } is not over, or lies before the first anchor.
title-kept_anchor_unreadable = These anchors cannot be read
error-kept_anchor_unreadable = A line is a day, a number and 64 hexadecimal digits, as audit anchors writes them.
title-bad_category = Bad category
error-bad_category = { $why ->
    [incomplete] A new category needs a family, both names, and a deadline to solve.
    [begun] Cases of it came on that day or later and keep what was promised; let it begin on a later day.
   *[no_such_rule] Something about it does not fit: its code, its urgency or a deadline.
}
title-bad_deadline = Bad deadline
error-bad_deadline = Give one kind of duration and a number, for example work_days=3.
title-bad_office_hours = Bad office hours
error-bad_office_hours = Write office hours like 08:30-12:00,14:00-17:30, without overlaps.
title-year_unpublished = Not published yet
error-year_unpublished = The holidays of that year are not published yet; Monday to Friday count until then.
title-day_outside_calendar = Outside the calendar
error-day_outside_calendar = That day lies outside the calendar; choose another.
title-photo_file_missing = The photo's file is gone
error-photo_file_missing = The file of this photo is missing; gridwarden photos check lists all such.
title-boundary_file_refused = The file is not taken
error-boundary_file_refused = { $reason ->
    [not_found] There is no such file.
    [empty_file] The file is empty; export it again.
    [too_large] The file has more than { $most_mb } MB; simplify the outlines or cut the file in parts, one level each.
    [unknown_format] This is none of GeoPackage, zipped shapefile, GeoJSON, GeoParquet and KML; export it as one of them.
    [lone_shapefile] A .shp alone lacks names and datum; put .shp, .shx, .dbf and .prj into one zip.
    [unreadable] The file is damaged or not what it says it is ({ $said }); export it again.
    [over_limits] Reading it took more memory or time than a file of boundaries needs; simplify it or cut it in parts.
    [zip_files] The zip holds { $count } files, at most { $most } are taken; put only the boundaries into it.
    [zip_size] The zip unpacks to more than { $most_mb } MB; simplify the outlines or cut the file in parts.
    [zip_ratio] { $name } in the zip is packed more than { $most } to 1, as no real boundaries are; pack it anew.
    [zip_path] The zip holds a file whose name leads out of its folder ({ $name }); pack it anew, without folders.
    [zip_link] { $name } in the zip is a link to another place; pack the file itself.
    [zip_nested] { $name } in the zip is an archive itself; unpack it first.
    [zip_locked] The zip is locked with a password; pack it anew without one.
    [zip_nothing] The zip holds no boundaries: it needs .shp, .shx and .dbf of one name, or one GeoJSON, GeoPackage, GeoParquet or KML.
    [zip_several] The zip holds several sets of boundaries ({ $names }); give each by itself.
    [shp_incomplete] The shapefile lacks its { $missing }; all parts belong into the zip.
    [xml_entities] The KML declares entities or a document type, which no KML needs; export it again.
    [encoding] The text is neither UTF-8 nor GB18030 (GBK); name its encoding.
    [encoding_given] The text is not encoded as { $encoding }; leave the encoding out or name another.
    [encoding_unknown] There is no encoding called { $encoding }; try utf-8, gb18030 or big5.
    [encoding_noted] The .cpg names { $encoding }, and the text is not in it or need not be ({ $sample }); name its encoding.
    [encoding_unsure] The text may be UTF-8 or GBK ({ $sample }); name its encoding.
    [encoding_cut] { $count } texts end in the middle of a character (after “{ $sample }”): the field was too short for them. Make it longer and export again.
    [encoding_mixed] Most of the text is UTF-8, but not all of it ({ $sample }): it was cut off or damaged; export it again.
    [layers] The file has several layers ({ $names }); say which.
    [no_layer] There is no layer { $name }; there are: { $names }.
    [no_rows] The layer is empty.
    [too_many_rows] The layer has { $count } rows, at most { $most } are taken.
    [too_many_columns] The layer has { $count } columns, at most { $most } are taken; export only those that are needed.
    [no_geometry] The layer has no outlines; it is a table.
    [native_geometry] Its outlines are stored as { $encoding }, not as WKB; export it again with WKB as the encoding of geometry.
    [no_outline] { $count } rows have no outline, the first is row { $row }; draw or delete them.
    [not_areas] { $count } rows are not areas but { $kind }, the first is row { $row }; boundaries are polygons.
    [broken_outline] The outline of row { $row } cannot be read ({ $count } in all): curves, or rings that do not close; export straight lines.
    [too_many_corners] The outlines have { $count } corners, at most { $most } are taken; simplify them.
    [ring_too_long] One ring of row { $row } has { $count } corners, at most { $most } are taken; simplify it.
    [not_finite] Row { $row } has a corner that is not a number ({ $count } rows in all); draw it again.
    [swapped] These look like latitude first (row { $row }: { $x }, { $y }); export them with longitude first.
    [not_degrees] Row { $row } has corners at { $x }, { $y }: no degrees, though its CRS says so; name the right CRS in your GIS and export again.
    [antimeridian] The outline of row { $row } spans { $degrees } degrees: it crosses the antimeridian; cut it at 180 degrees.
    [no_column] There is no column { $name }; there are: { $names }.
    [ask_column] Which column holds the { $what }? Name it; there are: { $names }.
    [no_code] { $count } rows have no code, the first is row { $row }.
    [bad_code] { $code } (row { $row }) is no code: 1 to 32 of the letters A to Z, digits, dot, hyphen and underscore.
    [no_name] { $count } areas have no name, the first is { $code }.
    [long_name] The name of { $code } is longer than { $most } characters.
    [bad_number] { $value } ({ $column } of { $code }) is no number: a whole number, 0 or more.
    [bad_flag] { $value } ({ $column } of { $code }) is neither 0 nor 1.
    [code_twice] The code { $code } stands there twice; each site has its own.
    [no_kind] { $code } has no kind; fill it in.
    [bad_day] { $value } of { $code } is no day; write 2026-03-31.
    [unclear_end] The column { $name } does not say whether its day still counts; call it last_day or until (the day after).
    [two_ends] { $code } ends on { $until } by one column, and its last day is { $last_day } by another; keep one of them.
    [code_of_another] { $code } is a site of the list “{ $source }”, and otherwise there: say --source { $source } if this is the same list, or give it another code.
    [since_differs] { $code } is recorded since { $recorded }, and the file says { $since }. What is recorded does not move: correct the file, or leave the day out.
    [ends_before] { $code } would end on { $until }, but begins on { $since }; it has to be there for a day at least.
    [unknown_levels] The file has areas of the levels { $names }; name all of them, the topmost first.
    [ask_levels] The file does not say which level is above which; name them, the topmost first.
    [levels_both] Give the levels of a column or the level of each file, not both.
    [levels_for_files] There are { $files } files and { $levels } levels; give one level for each file, the topmost first.
    [levels_twice] The level { $name } is named twice.
    [bad_level] { $name } is no level: a small letter, then small letters, digits and underscores.
    [nothing_within] No area of the file lies within { $code }.
    [unknown_within] The boundaries in force have no area { $code }.
    [levels_differ] The file's levels ({ $given }) are not those in force ({ $there }); where a part is replaced they have to be.
    [cannot_load] { $count } areas cannot be stored: codes that stand there twice, parents that are not there or not above them, or outlines of which nothing is an area ({ $codes }); see what the checks say, mend the file and bring it again.
    [name_taken] There is an edition { $name } already; choose another name.
    [bad_name] An edition's name has 1 to 64 characters.
    [level_changed] { $code } was an area of the level { $before } and would be one of { $after }; an area keeps its level, take another code.
    [kept_upload] The file that was sent is no longer kept; choose it again.
    [no_upload] Choose a file first.
    [many_uploads] At most { $most } files at once.
   *[other] The file is not taken: { $reason }.
}
title-bad_tolerance = Not a tolerance
error-bad_tolerance = Write LEVEL=METRES with levels of the file, such as grid=25, village=100; 0 to 10,000 metres.
title-same_edition = Loaded already
error-same_edition = The very same areas are loaded already, as edition { $edition }; nothing was done.
title-boundary_file_too_large = The file is too large
error-boundary_file_too_large = A file of boundaries has at most 50 MB; simplify the outlines or cut it in parts, one level each.
title-finding_not_found = No such finding
error-finding_not_found = There is no such finding; the edition may have been checked again: reload the list.
title-export_too_large = File too large
error-export_too_large = Such a file holds { NUMBER($most) } rows at most. Choose a larger level, or download CSV instead.
title-checks_busy = Another check is under way
error-checks_busy = Another edition is being checked just now; try again in some seconds.

title-unknown_rota_day = No such day of visits
error-unknown_rota_day = Nobody received visitors on this day, or it has not come yet. Choose a day of the rota that has begun.
title-visit_for_others = Not your day of visits
error-visit_for_others = A visit is entered by the official who receives, or by staff of this level or one above.
title-outside_rota_area = Outside the area of the day
error-outside_rota_area = What the visitor told of lies outside the area of this day. Choose another place, or enter it as a letter to the secretary.
title-rota_for_others = Others keep this rota
error-rota_for_others = The rota of a level is planned by the desk, dispatchers and administrators of that level or of one above.
title-rota_not_found = No such day on the rota
error-rota_not_found = The rota has no such day, or it was taken off.
title-rota_refused = The rota is incomplete
error-rota_refused = { $field ->
    [area_code] Choose a city, county or township.
    [until] Give begin and end: the end after the begin, on one day, at most a year ahead.
    [room] Say where visitors are received, in at most 120 characters.
    [note] A note has at most 300 characters.
    [title] Choose an official, or write the title of one (at most 60 characters).
    [posting_id] Choose from the list: another person who holds a posting of this level or above on that day.
    [days] Choose days: 1 to 100 at once.
    [words] Say to where or when it is moved, in at most 200 characters.
   *[kind] Choose what to change.
}
title-rota_clash = Two at one time
error-rota_clash = { $clash ->
    [room] On { $day }, { $hours }, somebody else receives in { $room } already. Choose another time or place.
   *[official] On { $day }, { $hours }, this official receives in { $room } already. Choose another time or person.
}
title-rota_past = A day that has passed
error-rota_past = { $day } has passed: the rota stays as it was.
title-rota_changed = Changed meanwhile
error-rota_changed = Somebody changed this day just now. Look at it as it stands, then change it.
