# Hearings and petition closure: steps, and their letters
verb-hearing_call = A hearing was called
verb-hearing_move = The hearing was moved
verb-hearing_hold = The hearing was held
verb-hearing_find = What the hearing found
verb-hearing_cancel = The hearing was cancelled
verb-petition_close = The petition was closed
step-hearing_call = Call a hearing
step-hearing_move = Move it to another date
step-hearing_hold = Enter the record
step-hearing_cancel = Cancel the hearing
step-petition_close = Close the petition
list-verb-hearing_call = hearing called
list-verb-hearing_move = hearing moved
list-verb-hearing_hold = hearing held
list-verb-hearing_find = findings of the hearing
list-verb-hearing_cancel = hearing cancelled
list-verb-petition_close = petition closed
petition-by = { $role ->
    [supervisor] the supervisor of { $area }
   *[desk] { $desk ->
        [none] the desk of { $area }
       *[other] { $desk }
    }
}

letter-hearing-no-place = to be told
letter-hearing-called-subject = You are invited to a hearing about your report ({ $number })
letter-hearing-called-body =
    Good day,

    about your report "{ $category }" in { $area } there will be a hearing, and you are invited to speak there.

    When: { $hearing_at }
    Where: { $hearing_place }

    Departments answer there, and people from outside listen. You may bring somebody, and whoever cannot come can write what he wants to be heard. What is found will be written to you.

    { $link }

letter-hearing-moved-subject = The hearing about your report has another date ({ $number })
letter-hearing-moved-body =
    Good day,

    the hearing about your report "{ $category }" in { $area } was moved.

    When: { $hearing_at }
    Where: { $hearing_place }
    Why: { $reason }

    { $link }

letter-hearing-cancelled-subject = The hearing about your report was cancelled ({ $number })
letter-hearing-cancelled-body =
    Good day,

    the hearing about your report "{ $category }" in { $area } on { $hearing_at } does not take place.

    Why: { $reason }

    { $link }

letter-hearing-held-subject = What the hearing about your report found ({ $number })
letter-hearing-held-body =
    Good day,

    the hearing about your report "{ $category }" in { $area } was held. It found:

    { $reason }

    { $proposal ->
        [close] It proposes to close the petition. That is decided in writing, and the decision will be sent to you.
       *[other] It proposes to go on working on it.
    }

    { $link }

letter-petition-closed-subject = The petition about your report was closed ({ $number })
letter-petition-closed-body =
    Good day,

    after the hearing { $closed_by } has closed the petition about your report "{ $category }" in { $area }. It still counts as not solved.

    The decision: { $reason }

    { $next ->
        [none] If you disagree, you can go to court.
       *[other] If you disagree, you can ask { $next } for a review until { $review_until }, or go to court.
    }
    A new report about the same place is taken in at any time.

    { $link }

letter-hearing-yours-subject = You preside over a hearing: case { $case } ({ $area })
letter-hearing-yours-body =
    Good day,

    you were asked to preside over a hearing about case { $case }, "{ $category }" in { $area }.

    When: { $hearing_at }
    Where: { $hearing_place }

    { $link }

letter-hearing-not-yours-subject = The hearing was cancelled: case { $case } ({ $area })
letter-hearing-not-yours-body =
    Good day,

    the hearing about case { $case }, "{ $category }" in { $area }, on { $hearing_at }, over which you were to preside, was cancelled.

    { $link }
