# Hearings and petition closure
case-hearing-link = Hearings of this case
case-hearing-call = Call a hearing
case-hearing-to-come = Hearing { $at }
case-petition-closed = Petition closed
case-petition-here = A petition about this place was closed before: { $who }, { $day }. What is reported now is a case of its own.
case-petition-other = That case
hearing-title = Hearing: { $category }
hearing-back = Back to the case
hearing-lead = Whoever keeps saying that it is not solved, although all that law and means allow was done, is heard in the open. Only after that can the petition be closed, and it still counts as not solved.
hearing-nth = Hearing { $nth }
hearing-state = { $state ->
    [called] to come
    [held] held
    [closed] petition closed
    [lifted] closed, then opened again
   *[cancelled] cancelled
}
hearing-at = When
hearing-at-hint = At least { $days } days ahead: the resident is told by letter and on the status page.
hearing-place = Where
hearing-place-same = empty: as before
hearing-not-yours = for the presider and the supervisor
hearing-presider = Presides
hearing-choose-presider = Who presides
hearing-presider-hint = At the county or above; nobody who handled or directed this case, or works for whoever has it.
hearing-no-presider = Nobody is there who could preside: at the county or above everybody has handled or directed this case, or nobody is posted.
hearing-people = Who took part
hearing-people-hint = One to a line: the office, or what somebody is there as. At least one department, and a lawyer or somebody from outside.
hearing-came = The resident who reported it
hearing-resident-came = { $came ->
    [yes] came
   *[no] was invited and did not come
}
hearing-seat = { $came ->
    [yes] came
   *[no] did not come
}
hearing-role = { $role ->
    [resident] Resident
    [department] Department
    [lawyer] Lawyer
   *[outside] From outside
}
hearing-departments = Departments that came
hearing-lawyers = Lawyers
hearing-outside = From outside (delegates, neighbours, press)
hearing-absent = Departments that were invited and did not come
hearing-said = What was said
hearing-said-hint = For the staff of this case's areas. In private cases and those about an official, for the presider and supervisors alone.
hearing-findings = What the hearing found
hearing-findings-hint = The resident reads it.
hearing-proposes = Proposes
hearing-proposal = { $proposal ->
    [close] to close the petition
   *[go_on] to go on working on it
}
hearing-digest = Digest of the signed record (SHA-256)
hearing-digest-hint = Where the signed record is a file: its digest shows later that it is still the same.
hearing-words = { $verb ->
    [hearing_call] What the resident should know
    [hearing_move] Why it is moved
    [hearing_cancel] Why it is cancelled
   *[petition_close] The decision
}
hearing-words-hint = { $verb ->
    [petition_close] The resident reads it, with the way that is left: a review by the next level, or court. Say what was done, what law and means do not allow, and why.
   *[other] The resident reads it.
}
hearing-done = Noted: { $step }
hearing-none = No hearing was called yet.
hearing-story-none = Nothing has happened yet.
hearing-kept = What was said at the hearing is for the presider and the supervisors alone.
hearing-line-at = Hearing { $nth }: { $at }
hearing-line-moved = Hearing { $nth }: from { $before } to { $at }
hearing-line-presider = Presides: { $who }
hearing-line-proposal = Proposes { $proposal }
hearing-line-digest = Digest of the record: { $digest }
hearing-line-review = A review can be asked for until { $until }
petition-closed-by = The petition was closed on { $day } after a hearing: { $who }.
petition-unsolved = It still counts as not solved.
petition-way = { $next ->
    [none] Whoever disagrees can go to court.
   *[other] Whoever disagrees can ask { $next } for a review until { $until }, or go to court.
}
status-hearings = Hearing
status-hearing-invited = You are invited. Whoever cannot come can write what he wants to be heard.
status-hearing-held = { $proposal ->
    [close] It was held, and proposes to close the petition. The decision comes in writing.
   *[other] It was held, and proposes to go on working on it.
}
status-hearing-decision = The decision
status-petition-new = What is new at this place can be reported anew at any time:
status-petition-report = Report it
