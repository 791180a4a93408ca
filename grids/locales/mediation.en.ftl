# Steps of a mediation, and its letters
verb-mediation_open = In mediation
verb-mediation_party = A party was taken down
verb-mediation_sitting = A sitting was planned
verb-mediation_move = A sitting was moved
verb-mediation_held = A sitting was held
verb-mediation_agree = The parties agreed
verb-mediation_fail = The mediation failed
verb-mediation_hand_over = Another mediator
verb-mediation_conflict = The mediator withdrew
verb-mediation_withdraw = The mediation was withdrawn
step-mediation_open = Ask somebody to mediate
step-mediation_party = Take down a party
step-mediation_sitting = Plan a sitting
step-mediation_move = Move it
step-mediation_held = Note what was said
step-mediation_agree = They agreed
step-mediation_fail = It failed
step-mediation_hand_over = Give it to another mediator
step-mediation_conflict = The mediator has to withdraw
step-mediation_withdraw = Withdraw the mediation
list-verb-mediation_open = into mediation
list-verb-mediation_party = party taken down
list-verb-mediation_sitting = sitting planned
list-verb-mediation_move = sitting moved
list-verb-mediation_held = sitting held
list-verb-mediation_agree = agreed
list-verb-mediation_fail = mediation failed
list-verb-mediation_hand_over = another mediator
list-verb-mediation_conflict = mediator withdrew
list-verb-mediation_withdraw = mediation withdrawn

letter-mediator-subject = You are asked to mediate: case { $case } ({ $area })
letter-mediator-body =
    Good day,

    you are asked to mediate in case { $case }, "{ $category }" in { $area }. Parties, sittings and the agreement are kept in the mediation room, which your desk and the supervisor alone can read. If the matter concerns yourself, say there that you withdraw.

    { $link }

letter-mediation-vacant-subject = Please name another mediator: case { $case } ({ $area })
letter-mediation-vacant-body =
    Good day,

    the mediator of case { $case }, "{ $category }" in { $area }, had to withdraw. Please name another one; all that was written is still there.

    { $link }

letter-mediating-subject = Your report is in mediation ({ $number })
letter-mediating-body =
    Good day,

    somebody was asked to mediate about your report "{ $category }" in { $area }. What is said there is not public.

    See what happens:
    { $link }

letter-mediated-subject = The mediation about your report has ended ({ $number })
letter-mediated-body =
    Good day,

    the mediation about your report "{ $category }" in { $area } has ended. How it ended is here:

    { $link }

