"""The only bridge between the tables and the solver: a roster's day as a Problem, and a Plan back into the tables.

Everything is put in order by the office's own numbers, so that the same files give the same problem in any database.
Ticks are minutes since the midnight at which the roster's day begins, on the area's own clock.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from matcher import acquaintances, answers, areas, availability, burdens, overrides, streets, visits
from matcher.errors import InvalidError
from matcher.overrides import Held
from matcher.pages import one
from matcher.refusals import Refused
from matcher.sentences import told
from matcher.tables.people import Crew, Helper, HelperSkill, Resident, Volunteer
from matcher.tables.requests import Lending, Purse, Request, Visit
from matcher.tables.rosters import Assignment, Pin, Roster
from matcher.tables.services import Service, ServiceSkill, Skill
from matcher.tables.versions import Promise
from matcher.types import HelperKind, Mode, ProvidedBy, Tier
from solver import plan
from solver import problem as asked
from solver.plan import Plan
from solver.problem import Problem, Weights

CIRCLE = 10
"""Minutes on foot: the ten-minute circle, within which whoever walks is sent."""
LEAVING = 10
"""Points of leaving a visit for each point of its request's priority: nobody is left unserved for the sake of a fee or
a walk. An ordinary visit (100) left weighs as much as 1,000 minutes on the way."""
WEIGHTS = Weights(travel=1, fee=1, known=10, gender=15, fairness=2, stability=30)
"""What a minute on the way, a yuan, a stranger at the door, a wish passed over, a point of burden beyond the fair share
and a change of what was published weigh."""
PUNCTUAL = 5
"""Minutes by which a promised start may move before that is a change."""
NEW_FACE = 30
"""What somebody new costs beside a stranger's points where a resident has seen as many faces as they wish."""
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
    zone: ZoneInfo
    visit_ids: tuple[str, ...]
    """By the visits' index in the problem."""
    helper_ids: tuple[str, ...]
    names: Mapping[str, str]
    """What people call the helpers and visits, by id."""
    left_out: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Visits that no plan can hold, with the reason as it is stored."""
    held: tuple[Held, ...] = ()
    """Visits that an override holds: they are no part of the problem, and stay as they are whatever the plan."""
    shifts: Mapping[str, Sequence[availability.Span]] = field(default_factory=dict)
    """When each helper can come, uncut."""
    acts: int = 0
    """How many answers the roster had heard."""
    refused: Refused = field(default_factory=dict)
    """Whom the problem bars from a visit only because they were asked and refused."""

    def wall(self, tick: int) -> int:
        """The minutes since the day's midnight that the area's clock shows at a tick; beyond 24:00 on the next day."""
        shown, midnight = (self.start + timedelta(minutes=tick)).astimezone(self.zone), self.start.astimezone(self.zone)
        return (shown.date() - midnight.date()).days * DAY + shown.hour * 60 + shown.minute


def problem(
    session: Session,
    roster_id: str,
    weights: Mapping[str, int] | None = None,
    *,
    whole: bool = False,
    helper_ids: Collection[str] = (),
) -> Snapshot:
    """The roster's day. `weights` replace the default points.

    As the solver gets it, what an override holds is left out, and the days of its helpers are cut around it. `whole`,
    as a plan that people made is judged: with everything in it, whoever is assigned, and these helpers too.

    UnknownError: no such roster. InvalidError: no streets were imported, or there is no such weight.
    """
    roster = one(session, Roster, roster_id, "roster")
    return _Day(session, roster, whole, set(helper_ids)).snapshot(_weights(weights or {}))


def drafted(session: Session, seen: Snapshot) -> Plan:
    """What the roster holds, as a plan of this snapshot; what the snapshot does not know is passed over."""
    rows = session.exec(select(Assignment).where(Assignment.roster_id == seen.roster_id))
    return planned(seen, ((row.visit_id, row.helper_id, row.start_at) for row in rows))


def planned(seen: Snapshot, lines: Iterable[tuple[str, str, datetime]]) -> Plan:
    """Lines of visit, helper and start as a plan. A start outside every shift names a shift that is not there."""
    visit_at = {visit_id: number for number, visit_id in enumerate(seen.visit_ids)}
    helper_at = {helper_id: number for number, helper_id in enumerate(seen.helper_ids)}
    made = []
    for visit_id, helper_id, start_at in lines:
        if visit_id not in visit_at or helper_id not in helper_at:
            continue
        tick, helper = minutes_between(seen.start, start_at), helper_at[helper_id]
        made.append(plan.Assignment(helper, shift_at(seen.problem.helpers[helper], tick), tick, visit_at[visit_id]))
    return Plan(tuple(sorted(made)))


def shift_at(helper: asked.Helper, tick: int) -> int:
    """The shift in which a start lies; where it lies in none, one that the helper does not have."""
    inside = (number for number, shift in enumerate(helper.shifts) if shift.start <= tick <= shift.end)
    return next(inside, len(helper.shifts))


def minutes_between(start: datetime, moment: datetime) -> int:
    return int((moment - start).total_seconds() // 60)


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

    def __init__(self, session: Session, roster: Roster, whole: bool, named: set[str]) -> None:
        self.session, self.roster, self.whole, self.named = session, roster, whole, named
        self.home_id = roster.fork_of_id or roster.id
        self.area = areas.get(session, roster.area_id)
        self.zone: ZoneInfo = areas.zone(self.area)
        self.start = datetime.combine(roster.day, time(), self.zone).astimezone(UTC)
        self.inside = areas.subtree(session, roster.area_id)
        self.network = streets.stored(session)
        self.weighing = burdens.Weighing(session, roster.day)
        self.lendings = list(session.exec(select(Lending).where(col(Lending.borrower_id).in_(self.inside))))
        self.pins = list(session.exec(select(Pin).where(Pin.roster_id == roster.id).order_by(Pin.visit_id)))
        self.answers = answers.of_roster(session, self.home_id)
        self.wanted, self.left_out = self._wanted()
        self.held_wanted: list[_Wanted] = []
        if not whole:
            self._hold()
        self.helpers, self.shifts = self._helpers()
        self.visit_at = {wanted.visit.id: number for number, wanted in enumerate(self.wanted)}
        self.helper_at = {helper.id: number for number, helper in enumerate(self.helpers)}
        self.community_at = self._communities()
        self.carried = self.weighing.helpers({helper.id: helper.carried_burden for helper in self.helpers})
        self.skills, self.needs, self.servers = self._skills_of(), self._needs(), self._servers()

    def snapshot(self, weights: Weights) -> Snapshot:
        helper_places, visit_places, travel, modes = self._places()
        held = self._held(visit_places[len(self.wanted) :])
        purses, purse_at = self._purses(held)
        bonds = self._bonds()
        made = tuple(
            self._beside(held, number, self._visit(number, visit_places[number], purse_at, known))
            for number, known in enumerate(bonds)
        )
        sent = tuple(
            overrides.beside(self._helper(number, helper_places[number], modes), held)
            for number in range(len(self.helpers))
        )
        day = Problem(
            helpers=sent,
            visits=made,
            travel=travel,
            links=self._links(),
            pins=self._pins(),
            purses=purses,
            communities=tuple(self.community_at),
            lendings=self._lendings(held),
            published=self._published(),
            told_tolerance=PUNCTUAL,
            weights=weights,
            fair_share=_fair_share(sent, made),
        )
        names = {helper.id: helper.name for helper in self.helpers}
        names |= {wanted.visit.id: _title(wanted) for wanted in (*self.wanted, *self.held_wanted)}
        return Snapshot(
            problem=day,
            roster_id=self.roster.id,
            version=self.roster.version,
            start=self.start,
            zone=self.zone,
            visit_ids=tuple(visit.key for visit in made),
            helper_ids=tuple(helper.key for helper in sent),
            names=names,
            left_out=self.left_out,
            held=held,
            shifts=self.shifts,
            acts=self.roster.acts,
            refused=self._refused(bonds),
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
            if not self._windows(visit):
                values = {"visit": visit.id, "length_minutes": visit.minutes}
                left_out[visit.id] = told(NO_WINDOW, values, {visit.id: _title(one_wanted)})
        return [one_wanted for one_wanted in wanted if one_wanted.visit.id not in left_out], left_out

    def _hold(self) -> None:
        """Take what overrides hold out of what is to be planned."""
        by_override = {pin.visit_id for pin in self.pins if pin.override is not None}
        self.held_wanted = [wanted for wanted in self.wanted if wanted.visit.id in by_override]
        self.wanted = [wanted for wanted in self.wanted if wanted.visit.id not in by_override]

    def _held(self, places: Sequence[int]) -> tuple[Held, ...]:
        pins = {pin.visit_id: pin for pin in self.pins}
        fees = {helper.id: (helper.visit_fee, helper.hour_fee) for helper in self.helpers}
        held = []
        for wanted, place in zip(self.held_wanted, places, strict=True):
            visit, pin = wanted.visit, pins[wanted.visit.id]
            assert pin.start_at is not None
            paid = [fees[helper_id] for helper_id in pin.helper_ids if helper_id in fees]
            held.append(
                Held(
                    visit_id=visit.id,
                    helper_ids=tuple(pin.helper_ids),
                    start=self._tick(pin.start_at),
                    duration=visit.minutes,
                    place=place,
                    request_id=wanted.request.id,
                    together_with_id=wanted.request.together_with_id,
                    area_id=wanted.resident.area_id,
                    purse_id=wanted.request.purse_id,
                    fees=sum(per_visit + per_hour * visit.minutes // 60 for per_visit, per_hour in paid),
                    burden=self.weighing.visit(visit, wanted.service),
                )
            )
        return tuple(held)

    def _beside(self, held: Sequence[Held], number: int, visit: asked.Visit) -> asked.Visit:
        """A visit that starts together with one that is held starts when that one does, with other people."""
        request = self.wanted[number].request
        for one_held in held:
            if one_held.request_id == request.together_with_id or one_held.together_with_id == request.id:
                theirs = {self.helper_at[helper] for helper in one_held.helper_ids if helper in self.helper_at}
                start = asked.Window(one_held.start, one_held.start)
                visit = replace(visit, windows=(start,), barred=tuple(sorted({*visit.barred, *theirs})))
        return visit

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
        pinned = [helper for pin in self.pins for helper in pin.helper_ids] + sorted(self.named)
        if self.whole:
            assigned = select(Assignment.helper_id).where(Assignment.roster_id == self.roster.id)
            pinned.extend(self.session.exec(assigned).all())
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
        """Shifts without what other rosters of the day have promised already."""
        found = availability.shifts(self.session, helper_ids, self.roster.day, self.zone)
        busy: dict[str, list[availability.Span]] = defaultdict(list)
        elsewhere = (
            select(Promise)
            .join(Roster, col(Promise.roster_id) == col(Roster.id))
            .where(Roster.day == self.roster.day, Roster.id != self.home_id, col(Promise.until).is_(None))
        )
        for row in self.session.exec(elsewhere):
            busy[row.helper_id].append((row.start_at, row.end_at))
        for helper_id in busy.keys() & found.keys():
            left = availability.without(found[helper_id], busy[helper_id])
            found[helper_id] = [span for span in left if span[1] - span[0] >= availability.SHORTEST]
        return {helper_id: spans for helper_id, spans in found.items() if spans}

    def _communities(self) -> dict[str, int]:
        """The communities that visits and helpers lie in, numbered in order of the office's numbers."""
        everybody = (*self.wanted, *self.held_wanted)
        named = {wanted.resident.area_id for wanted in everybody} | {helper.area_id for helper in self.helpers}
        named |= {area_id for lending in self.lendings for area_id in (lending.lender_id, lending.borrower_id)}
        everything = [area for area in areas.everything(self.session) if area.tier == Tier.COMMUNITY]
        return {area.id: number for number, area in enumerate(area for area in everything if area.id in named)}

    # places and travel

    def _places(self) -> tuple[list[int], list[int], tuple[asked.Travel, ...], dict[str, int]]:
        """The place of each helper and of each visit, held ones last, and travel between places by each mode in use.

        A place is a crossing and the way from the door to it; neighbours share one.
        """
        doors = [(helper.latitude, helper.longitude) for helper in self.helpers]
        everybody = (*self.wanted, *self.held_wanted)
        doors += [(wanted.resident.latitude, wanted.resident.longitude) for wanted in everybody]
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
            rest=self._rest(helper),
            carried_burden=self.carried[helper.id],
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
            windows=self._windows(visit),
            duration=visit.minutes,
            skills=self.needs.get(wanted.service.id, ()),
            languages=(request.language,) if request.language else (),
            gender=request.gender,
            gender_required=request.gender_required and request.gender is not None,
            people=visit.people,
            priority=visit.priority * LEAVING,
            allowed=self.servers[ProvidedBy(wanted.service.provided_by)],
            barred=self._kept_away(visit.id, bonds),
            known=bonds.known,
            new_face=bonds.new_face,
            purse=purse_at.get(request.purse_id or ""),
            community=self.community_at.get(wanted.resident.area_id),
            burden=self.weighing.visit(visit, wanted.service),
        )

    def _kept_away(self, visit_id: str, bonds: "_Bonds") -> tuple[int, ...]:
        """Whom the resident must not meet, and who has declined this very visit."""
        refused = self.answers.refused.get(visit_id, {})
        return tuple(sorted({*bonds.barred, *(self.helper_at[one] for one in refused if one in self.helper_at)}))

    def _refused(self, bonds: Sequence["_Bonds"]) -> Refused:
        return {
            (number, self.helper_at[helper_id]): state
            for number, wanted in enumerate(self.wanted)
            for helper_id, state in self.answers.refused.get(wanted.visit.id, {}).items()
            if helper_id in self.helper_at and self.helper_at[helper_id] not in bonds[number].barred
        }

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
        residents = [wanted.resident.id for wanted in self.wanted]
        known = acquaintances.of_day(self.session, residents, self.roster.day, self.zone)
        return [
            _Bonds(self._here(them.known), self._here(them.barred), NEW_FACE if them.is_full else 0)
            for them in (known.get(resident, acquaintances.NOBODY) for resident in residents)
        ]

    def _here(self, helper_ids: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(self.helper_at[helper_id] for helper_id in helper_ids if helper_id in self.helper_at))

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
        """What coordinators decided, and what helpers agreed to where no coordinator decided otherwise."""
        decided = {pin.visit_id: (pin.helper_ids, pin.start_at) for pin in self.pins}
        for visit_id, helpers in self.answers.agreed.items():
            able = {who: start for who, start in helpers.items() if self._is_there(who, start)}
            if able and visit_id not in decided:
                decided[visit_id] = (sorted(able), min(able.values()))
        return tuple(
            asked.Pin(
                self.visit_at[visit_id],
                tuple(self.helper_at[helper] for helper in helper_ids if helper in self.helper_at),
                self._tick(start_at) if start_at else None,
            )
            for visit_id, (helper_ids, start_at) in sorted(decided.items())
            if visit_id in self.visit_at and len(helper_ids) <= self.wanted[self.visit_at[visit_id]].visit.people
        )

    def _is_there(self, helper_id: str, start: datetime) -> bool:
        """Whoever agreed and then took time off is not held to it."""
        spans = self.shifts.get(helper_id, ())
        return helper_id in self.helper_at and any(span[0] <= start <= span[1] for span in spans)

    def _purses(self, held: Sequence[Held]) -> tuple[tuple[asked.Purse, ...], dict[str, int]]:
        """What each purse still holds: its budget less what was promised elsewhere or is held here; nothing outside its
        period."""
        named = {wanted.request.purse_id for wanted in self.wanted if wanted.request.purse_id}
        rows = sorted(self._rows(Purse, sorted(named)), key=lambda purse: (purse.number or "~", purse.id))
        spent = self._spent([purse.id for purse in rows])
        for one_held in held:
            spent[one_held.purse_id or ""] += one_held.fees
        lefts = [
            max(0, purse.budget - spent[purse.id]) if purse.first_day <= self.roster.day <= purse.last_day else 0
            for purse in rows
        ]
        purses = tuple(asked.Purse(purse.name, left) for purse, left in zip(rows, lefts, strict=True))
        return purses, {purse.id: number for number, purse in enumerate(rows)}

    def _spent(self, purse_ids: Sequence[str]) -> dict[str, int]:
        """Fen that other rosters have promised out of each purse."""
        spent: dict[str, int] = defaultdict(int)
        rows = self.session.exec(
            select(Request.purse_id, Helper.visit_fee, Helper.hour_fee, Visit.minutes)
            .select_from(Promise)
            .join(Visit, col(Promise.visit_id) == col(Visit.id))
            .join(Request, col(Visit.request_id) == col(Request.id))
            .join(Helper, col(Promise.helper_id) == col(Helper.id))
            .join(Purse, col(Request.purse_id) == col(Purse.id))
            .where(
                col(Purse.id).in_(purse_ids),
                Promise.roster_id != self.home_id,
                col(Promise.until).is_(None),
                col(Visit.day).between(Purse.first_day, Purse.last_day),
            )
        )
        for purse_id, visit_fee, hour_fee, minutes in rows:
            spent[purse_id or ""] += visit_fee + hour_fee * minutes // 60
        return spent

    def _lendings(self, held: Sequence[Held]) -> tuple[asked.Lending, ...]:
        at, home = self.community_at, {helper.id: helper.area_id for helper in self.helpers}
        lent = Counter((home.get(helper), held_one.area_id) for held_one in held for helper in held_one.helper_ids)
        return tuple(
            asked.Lending(
                at[lending.lender_id],
                at[lending.borrower_id],
                max(0, lending.most - lent[lending.lender_id, lending.borrower_id]),
            )
            for lending in sorted(self.lendings, key=lambda lending: lending.id)
            if lending.lender_id in at and lending.borrower_id in at
        )

    def _published(self) -> tuple[asked.Published, ...]:
        """What helpers were told and still counts."""
        standing = select(Promise).where(Promise.roster_id == self.home_id, col(Promise.until).is_(None))
        told_already = [
            asked.Published(self.visit_at[row.visit_id], self.helper_at[row.helper_id], self._tick(row.start_at))
            for row in self.session.exec(standing)
            if row.visit_id in self.visit_at and row.helper_id in self.helper_at
        ]
        return tuple(sorted(told_already, key=lambda one_told: (one_told.visit, one_told.helper)))

    def _tick(self, moment: datetime) -> int:
        return minutes_between(self.start, moment)

    def _on_clock(self, said: time) -> int:
        """Ticks at which the area's clock shows this; on a night when clocks change, not minutes since midnight."""
        return minutes_between(self.start, datetime.combine(self.roster.day, said, self.zone))

    def _windows(self, visit: Visit) -> tuple[asked.Window, ...]:
        """When the visit may start: a window of the tables holds the whole visit, its end included."""
        ends = ("start", "end")
        spans = ([self._on_clock(time.fromisoformat(window[end])) for end in ends] for window in visit.windows)
        starts = sorted((earliest, latest - visit.minutes) for earliest, latest in spans)
        return tuple(asked.Window(earliest, latest) for earliest, latest in starts if earliest <= latest)

    def _rest(self, helper: Helper) -> asked.Break | None:
        if helper.rest_from is None or helper.rest_to is None or helper.rest_minutes is None:
            return None
        earliest, latest = self._on_clock(helper.rest_from), self._on_clock(helper.rest_to)
        return asked.Break(earliest, latest, min(helper.rest_minutes, latest - earliest))


@dataclass(frozen=True, slots=True)
class _Bonds:
    """Helpers, by index, whom a resident knows, and whom they must not meet; what anybody new costs besides."""

    known: tuple[int, ...]
    barred: tuple[int, ...]
    new_face: int


def _title(wanted: _Wanted) -> str:
    return visits.title(wanted.service, wanted.resident)


def _skill(name: str, is_certificate: bool) -> str:
    """A certificate never goes by the same word as a skill."""
    return name if not is_certificate or name.endswith("证") else f"{name}证"


def _fair_share(helpers: Sequence[asked.Helper], made: Sequence[asked.Visit]) -> int:
    """The burden that each would come to if all carried alike, rounded up."""
    burden = sum(helper.carried_burden for helper in helpers) + sum(visit.burden * visit.people for visit in made)
    return -(-burden // len(helpers)) if helpers else 0
