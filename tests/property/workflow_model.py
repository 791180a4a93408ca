"""The loop of a case as a model in plain Python: what each verb must do, and to whom it must be refused.

Reads ``grids.workflow`` and nothing of the database: the same rules written a second time, so that the two can be compared.
Deadlines are natural hours here; working time has its own proof.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from grids.workflow import BY_VERB, CLOSED, Step
from tests.small_county import YOUNG_SINCE, Posting, chain

# hours until solved; and of the stages: accept, dispatch, recheck
HOURS: Final[Mapping[str, Mapping[str, int]]] = {
    "dumping": {"solve": 72},
    "light": {"solve": 48, "accept": 4, "dispatch": 8, "recheck": 24},
    "dispute": {"solve": 168},
    "conduct": {"solve": 168},
    "sinkhole": {"solve": 20, "accept": 1},
}
PRIVATE: Final = {"dispute", "conduct"}
FAMILIES: Final = {"dumping": "waste", "light": "works", "sinkhole": "works", "dispute": "people", "conduct": "people"}
# The same where a case is more urgent than its category.
MORE_URGENT: Final[Mapping[tuple[str, str], Mapping[str, int]]] = {
    ("light", "urgent"): {"solve": 24},
    ("light", "emergency"): {"solve": 6, "accept": 1, "dispatch": 2},
    ("dumping", "emergency"): {"accept": 1},
}
# How urgent its cases are at first; "normal" where nothing is said.
OWN_URGENCY: Final = {"sinkhole": "urgent"}
# A category that is younger than many cases.
SINCE: Final = {"sinkhole": YOUNG_SINCE}
# What only the township and those above it may handle.
AUTHORITY: Final = {"sinkhole": "township"}
_PLACES: Final = {"county": 0, "township": 1, "village": 2, "grid": 3}
_LEVEL_OF: Final = {2: "county", 4: "township", 6: "village", 9: "grid"}
URGENCIES: Final = ("normal", "urgent", "emergency")
_STAGES: Final = {"received": "accept", "accepted": "dispatch", "claimed_solved": "recheck"}
SILENCE: Final = timedelta(days=7)
COMES_AGAIN_WITHIN: Final = timedelta(days=30)
# Whoever did one of these has neither handled nor directed a case.
UNINVOLVED: Final = {"receive", "note", "look", "pass_recheck", "fail_recheck", "release", "withhold", "withdraw"}


@dataclass(frozen=True)
class Actor:
    """Who takes a step: a log-in, or the holder of a report's key, or the service; all empty: a visitor."""

    login: str | None = None
    report: str | None = None
    service: bool = False


@dataclass(frozen=True)
class Owner:
    """Who must act; ``posting`` None: the area itself, where nobody is posted."""

    area: str
    role: str
    posting: int | None


@dataclass(frozen=True)
class Told:
    """A report: when it came, from where, and as what."""

    at: datetime
    chain: tuple[str, ...]
    category: str


@dataclass
class Case:
    """A case as it must be."""

    id: int
    category: str
    chain: tuple[str, ...]
    owner: Owner
    received_at: datetime
    due_at: datetime
    reports: dict[str, Told]
    hazard: bool = False
    recurring: bool = False
    recheck_above: bool = False
    about_official: bool = False
    urgency: str = "normal"
    state: str = "received"
    version: int = 1
    stage_due_at: datetime | None = None
    reopened: int = 0
    returned: int = 0
    recheck: frozenset[str] = frozenset()
    confirmed: bool | None = None
    evaluation: str | None = None
    asked_until: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    stage_paused: datetime | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: int | None = None
    promised_at: datetime | None = None
    kin: set[int] = field(default_factory=set)
    came_up: Counter[str] = field(default_factory=Counter)
    said: dict[str | None, str] = field(default_factory=dict)
    rung: set[tuple[str, ...]] = field(default_factory=set)
    lines: list[tuple[str, str | None]] = field(default_factory=lambda: [("receive", None)])

    def hours(self, stage: str) -> timedelta | None:
        """Answer how long a stage may take; None: it has no deadline."""
        base = HOURS[self.category].get(stage)
        hours = MORE_URGENT.get((self.category, self.urgency), {}).get(stage, base)
        return timedelta(hours=hours) if hours else None

    def unsolved(self, now: datetime) -> bool:
        """Whether the figures call it unsolved, were it not merged into another."""
        if self.closed_at is None:
            return min(self.due_at, self.promised_at or self.due_at) < now or self.reopened > 0
        return self.confirmed is not True


@dataclass(frozen=True)
class Asked:
    """A step as somebody asks for it."""

    case_id: int
    actor: Actor
    verb: str
    version: int
    words: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class World:
    """All cases, all postings, and the share of claims that is re-checked at random (0 or 1)."""

    def __init__(self, postings: Mapping[int, Posting], now: datetime, *, all_sampled: bool) -> None:
        self.postings = postings
        self.now = now
        self.all_sampled = all_sampled
        self.cases: dict[int, Case] = {}
        # Reports of which their reporters said that they are the same as another case.
        self.joined: set[str] = set()
        self._of: dict[str | None, list[Posting]] = {}
        for posting in postings.values():
            self._of.setdefault(posting.person, []).append(posting)

    def unsolved(self, case: Case) -> bool:
        """Whether the figures call a case unsolved; one that was merged is what the other one is."""
        while case.merged_into is not None:
            case = self.cases[case.merged_into]
        return case.unsolved(self.now)

    def held(self) -> Iterable[tuple[int, Posting]]:
        """Answer the postings of the present instant."""
        return ((n, p) for n, p in self.postings.items() if self._in_force(p))

    def _in_force(self, posting: Posting) -> bool:
        return posting.since <= self.now and (posting.until is None or self.now < posting.until)

    def desk_of(self, area: str) -> Owner | None:
        """Answer the desk of an area as an owner."""
        return next((Owner(area, "desk", n) for n, p in self.held() if p.area == area and p.role == "desk"), None)

    def answers_for(self, line: tuple[str, ...], *, below: bool = True) -> Owner:
        """Answer who owns what was found in an area: head, deputy, the next desk up, in the end the topmost area itself."""
        for role in ("head", "deputy") if below else ():
            for n, p in sorted(self.held()):
                if p.area == line[-1] and p.role == role and len(line) == 4:
                    return Owner(p.area, role, n)
        return next(filter(None, (self.desk_of(code) for code in reversed(line))), Owner(line[0], "desk", None))

    def relations(self, case: Case, actor: Actor) -> set[str]:
        """Answer what an actor is to a case."""
        if actor.service:
            return {"service"}
        found = {"reporter"} if actor.report in case.reports else set()
        mine = [p for p in self._of.get(actor.login, ()) if actor.login and self._in_force(p)]
        for posting in mine:
            found |= self._by(posting, case)
        if "owner" in found:
            found.discard("above")
        directs = any(p.role in ("desk", "dispatcher", "supervisor") and self._looks_again(p, case) for p in mine)
        involved = "owner" in found or actor.login in self.involved(case)
        if directs and case.state == "claimed_solved" and not involved:
            found.add("uninvolved")
        return found

    def _looks_again(self, posting: Posting, case: Case) -> bool:
        """Whether the area of a posting is one whose directors re-check a case."""
        if posting.area not in case.chain:
            return False
        its = case.chain.index(case.owner.area) if case.owner.area in case.chain else len(case.chain)
        return not case.recheck_above or its == 0 or case.chain.index(posting.area) < its

    def _by(self, posting: Posting, case: Case) -> set[str]:
        owner = case.owner
        found: set[str] = set()
        if self._works_for(owner, posting):
            found.add("owner")
        if posting.area not in case.chain:
            return found
        if posting.role in ("supervisor", "clerk"):
            found.add(posting.role)
        mine = case.chain.index(posting.area)
        its = case.chain.index(owner.area) if owner.area in case.chain else len(case.chain)
        # What went up is directed from there on, unless nobody is there.
        if posting.role in ("desk", "dispatcher") and (
            mine <= its or not any(self._works_for(owner, p) for _, p in self.held())
        ):
            found.add("dispatcher")
        level = posting.role == "supervisor" or owner.role == "department"
        if posting.role in ("desk", "dispatcher", "supervisor") and (mine < its or (mine == its and level)):
            found.add("above")
        return found

    def _works_for(self, owner: Owner, posting: Posting) -> bool:
        works = {"desk": ("desk", "dispatcher"), "department": ("handler",)}.get(
            owner.role, ("head", "deputy", "member")
        )
        department = self.postings[owner.posting].desk if owner.role == "department" and owner.posting else None
        return (
            posting.area == owner.area
            and posting.role in works
            and bool(posting.person)
            and (owner.role != "department" or posting.desk == department)
        )

    def reads(self, case: Case, actor: Actor) -> bool:
        """Whether somebody may read a case that he has no part in."""
        mine = [p for p in self._of.get(actor.login, ()) if actor.login and self._in_force(p)]
        # What a department owns is its handlers' and not the area's where it sits.
        return any(p.area in case.chain and p.role not in ("planner", "handler") for p in mine) or any(
            case.owner.role != "department"
            and case.owner.area not in case.chain
            and p.area == case.owner.area
            and p.role in ("head", "deputy", "member", "desk", "dispatcher")
            for p in mine
        )

    def involved(self, case: Case) -> set[str | None]:
        """Answer who handled or directed a case, or one of those it was made of."""
        found, waiting = set(), [case.id]
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting.extend(self.cases[number].kin)
        return {who for n in found for verb, who in self.cases[n].lines if verb not in UNINVOLVED and who}

    def refusal(self, asked: Asked) -> str | None:
        """Answer the code by which a step must be refused, or None."""
        case = self.cases.get(asked.case_id)
        relations = self.relations(case, asked.actor) if case else set()
        if case is None or not (relations or self.reads(case, asked.actor)):
            return "case_not_found"
        if case.version != asked.version:
            return "stale_version"
        step = BY_VERB.get(asked.verb)
        if step is None or case.state not in step.sources:
            return "step_not_allowed"
        says_solved = asked.verb == "confirm" or (asked.verb == "evaluate" and asked.data.get("rating") == "solved")
        if says_solved and asked.actor.report in self.joined:
            relations = relations - {"reporter"}
        if not relations.intersection(step.who):
            return "step_for_others"
        if any(not self._there(need, case, step, asked) for need in step.needs):
            return "step_incomplete"
        return None

    def ready(self, case: Case, step: Step, actor: Actor) -> bool:
        """Whether a case is so that a step may be taken; what else it needs is said with it."""
        asked = Asked(case.id, actor, step.verb, case.version)
        of_the_case = ("asked", "silence", "first_word", "higher", "authority")
        return all(self._there(need, case, step, asked) for need in step.needs if need in of_the_case)

    def _there(self, need: str, case: Case, step: Step, asked: Asked) -> bool:
        data = asked.data
        checks: dict[str, Callable[[], bool]] = {
            # The service shows the report by which it came again, and needs none.
            "words": lambda: bool(asked.words) or (asked.actor.service and self._came_again(case, data.get("again"))),
            "higher": lambda: (case.owner.area, case.owner.role) != (case.chain[0], "desk"),
            "owner": lambda: self._may_own(case, data.get("owner", {}).get("posting_id")),
            "until": lambda: (
                "until" in data and data["until"] > (self.now if step.verb == "pause" else max(self.now, case.due_at))
            ),
            "asked": lambda: case.asked_until is not None,
            "silence": lambda: (
                case.claimed_at is not None and case.claimed_at <= self.now - SILENCE and not case.recheck
            ),
            # Nobody is asked for a part here; tests/failure/test_joint_races.py has those.
            "parts": lambda: True,
            "authority": lambda: not self.beyond(case, case.owner.area),
            "level": lambda: not self.beyond(case, self.postings[data["owner"]["posting_id"]].area),
            "loop": lambda: not self._goes_round(case, self.postings[data["owner"]["posting_id"]].area),
            "first_word": lambda: asked.actor.report not in case.said,
            "rating": lambda: data.get("rating") in ("solved", "partly", "not"),
            "body": lambda: bool(data.get("body")),
            "into": lambda: self._may_go_into(case, step, asked),
            "report": lambda: len(case.reports) > 1 and data.get("report") in case.reports,
            "urgency": lambda: data.get("urgency") in URGENCIES and data["urgency"] != case.urgency,
            # What is about an official was filed past him; no change of category takes it there or back.
            "category": lambda: (
                data.get("category") in HOURS
                and SINCE.get(data["category"], self.now) <= self.now
                and (data["category"] == "conduct") == case.about_official
            ),
        }
        return checks[need]()

    def _place(self, case: Case, area: str) -> int:
        """How low in the chain of a case an area stands; one from outside stands where its level does."""
        return case.chain.index(area) if area in case.chain else _PLACES[_LEVEL_OF[len(area)]]

    def beyond(self, case: Case, area: str) -> bool:
        """Whether a case is more than an area's level may handle."""
        return case.category in AUTHORITY and self._place(case, area) > _PLACES[AUTHORITY[case.category]]

    def _goes_round(self, case: Case, area: str) -> bool:
        return self._place(case, area) > self._place(case, case.owner.area) and case.came_up[area] >= 2

    def _came_again(self, case: Case, report: str | None) -> bool:
        told = self.told().get(report or "")
        return (
            case.state == "closed"
            and case.closed_at is not None
            and told is not None
            and case.closed_at <= told.at <= case.closed_at + COMES_AGAIN_WITHIN
        )

    def told(self) -> dict[str, Told]:
        """Answer every report by its number."""
        return {number: told for case in self.cases.values() for number, told in case.reports.items()}

    def _may_own(self, case: Case, number: int | None) -> bool:
        posting = dict(self.held()).get(number or 0)
        if posting is None or posting.role not in ("head", "deputy", "desk", "department"):
            return False
        inside = posting.area in case.chain
        if case.about_official:
            return inside and posting.role in ("desk", "department")
        return inside or bool(set(chain(posting.area)) & set(case.chain[1:]))

    def _may_go_into(self, case: Case, step: Step, asked: Asked) -> bool:
        into = self.cases.get(asked.data.get("into", 0))
        return (
            into is not None
            and into.id != case.id
            and into.state in BY_VERB["merge"].sources
            and into.chain[:2][-1] == case.chain[:2][-1]
            and len(into.chain[:2]) == len(case.chain[:2])
            and (into.category in PRIVATE) == (case.category in PRIVATE)
            and into.about_official == case.about_official
            and (
                asked.actor.service or self._is_akin(case, into)
                if step.verb == "join"
                else bool(self.relations(into, replace(asked.actor, report=None)).intersection(step.who))
            )
        )

    def _is_akin(self, case: Case, into: Case) -> bool:
        """Whether anybody could be shown a case as the same as his; none has a pin here, so it is filed where his is."""
        return (
            case.version == 1
            and FAMILIES[into.category] == FAMILIES[case.category]
            and into.category not in PRIVATE
            and into.chain == case.chain
        )

    def one_up(self, case: Case, levels: int) -> Owner:
        """Answer the desk that takes a case over from below."""
        place = case.chain.index(case.owner.area) if case.owner.area in case.chain else len(case.chain)
        place -= levels - 1 if case.owner.role == "department" else levels
        return self.answers_for(case.chain[: max(place, -1) + 1], below=False) if place >= 0 else self._topmost(case)

    def _topmost(self, case: Case) -> Owner:
        return self.desk_of(case.chain[0]) or Owner(case.chain[0], "desk", None)

    def take(self, asked: Asked, other: int | None = None) -> list[Case]:
        """Take a step that is not refused; ``other``: the number of the case that a split makes.  Answers what changed."""
        case = self.cases[asked.case_id]
        step = BY_VERB[asked.verb]
        stood, due_at = (case.state, case.owner), case.due_at
        case.state = step.target or case.state
        left = case.stage_paused + self._stood(case) if asked.verb == "resume" and case.stage_paused else None
        if asked.verb in ("confirm", "evaluate"):
            case.said[asked.actor.report] = asked.data["rating"] if asked.verb == "evaluate" else "solved"
        getattr(self, f"_{asked.verb}", lambda *_: None)(case, asked.data)
        if case.due_at > due_at:
            case.promised_at = min(case.promised_at or due_at, due_at)
        if case.owner != stood[1]:
            case.asked_until = None
        if (case.state, case.owner) != stood:
            self._begin_stage(case)
        case.stage_due_at = left or case.stage_due_at
        case.stage_paused = case.stage_paused if case.state == "paused" else None
        case.version += 1
        case.lines.append((asked.verb, asked.actor.login))
        if asked.verb == "split" and other is not None:
            return [case, self._split_off(case, asked, other)]
        if asked.verb == "join":
            self.joined |= set(case.reports)
        if asked.verb in ("merge", "join"):
            return [case, self._merge_in(case, asked)]
        return [case]

    def ring(self, case: Case, deeds: tuple[str, ...]) -> None:
        """Let a rule on places ring that does these things; once for a case, and not where it is closed."""
        if case.state in CLOSED or deeds in case.rung:
            return
        case.rung.add(deeds)
        if case.state == "paused" and {"urgent", "up", "township"} & set(deeds):
            self.take(Asked(case.id, Actor(service=True), "resume", case.version))
        case.recurring |= "recurring" in deeds
        case.hazard |= "hazard" in deeds
        case.recheck_above |= "recheck_above" in deeds
        if "urgent" in deeds and case.urgency == "normal":
            case.urgency = "urgent"
            self._hasten(case, "normal")
        if case.state == "claimed_solved":
            flags = {"recurring": case.recurring, "hazard": case.hazard, "above": case.recheck_above}
            case.recheck |= {name for name, is_so in flags.items() if is_so}
        elif case.owner.role != "department" and case.urgency != "emergency":
            self._move_up(case, deeds)
        case.version += 1
        case.lines.append(("alarm", None))

    def _move_up(self, case: Case, deeds: tuple[str, ...]) -> None:
        owners = [self.one_up(case, 1)] if "up" in deeds else []
        owners += [self.answers_for(case.chain[:2], below=False)] if "township" in deeds else []
        if not owners:
            return
        owner = min(owners, key=lambda one: case.chain.index(one.area))
        its = case.chain.index(case.owner.area) if case.owner.area in case.chain else len(case.chain)
        if case.chain.index(owner.area) < its:
            case.owner, case.asked_until = owner, None
            if case.state != "received":
                case.state = "accepted"
                self._begin_stage(case)

    def _stood(self, case: Case) -> timedelta:
        return min(self.now, case.paused_until or self.now) - (case.paused_at or self.now)

    def _begin_stage(self, case: Case) -> None:
        within = case.hours(_STAGES.get(case.state, ""))
        case.stage_due_at = self.now + within if within else None

    def _dispatch(self, case: Case, data: Mapping[str, Any]) -> None:
        number = data["owner"]["posting_id"]
        posting = self.postings[number]
        case.owner = Owner(posting.area, posting.role, number)

    def _return(self, case: Case, _: Mapping[str, Any]) -> None:
        case.owner = self.one_up(case, 2 if case.returned >= 2 else 1)
        case.returned += 1

    def _escalate(self, case: Case, _: Mapping[str, Any]) -> None:
        levels = 1
        if case.category in AUTHORITY:
            its = case.chain.index(case.owner.area) if case.owner.area in case.chain else len(case.chain)
            levels = its - _PLACES[AUTHORITY[case.category]] + (case.owner.role == "department")
        before, case.owner = case.owner, self.one_up(case, max(1, levels))
        case.came_up[before.area] += case.owner.area != before.area

    def sent_up(self) -> list[Case]:
        """Let the service send up what its level may not handle; answers what went."""
        gone = [
            case
            for case in self.cases.values()
            if case.state in ("received", *BY_VERB["escalate"].sources)
            and self.beyond(case, case.owner.area)
            and (case.owner.area, case.owner.role) != (case.chain[0], "desk")
        ]
        for case in gone:
            self._escalate(case, {})
            case.state = "received" if case.state == "received" else "accepted"
            case.asked_until = None
            case.version += 1
            case.lines.append(("escalate", None))
            self._begin_stage(case)
        return gone

    def _ask_extension(self, case: Case, data: Mapping[str, Any]) -> None:
        case.asked_until = data["until"]

    def _approve_extension(self, case: Case, _: Mapping[str, Any]) -> None:
        case.due_at, case.asked_until = max(case.due_at, case.asked_until or case.due_at), None

    def _refuse_extension(self, case: Case, _: Mapping[str, Any]) -> None:
        case.asked_until = None

    def _pause(self, case: Case, data: Mapping[str, Any]) -> None:
        case.paused_at, case.paused_until, case.stage_paused = self.now, data["until"], case.stage_due_at

    def _resume(self, case: Case, _: Mapping[str, Any]) -> None:
        # A pause ends when it was to end, also where nobody saw it.
        case.due_at += self._stood(case)
        case.paused_at = case.paused_until = None

    def _claim(self, case: Case, _: Mapping[str, Any]) -> None:
        case.claimed_at, case.said = self.now, {}
        why = {"recurring": case.recurring, "hazard": case.hazard, "reopened": case.reopened > 0}
        why["above"] = case.recheck_above
        why["sampled"] = self.all_sampled or "sampled" in case.recheck
        case.recheck = frozenset(name for name, is_so in why.items() if is_so)

    def _confirm(self, case: Case, _: Mapping[str, Any]) -> None:
        case.evaluation = "solved"
        if case.recheck:
            case.state = "claimed_solved"
        else:
            case.confirmed, case.closed_at = True, self.now

    def _pass_recheck(self, case: Case, _: Mapping[str, Any]) -> None:
        case.confirmed, case.closed_at = True, self.now

    def _fail_recheck(self, case: Case, _: Mapping[str, Any]) -> None:
        case.claimed_at = None

    def _lapse(self, case: Case, _: Mapping[str, Any]) -> None:
        case.confirmed, case.closed_at = False, self.now

    def _reopen(self, case: Case, _: Mapping[str, Any], evaluation: str | None = None) -> None:
        case.owner = self.one_up(case, 1)
        case.reopened += 1
        case.evaluation = evaluation
        case.closed_at = case.confirmed = case.claimed_at = None
        case.due_at = self.now + self._to_solve(case)

    def _deny(self, case: Case, data: Mapping[str, Any]) -> None:
        self._reopen(case, data, "not")

    def _evaluate(self, case: Case, _: Mapping[str, Any]) -> None:
        case.evaluation = min(case.said.values(), key=("not", "partly", "solved").index)
        ended = [verb for verb, _ in case.lines if verb in ("confirm", "pass_recheck", "lapse")]
        if ended[-1] == "lapse":
            case.confirmed = case.evaluation == "solved"

    def _decline(self, case: Case, _: Mapping[str, Any]) -> None:
        case.closed_at, case.paused_at, case.paused_until = self.now, None, None

    _will_not_do = _decline

    def _merge(self, case: Case, data: Mapping[str, Any]) -> None:
        case.closed_at, case.merged_into = self.now, data["into"]

    _join = _merge

    def _recategorise(self, case: Case, data: Mapping[str, Any]) -> None:
        before = case.urgency
        said = before != OWN_URGENCY.get(case.category, "normal")
        case.category = data["category"]
        case.urgency = before if said else OWN_URGENCY.get(case.category, "normal")
        self._hasten(case, before)

    def _set_urgency(self, case: Case, data: Mapping[str, Any]) -> None:
        before, case.urgency = case.urgency, data["urgency"]
        self._hasten(case, before)

    def _hasten(self, case: Case, before: str) -> None:
        if URGENCIES.index(case.urgency) <= URGENCIES.index(before):
            return
        case.due_at = min(case.due_at, self.now + self._to_solve(case))
        within = case.hours(_STAGES.get(case.state, ""))
        if within:
            case.stage_due_at = min(case.stage_due_at or self.now + within, self.now + within)

    def _to_solve(self, case: Case) -> timedelta:
        return case.hours("solve") or timedelta.max

    def _split_off(self, case: Case, asked: Asked, number: int) -> Case:
        report = asked.data["report"]
        told = case.reports.pop(report)
        self.joined.discard(report)
        own = OWN_URGENCY.get(case.category, "normal")
        solve = min(timedelta(hours=HOURS[category]["solve"]) for category in (case.category, told.category))
        new = replace(
            case,
            id=number,
            state="received",
            version=1,
            urgency=own,
            chain=told.chain,
            reports={report: told},
            received_at=told.at,
            due_at=told.at + solve,
            asked_until=None,
            promised_at=None,
            kin={case.id},
            came_up=Counter(),
            rung=set(case.rung),
            lines=[("split_off", asked.actor.login)],
        )
        self._begin_stage(new)
        new.urgency = case.urgency
        self._hasten(new, own)
        self.cases[number] = new
        return new

    def _merge_in(self, case: Case, asked: Asked) -> Case:
        into = self.cases[asked.data["into"]]
        into.reports |= case.reports
        case.reports = {}
        into.kin.add(case.id)
        into.version += 1
        before, into.urgency = into.urgency, max(into.urgency, case.urgency, key=URGENCIES.index)
        self._hasten(into, before)
        into.hazard |= case.hazard
        into.recurring |= case.recurring
        into.recheck_above |= case.recheck_above
        into.recheck |= case.recheck
        into.reopened = max(into.reopened, case.reopened)
        into.returned = max(into.returned, case.returned)
        into.received_at = min(into.received_at, case.received_at)
        into.due_at = min(into.due_at, case.due_at)
        if into.promised_at or case.promised_at:
            into.promised_at = min(filter(None, (into.promised_at, case.promised_at, into.due_at)))
        into.lines.append(("merge_in", asked.actor.login))
        return into


def broken_rules(world: World) -> list[str]:
    """Answer every rule that a case breaks; none is what must come out."""
    broken = []
    for case in world.cases.values():
        claims = {verb for verb, _ in case.lines}
        rules = {
            "closed_at stands exactly in the closed states": (case.state in CLOSED) == (case.closed_at is not None),
            "confirmed by a reporter or a re-check": case.confirmed is not True
            or bool(claims & {"confirm", "pass_recheck", "evaluate"}),
            "a compulsory re-check was passed": not (case.state == "closed" and case.recheck and case.confirmed)
            or "pass_recheck" in claims,
            "what needs a re-check does not lapse": not (case.state == "closed" and case.recheck)
            or case.confirmed is True,
            "every step is one version": case.version == len(case.lines),
            "only a paused case is paused": (case.state == "paused") == (case.paused_at is not None),
            "merged names its case": (case.state == "merged") == (case.merged_into is not None),
            "a report is in one case": sum(not set(c.reports).isdisjoint(case.reports) for c in world.cases.values())
            <= 1,
        }
        broken += [f"case {case.id}: {name}" for name, holds in rules.items() if not holds]
    return broken
