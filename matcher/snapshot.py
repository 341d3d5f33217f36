"""The only bridge between the tables and the solver: a roster's day as a Problem, and a Plan back into the tables.

Everything is put in order by the office's own numbers, so that the same files give the same problem in any database.
Ticks are minutes since the midnight at which the roster's day begins, on the area's own clock.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import and_, delete, exists, insert, or_, update
from sqlmodel import Session, col, select

from matcher import areas, availability, runs, streets, visits
from matcher.errors import HardBreachError, InvalidError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.people import Crew, Helper, HelperSkill, Resident, Volunteer
from matcher.tables.requests import Barring, Lending, Pairing, Purse, Request, Visit
from matcher.tables.rosters import Assignment, Pin, Roster, Run, Unassigned
from matcher.tables.services import Service, ServiceSkill, Skill
from matcher.types import HelperKind, Mode, ProvidedBy, RosterState, RunState, Tier
from solver import judge
from solver import problem as asked
from solver.explain import Explainer, Reasons
from solver.plan import Breach, Plan
from solver.problem import Problem, Weights

CIRCLE = 10
"""Minutes on foot: the ten-minute circle, within which whoever walks is sent."""
LEAVING = 10
"""Points of leaving a visit for each point of its request's priority: nobody is left unserved for the sake of a fee or
a walk. An ordinary visit (100) left weighs as much as 1,000 minutes on the way."""
WEIGHTS = Weights(travel=1, fee=1, known=10, gender=15, fairness=2, stability=30)
"""What a minute on the way, a yuan, a stranger at the door, a wish passed over, a point of burden beyond the fair share
and a change of what was published weigh."""
DAY = 24 * 60
NO_WINDOW = "{visit} takes {length_minutes} minutes, and none of its windows is that long."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A roster's day as the solver sees it, and how to find the way back."""

    problem: Problem
    roster_id: str
    version: int
    start: datetime
    """The moment of tick 0."""
    visit_ids: tuple[str, ...]
    """By the visits' index in the problem."""
    helper_ids: tuple[str, ...]
    names: Mapping[str, str]
    """What people call the helpers and visits, by id."""
    left_out: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Visits that no plan can hold, with the reason as it is stored."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be stored of a plan beside its assignments."""

    cost: int
    measures: Mapping[str, Any]
    reasons: Mapping[str, Mapping[str, Any]]
    """By the id of each visit that the plan leaves."""


def problem(session: Session, roster_id: str, weights: Mapping[str, int] | None = None) -> Snapshot:
    """The roster's day. `weights` replace the default points.

    UnknownError: no such roster. InvalidError: no streets were imported, or there is no such weight.
    """
    return _Day(session, one(session, Roster, roster_id, "roster")).snapshot(_weights(weights or {}))


def _weights(wishes: Mapping[str, int]) -> Weights:
    known = {weight.name for weight in fields(Weights)}
    for name, points in wishes.items():
        if name not in known or type(points) is not int or not 0 <= points <= asked.MOST_POINTS:
            raise InvalidError(
                f"The weight {name} cannot be {points}.", cure="Give whole points from 0 up.", field="weights"
            )
    return replace(WEIGHTS, **wishes)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One visit with all that it hangs on."""

    visit: Visit
    request: Request
    resident: Resident
    service: Service


class _Day:
    """The rows of one roster's day, read once, and the problem's parts made of them."""

    def __init__(self, session: Session, roster: Roster) -> None:
        self.session, self.roster = session, roster
        self.area = areas.get(session, roster.area_id)
        self.zone: ZoneInfo = areas.zone(self.area)
        self.start = datetime.combine(roster.day, time(), self.zone).astimezone(UTC)
        self.inside = areas.subtree(session, roster.area_id)
        self.network = streets.stored(session)
        self.lendings = list(session.exec(select(Lending).where(col(Lending.borrower_id).in_(self.inside))))
        self.pins = list(session.exec(select(Pin).where(Pin.roster_id == roster.id).order_by(Pin.visit_id)))
        self.wanted, self.left_out = self._wanted()
        self.helpers, self.shifts = self._helpers()
        self.visit_at = {wanted.visit.id: number for number, wanted in enumerate(self.wanted)}
        self.helper_at = {helper.id: number for number, helper in enumerate(self.helpers)}
        self.community_at = self._communities()
        self.skills, self.needs, self.servers = self._skills_of(), self._needs(), self._servers()

    def snapshot(self, weights: Weights) -> Snapshot:
        helper_places, visit_places, travel, modes = self._places()
        purses, purse_at = self._purses()
        made = tuple(
            self._visit(number, visit_places[number], purse_at, bonds) for number, bonds in enumerate(self._bonds())
        )
        sent = tuple(self._helper(number, helper_places[number], modes) for number in range(len(self.helpers)))
        day = Problem(
            helpers=sent,
            visits=made,
            travel=travel,
            links=self._links(),
            pins=self._pins(),
            purses=purses,
            communities=tuple(self.community_at),
            lendings=self._lendings(),
            published=self._published(),
            weights=weights,
            fair_share=_fair_share(sent, made),
        )
        names = {helper.id: helper.name for helper in self.helpers}
        names |= {wanted.visit.id: _title(wanted) for wanted in self.wanted}
        return Snapshot(
            problem=day,
            roster_id=self.roster.id,
            version=self.roster.version,
            start=self.start,
            visit_ids=tuple(visit.key for visit in made),
            helper_ids=tuple(helper.key for helper in sent),
            names=names,
            left_out=self.left_out,
        )

    # what is there

    def _wanted(self) -> tuple[list[_Wanted], dict[str, Mapping[str, Any]]]:
        """The day's visits in order of their requests' numbers; apart from them those that fit no window."""
        found = visits.of_day(self.session, self.roster.day, self.inside)
        residents = {row.id: row for row in self._rows(Resident, [request.resident_id for _, request in found])}
        services = {row.id: row for row in self.session.exec(select(Service))}
        wanted = [
            _Wanted(visit, request, residents[request.resident_id], services[request.service_id])
            for visit, request in found
        ]
        wanted.sort(key=lambda one: (one.request.number or "~", one.visit.id))
        left_out: dict[str, Mapping[str, Any]] = {}
        for one_wanted in wanted:
            visit = one_wanted.visit
            if not _windows(visit):
                values = {"visit": visit.id, "length_minutes": visit.minutes}
                left_out[visit.id] = _told(NO_WINDOW, values, {visit.id: _title(one_wanted)})
        return [one_wanted for one_wanted in wanted if one_wanted.visit.id not in left_out], left_out

    def _rows(self, table: Any, ids: Sequence[str]) -> list[Any]:
        """The rows with these ids, asked for in parts that every database takes."""
        unique = sorted(set(ids))
        return [
            row
            for begin in range(0, len(unique), 500)
            for row in self.session.exec(select(table).where(col(table.id).in_(unique[begin : begin + 500])))
        ]

    def _helpers(self) -> tuple[list[Helper], dict[str, list[availability.Span]]]:
        """Who could serve here today, in order of number: of the area itself, crews of the tiers around it, and
        helpers of communities that lend some; whoever is pinned stays, there or not."""
        around = areas.enclosing(self.session, self.roster.area_id)
        lenders = [lending.lender_id for lending in self.lendings if lending.most]
        pinned = [helper for pin in self.pins for helper in pin.helper_ids]
        here = or_(
            col(Helper.area_id).in_([*self.inside, *lenders]),
            and_(col(Helper.kind) == HelperKind.CREW, col(Helper.area_id).in_(around)),
        )
        found = self.session.exec(
            select(Helper).where(or_(and_(col(Helper.is_active), here), col(Helper.id).in_(pinned)))
        )
        numbers = dict(self.session.exec(select(Volunteer.helper_id, Volunteer.number)).all())
        numbers |= dict(self.session.exec(select(Crew.helper_id, Crew.number)).all())
        helpers = sorted(found, key=lambda helper: (numbers.get(helper.id) or "~", helper.id))
        shifts = self._free([helper.id for helper in helpers])
        return [helper for helper in helpers if helper.id in shifts or helper.id in pinned], shifts

    def _free(self, helper_ids: Sequence[str]) -> dict[str, list[availability.Span]]:
        """Shifts without what other published rosters of the day have promised already."""
        found = availability.shifts(self.session, helper_ids, self.roster.day, self.zone)
        busy: dict[str, list[availability.Span]] = defaultdict(list)
        elsewhere = (
            select(Assignment)
            .join(Roster, col(Assignment.roster_id) == col(Roster.id))
            .where(Roster.day == self.roster.day, Roster.id != self.roster.id, Roster.state == RosterState.PUBLISHED)
        )
        for row in self.session.exec(elsewhere):
            busy[row.helper_id].append((row.start_at, row.end_at))
        for helper_id in busy.keys() & found.keys():
            left = availability.without(found[helper_id], busy[helper_id])
            found[helper_id] = [span for span in left if span[1] - span[0] >= availability.SHORTEST]
        return {helper_id: spans for helper_id, spans in found.items() if spans}

    def _communities(self) -> dict[str, int]:
        """The communities that visits and helpers lie in, numbered in order of the office's numbers."""
        named = {wanted.resident.area_id for wanted in self.wanted} | {helper.area_id for helper in self.helpers}
        named |= {area_id for lending in self.lendings for area_id in (lending.lender_id, lending.borrower_id)}
        everything = [area for area in areas.everything(self.session) if area.tier == Tier.COMMUNITY]
        return {area.id: number for number, area in enumerate(area for area in everything if area.id in named)}

    # places and travel

    def _places(self) -> tuple[list[int], list[int], tuple[asked.Travel, ...], dict[str, int]]:
        """The place of each helper and of each visit, and travel between places by each mode that somebody uses.

        A place is a crossing and the way from the door to it; neighbours share one.
        """
        doors = [(helper.latitude, helper.longitude) for helper in self.helpers]
        doors += [(wanted.resident.latitude, wanted.resident.longitude) for wanted in self.wanted]
        crossings, approach = streets.snap(self.network, doors)
        places, place_of = np.unique(np.stack([crossings, approach], axis=1), axis=0, return_inverse=True)
        between = streets.metres(self.network, places[:, 0], places[:, 1])
        used = {helper.mode for helper in self.helpers} or {Mode.WALK.value}
        modes = [mode for mode in streets.MODES if mode in used]
        travel = tuple(asked.Travel.of(mode, streets.minutes(mode, between)) for mode in modes)
        numbers = [int(place) for place in place_of.ravel()]
        count = len(self.helpers)
        return numbers[:count], numbers[count:], travel, {mode: number for number, mode in enumerate(modes)}

    # helpers

    def _helper(self, number: int, place: int, modes: Mapping[str, int]) -> asked.Helper:
        helper = self.helpers[number]
        return asked.Helper(
            key=helper.id,
            shifts=tuple(
                asked.Shift(self._tick(start), self._tick(end), place, place)
                for start, end in self.shifts.get(helper.id, ())
            ),
            mode=modes[helper.mode],
            skills=self.skills.get(helper.id, ()),
            languages=tuple(helper.languages),
            gender=helper.gender,
            home=place,
            circle=CIRCLE if helper.mode == Mode.WALK else None,
            community=self.community_at.get(helper.area_id),
            visit_cost=helper.visit_fee,
            hour_cost=helper.hour_fee,
            most_work=helper.most_minutes,
            most_visits=helper.most_visits,
            rest=_rest(helper),
            carried_burden=helper.carried_burden,
        )

    def _skills_of(self) -> dict[str, tuple[asked.Skill, ...]]:
        """Skills by helper; a certificate expires at the end of its last day."""
        held: dict[str, list[asked.Skill]] = defaultdict(list)
        rows = self.session.exec(
            select(HelperSkill.helper_id, Skill.name, Skill.is_certificate, col(HelperSkill.expires))
            .join(Skill, col(HelperSkill.skill_id) == col(Skill.id))
            .order_by(Skill.name, col(Skill.is_certificate))
        )
        for helper_id, name, is_certificate, expires in rows:
            held[helper_id].append(asked.Skill(_skill(name, is_certificate), self._expiry(expires)))
        return {helper_id: tuple(skills) for helper_id, skills in held.items()}

    def _expiry(self, last: date | None) -> int | None:
        if last is None or last > self.roster.day:
            return None
        return DAY if last == self.roster.day else 0

    # visits

    def _visit(self, number: int, place: int, purse_at: Mapping[str, int], bonds: "_Bonds") -> asked.Visit:
        wanted = self.wanted[number]
        visit, request = wanted.visit, wanted.request
        return asked.Visit(
            key=visit.id,
            place=place,
            windows=_windows(visit),
            duration=visit.minutes,
            skills=self.needs.get(wanted.service.id, ()),
            languages=(request.language,) if request.language else (),
            gender=request.gender,
            gender_required=request.gender_required and request.gender is not None,
            people=visit.people,
            priority=visit.priority * LEAVING,
            allowed=self.servers[ProvidedBy(wanted.service.provided_by)],
            barred=bonds.barred,
            known=bonds.known,
            purse=purse_at.get(request.purse_id or ""),
            community=self.community_at.get(wanted.resident.area_id),
            burden=wanted.service.burden,
        )

    def _needs(self) -> dict[str, tuple[str, ...]]:
        """What each service asks for, by its id."""
        needs: dict[str, list[str]] = defaultdict(list)
        rows = self.session.exec(
            select(ServiceSkill.service_id, Skill.name, Skill.is_certificate)
            .join(Skill, col(ServiceSkill.skill_id) == col(Skill.id))
            .order_by(Skill.name, col(Skill.is_certificate))
        )
        for service_id, name, is_certificate in rows:
            needs[service_id].append(_skill(name, is_certificate))
        return {service_id: tuple(names) for service_id, names in needs.items()}

    def _servers(self) -> dict[ProvidedBy, tuple[int, ...] | None]:
        """Who may give a service, by what the catalogue says of it."""
        kinds = [helper.kind for helper in self.helpers]
        return {
            ProvidedBy.VOLUNTEER: tuple(at for at, kind in enumerate(kinds) if kind == HelperKind.VOLUNTEER),
            ProvidedBy.PROVIDER: tuple(at for at, kind in enumerate(kinds) if kind == HelperKind.CREW),
            ProvidedBy.ANY: None,
        }

    def _bonds(self) -> list["_Bonds"]:
        """Who is known to and who is barred from each visit's resident."""
        known: dict[str, set[int]] = defaultdict(set)
        barred: dict[str, set[int]] = defaultdict(set)
        pairings = (
            select(Pairing.resident_id, Volunteer.helper_id)
            .join(Volunteer, col(Pairing.volunteer_id) == col(Volunteer.id))
            .where(Pairing.since <= self.roster.day)
        )
        for resident_id, helper_id in self.session.exec(pairings):
            if helper_id in self.helper_at:
                known[resident_id].add(self.helper_at[helper_id])
        for resident_id, helper_id in self.session.exec(select(Barring.resident_id, Barring.helper_id)):
            if helper_id in self.helper_at:
                barred[resident_id].add(self.helper_at[helper_id])
        return [
            _Bonds(tuple(sorted(known[wanted.resident.id])), tuple(sorted(barred[wanted.resident.id])))
            for wanted in self.wanted
        ]

    # what goes across visits

    def _links(self) -> tuple[asked.Link, ...]:
        """Visits whose requests start together."""
        at = {wanted.request.id: number for number, wanted in enumerate(self.wanted)}
        pairs = {
            (min(number, at[other]), max(number, at[other]))
            for number, wanted in enumerate(self.wanted)
            if (other := wanted.request.together_with_id) in at and at[other] != number
        }
        return tuple(asked.Link(first, second, 0, 0) for first, second in sorted(pairs))

    def _pins(self) -> tuple[asked.Pin, ...]:
        return tuple(
            asked.Pin(
                self.visit_at[pin.visit_id],
                tuple(self.helper_at[helper] for helper in pin.helper_ids if helper in self.helper_at),
                self._tick(pin.start_at) if pin.start_at else None,
            )
            for pin in self.pins
            if pin.visit_id in self.visit_at
        )

    def _purses(self) -> tuple[tuple[asked.Purse, ...], dict[str, int]]:
        """What each purse still holds: its budget less what published rosters spend; nothing outside its period."""
        named = {wanted.request.purse_id for wanted in self.wanted if wanted.request.purse_id}
        rows = sorted(self._rows(Purse, sorted(named)), key=lambda purse: (purse.number or "~", purse.id))
        spent = self._spent([purse.id for purse in rows])
        held = [
            max(0, purse.budget - spent[purse.id]) if purse.first_day <= self.roster.day <= purse.last_day else 0
            for purse in rows
        ]
        purses = tuple(asked.Purse(purse.name, left) for purse, left in zip(rows, held, strict=True))
        return purses, {purse.id: number for number, purse in enumerate(rows)}

    def _spent(self, purse_ids: Sequence[str]) -> dict[str, int]:
        """Fen that other published rosters spend out of each purse."""
        spent: dict[str, int] = defaultdict(int)
        rows = self.session.exec(
            select(Request.purse_id, Helper.visit_fee, Helper.hour_fee, Visit.minutes)
            .select_from(Assignment)
            .join(Roster, col(Assignment.roster_id) == col(Roster.id))
            .join(Visit, col(Assignment.visit_id) == col(Visit.id))
            .join(Request, col(Visit.request_id) == col(Request.id))
            .join(Helper, col(Assignment.helper_id) == col(Helper.id))
            .join(Purse, col(Request.purse_id) == col(Purse.id))
            .where(
                col(Purse.id).in_(purse_ids),
                Roster.id != self.roster.id,
                Roster.state == RosterState.PUBLISHED,
                col(Visit.day).between(Purse.first_day, Purse.last_day),
            )
        )
        for purse_id, visit_fee, hour_fee, minutes in rows:
            spent[purse_id or ""] += visit_fee + hour_fee * minutes // 60
        return spent

    def _lendings(self) -> tuple[asked.Lending, ...]:
        at = self.community_at
        return tuple(
            asked.Lending(at[lending.lender_id], at[lending.borrower_id], lending.most)
            for lending in sorted(self.lendings, key=lambda lending: lending.id)
            if lending.lender_id in at and lending.borrower_id in at
        )

    def _published(self) -> tuple[asked.Published, ...]:
        """What helpers were told already, where the roster is published."""
        if self.roster.state != RosterState.PUBLISHED:
            return ()
        rows = self.session.exec(select(Assignment).where(Assignment.roster_id == self.roster.id))
        told = [
            asked.Published(self.visit_at[row.visit_id], self.helper_at[row.helper_id], self._tick(row.start_at))
            for row in rows
            if row.visit_id in self.visit_at and row.helper_id in self.helper_at
        ]
        return tuple(sorted(told, key=lambda one_told: (one_told.visit, one_told.helper)))

    def _tick(self, moment: datetime) -> int:
        return int((moment - self.start).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class _Bonds:
    """Helpers, by index, whom a resident knows, and whom they must not meet."""

    known: tuple[int, ...]
    barred: tuple[int, ...]


def _title(wanted: _Wanted) -> str:
    return f"{wanted.service.name}（{wanted.resident.name}）"


def _skill(name: str, is_certificate: bool) -> str:
    """A certificate never goes by the same word as a skill."""
    return name if not is_certificate or name.endswith("证") else f"{name}证"


def _windows(visit: Visit) -> tuple[asked.Window, ...]:
    """When the visit may start: a window of the tables holds the whole visit, its end included."""
    spans = sorted((_minutes(window["start"]), _minutes(window["end"]) - visit.minutes) for window in visit.windows)
    return tuple(asked.Window(earliest, latest) for earliest, latest in spans if earliest <= latest)


def _minutes(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * 60 + int(minutes)


def _rest(helper: Helper) -> asked.Break | None:
    if helper.rest_from is None or helper.rest_to is None or helper.rest_minutes is None:
        return None
    earliest, latest = (moment.hour * 60 + moment.minute for moment in (helper.rest_from, helper.rest_to))
    return asked.Break(earliest, latest, min(helper.rest_minutes, latest - earliest))


def _fair_share(helpers: Sequence[asked.Helper], made: Sequence[asked.Visit]) -> int:
    """The burden that each would come to if all carried alike, rounded up."""
    burden = sum(helper.carried_burden for helper in helpers) + sum(visit.burden * visit.people for visit in made)
    return -(-burden // len(helpers)) if helpers else 0


# the way back


def verdict(seen: Snapshot, proposed: Plan) -> Verdict:
    """What the judge says of the plan, and why each visit that it leaves is left. Needs no database, and takes a
    while: call it before the transaction that stores the plan.

    HardBreachError: the plan breaks a rule that may not be broken.
    """
    breaches = judge.judge(seen.problem, proposed)
    if broken := judge.hard(breaches):
        told = "; ".join(_sentence(breach.text, breach.values, seen.names) for breach in broken[:3])
        raise HardBreachError(f"The plan breaks {len(broken)} rules that hold: {told}")
    explainer, made = Explainer(seen.problem, proposed), proposed.made()
    reasons = dict(seen.left_out)
    for number, visit_id in enumerate(seen.visit_ids):
        if number not in made:
            reasons[visit_id] = _reasons(seen, explainer.why_unassigned(number))
    rules = {
        name: {"count": found.count, "points": found.points}
        for name, found in judge.measures(breaches).items()
        if found.count
    }
    counts = {"visits": len(seen.visit_ids) + len(seen.left_out), "assigned": len(made), "unassigned": len(reasons)}
    cost = sum(breach.points for breach in breaches)
    return Verdict(cost, {**counts, "helpers": len(seen.helper_ids), "cost": cost, "rules": rules}, reasons)


def _reasons(seen: Snapshot, why: Reasons) -> Mapping[str, Any]:
    """Why a visit is left, as it is stored: the template with names put in, and what stands behind it."""
    return {
        **_told(why.text, why.values, seen.names),
        "free": why.free,
        "points": why.points,
        "stops": [
            {
                "rule": stop.rule,
                "helpers": stop.helpers,
                "total": stop.total,
                **_told(stop.text, {"count": stop.total, "visit": stop.visit}, seen.names),
            }
            for stop in why.stops
        ],
        "nearest": [
            {
                "helper_id": seen.helper_ids[candidate.helper],
                "name": seen.names[seen.helper_ids[candidate.helper]],
                "rules": list(candidate.rules),
                "travel_minutes": candidate.travel,
                "points": candidate.points,
                "start_at": candidate.start,
                "moves": candidate.moves,
            }
            for candidate in why.nearest
        ],
    }


def _told(text: str, values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    named = {key: _named(value, names, *str(value).split(", ")) for key, value in values.items()}
    return {"text": text, "values": named, "sentence": Breach("", text, named).sentence}


def _named(value: Any, names: Mapping[str, str], *ids: str) -> Any:
    """The value with ids replaced by what people call them."""
    if not isinstance(value, str):
        return value
    for identity in ids:
        value = value.replace(identity, names.get(identity, identity))
    return value


def _sentence(text: str, values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return str(_told(text, values, names)["sentence"])


def store(
    session: Session,
    run_id: str,
    fence: int,
    seen: Snapshot,
    proposed: Plan,
    *,
    stopped: bool,
    measures: Mapping[str, Any],
    judged: Verdict | None = None,
) -> bool:
    """Put the plan in the place of what the roster held, and end the run. Give `judged` (from `verdict`): working it
    out here holds the transaction open.

    False, and nothing written: the run is somebody else's by now, or the roster has moved on since it was read.
    HardBreachError: the plan may not be stored.
    """
    judged = judged or verdict(seen, proposed)
    with session.begin_nested() as undo:
        if not (
            _move_on(session, run_id, fence, seen, {**measures, **judged.measures})
            and _end(session, run_id, fence, seen, proposed, stopped)
        ):
            undo.rollback()
            return False
        _replace(session, seen, proposed, judged)
    return True


def _move_on(session: Session, run_id: str, fence: int, seen: Snapshot, measures: Mapping[str, Any]) -> bool:
    """The roster's next version, if it is still the one that was read and the run is still ours."""
    ours = exists().where(col(Run.id) == run_id, col(Run.fence) == fence, col(Run.state) == RunState.RUNNING)
    moved = session.connection().execute(
        update(Roster)
        .where(col(Roster.id) == seen.roster_id, col(Roster.version) == seen.version, ours)
        .values(version=seen.version + 1, measures=dict(measures), solved_by=run_id)
    )
    return moved.rowcount == 1


def _end(session: Session, run_id: str, fence: int, seen: Snapshot, proposed: Plan, stopped: bool) -> bool:
    state = RunState.STOPPED if stopped else RunState.DONE
    values = {"objective": proposed.objective, "bound": proposed.bound, "roster_version": seen.version + 1}
    return runs.finish(session, run_id, fence, state=state, **values)


def _replace(session: Session, seen: Snapshot, proposed: Plan, judged: Verdict) -> None:
    connection = session.connection()
    for table in (Assignment, Unassigned):
        connection.execute(delete(table).where(col(table.roster_id) == seen.roster_id))
    assigned = list(_assignments(seen, proposed))
    left = [
        {"id": new_key("una"), "roster_id": seen.roster_id, "visit_id": visit_id, "reasons": dict(reasons)}
        for visit_id, reasons in judged.reasons.items()
    ]
    for table, rows in ((Assignment, assigned), (Unassigned, left)):
        if rows:
            connection.execute(insert(table), rows)
    session.expire_all()


def _assignments(seen: Snapshot, proposed: Plan) -> list[dict[str, Any]]:
    """The rows of a plan, each with the minutes of travel before it."""
    rows = []
    for (number, shift_number), assignments in proposed.days().items():
        helper = seen.problem.helpers[number]
        shift = helper.shifts[shift_number]
        travel, place = seen.problem.travel[helper.mode].matrix, shift.start_place
        for assignment in assignments:
            visit = seen.problem.visits[assignment.visit]
            rows.append(
                {
                    "id": new_key("asg"),
                    "roster_id": seen.roster_id,
                    "visit_id": seen.visit_ids[assignment.visit],
                    "helper_id": seen.helper_ids[number],
                    "start_at": _moment(seen, assignment.start),
                    "end_at": _moment(seen, assignment.start + visit.duration),
                    "shift_start_at": _moment(seen, shift.start),
                    "shift_end_at": _moment(seen, shift.end),
                    "travel_minutes": int(travel[place, visit.place]),
                }
            )
            place = visit.place
    return rows


def _moment(seen: Snapshot, tick: int) -> datetime:
    return seen.start + timedelta(minutes=tick)
