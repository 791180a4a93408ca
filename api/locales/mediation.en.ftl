# The mediation room
nav-mediations = Mediation
case-mediation = { $state ->
    [opened] In mediation
    [vacant] In mediation
    [agreed] Mediation: agreed
    [failed] Mediation failed
   *[withdrawn] Mediation withdrawn
}
case-mediation-link = Mediation room
case-mediation-open = Ask somebody to mediate
case-mediation-wait = This case is in mediation. Before that has come to an end it can neither be said to be solved, declined, ended nor joined into another, and its category stays private.
case-change-why-mediation = To the level above, so that nobody decides in his own matter
mediation-title = Mediation: { $category }
mediation-back = Back to the case
mediation-private = What is said here is private: the mediator's desk and the supervisor read it, all others know only that it is in mediation.
mediation-not-yours = This case is in mediation. What is said there is for the mediator's desk and the supervisor alone.
mediation-over-not-yours = The mediation has ended. What was said there is for the mediator's desk and the supervisor alone.
mediation-none = This case is not in mediation.
mediation-never = Only cases of a private category that are not about an official can be mediated.
mediation-leads = You can give it to another mediator or withdraw it; parties and what is said are not yours to read.
mediation-state = { $state ->
    [opened] in mediation
    [vacant] waits for another mediator
    [agreed] agreed
    [failed] failed
   *[withdrawn] withdrawn
}
mediation-outcome = { $outcome ->
    [court] To court
   *[lawyer] To a lawyer
}
mediation-agreed-next = Agreed is not solved: whoever owns the case sees that it is kept and says so, then it is re-checked.
mediation-vacant-do = The mediator had to withdraw and reads nothing of it any more. Somebody of { $area } or a level above has to name another one; all that was written is still there.
mediation-mediator = Mediator
mediation-mediator-none = nobody yet
mediation-opened = Begun
mediation-ended = Ended
mediation-case-state = The case
mediation-parties = Parties
mediation-parties-none = No party was taken down yet; an agreement needs two at least.
mediation-party = Party { $nth }
mediation-party-erased = Erased as the rules require
mediation-no-contact = No contact was left
mediation-look = Show names and contacts
mediation-look-noted = Every look is recorded.
mediation-looked = Your look was recorded.
mediation-sittings = Sittings
mediation-sittings-none = No sitting was planned yet.
mediation-sitting = Sitting { $nth }
mediation-sitting-to-come = to come
mediation-sitting-held = held
mediation-sitting-open = its time has passed: note what was said, or move it
mediation-line-mediator = { $before ->
    [none] Mediator: { $after }
   *[other] { $after ->
        [none] { $before } mediates no more
       *[other] From "{ $before }" to "{ $after }"
    }
}
mediation-line-sitting = { $at ->
    [none] Sitting { $nth }
   *[other] Sitting { $nth }: { $at }
}
mediation-next = Next step
mediation-next-none = There is nothing for you to do now.
mediation-agree-waits = An agreement needs two parties at least and a sitting that was held.
mediation-story = What happened
mediation-choose-mediator = Who is asked to mediate
mediation-no-mediator = There is no department or desk to ask: make one among the postings, for instance a mediation office, with somebody who works there.
mediation-mediator-hint = Everybody posted at that desk reads it, nobody else.
mediation-name = Name
mediation-contact = Contact
mediation-namesake = Bears the mediator's name and is somebody else
mediation-namesake-hint = Where a party bears a mediator's name, the mediator withdraws at once. Tick this if only the name is the same.
mediation-at = When
mediation-outcome-label = Where it goes
mediation-words = { $verb ->
    [mediation_held] What was said
    [mediation_agree] The agreement
    [mediation_fail] Why it failed
    [mediation_hand_over] Why another mediator
    [mediation_conflict] Why the mediator has to withdraw
    [mediation_withdraw] Why it is withdrawn
   *[other] A few words
}
mediation-words-hint = For the mediator's desk and the supervisor alone.
mediation-conflict-hint = From then on the present mediator reads nothing of it, and the level above names another one; all that was written stays.
mediation-done = Noted: { $step }
mediation-done-conflict = The mediator has withdrawn and reads nothing of it from now on. The level above names another one; all that was written is still there.
mediation-kept-words = What you wrote is kept here:
mediation-go-on = Go to "{ $step }", change it and send it again
mediations-title = Mediation
mediations-lead = What you mediate, what you supervise, and what waits for you to name a mediator; the next sitting first.
mediations-open = In mediation
mediations-over = Ended
mediations-empty = Nothing is in mediation. What you are asked to mediate will be here, the next sitting first.
mediations-over-empty = No mediation has ended yet.
mediations-what = Case
mediations-where = Area
mediations-state = How far
mediations-sitting = Next sitting
mediations-ended = Ended
mediations-no-sitting = none planned
mediations-as = { $relation ->
    [mediator] You mediate
    [lead] You have to name a mediator
   *[supervisor] You supervise
}
status-mediation = { $state ->
    [opened] Somebody is mediating. What is said there is not public.
    [agreed] The mediation has ended with an agreement; whether it is kept will be looked at.
    [failed] The mediation has ended without an agreement.
   *[withdrawn] The mediation has ended.
}
status-mediation-outcome = { $outcome ->
    [court] You can go to court.
   *[lawyer] A lawyer can help you.
}
