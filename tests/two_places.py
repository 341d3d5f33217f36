"""Two communities under two sub-districts, with one row of everything in each: ours, and what is not ours."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from matcher import bonds, clock, codes, providers, purses, requests, volunteers
from matcher.keys import new_key
from matcher.reach import KEYS
from matcher.tables.exchanges import Release, Swap
from matcher.tables.notices import Delivery, Notice, Webhook
from matcher.tables.offers import Fallback, Offer
from matcher.tables.people import TimeOff, Volunteer
from matcher.tables.proof import Attendance, Feedback, Flag, Hours, Wish
from matcher.tables.questions import Question
from matcher.tables.requests import Lending, Visit
from matcher.tables.rosters import Assignment, Import, Pin, Run
from matcher.tables.services import Skill
from matcher.tables.versions import Promise, Version
from tests.matcher.builders import HERE, a_volunteer, an_area
from tests.matcher.served import a_moment, a_promise

Place = dict[str, str]
"""An id of each kind, by its prefix."""


def a_district(session: Session) -> tuple[str, Place, Place]:
    """The district's id, ours and theirs."""
    district = an_area(session, "东城区", tier="district")
    return district, a_place(session, district, "和平"), a_place(session, district, "光明")


def a_place(session: Session, district: str, name: str) -> Place:
    subdistrict = an_area(session, f"{name}街道", tier="subdistrict", parent_id=district)
    area = an_area(session, f"{name}社区", parent_id=subdistrict, time_zone="UTC")
    made = {"are": area, "around": subdistrict, **_people(session, area, name)}
    promise = a_promise(session, area_id=area, helper_id=made["hlp"])
    made |= {"pro": promise.id, "ros": promise.roster_id, "vis": promise.visit_id}
    request = session.get_one(Visit, promise.visit_id).request_id
    made |= {"req": request, **_of_request(session, request, made, name)}
    codes.of_visit(session, promise.visit_id)
    for row in (*_of_roster(made, promise), *_of_proof(made), *_told(made, name)):
        session.add(row)
        session.flush()
        made[row.id[:3]] = row.id
    made["ver"] = session.exec(select(Version.id).where(Version.roster_id == made["ros"])).one()
    made["purse"] = made["pur"]
    return made


def _people(session: Session, area: str, name: str) -> Place:
    helper = a_volunteer(session, area, name=f"{name}志愿者")
    volunteer = session.exec(select(Volunteer.id).where(Volunteer.helper_id == helper)).one()
    said = {"name": f"{name}服务商", "tier": "community", "area_id": area, **HERE}
    provider = providers.register(session, said).id
    crew, sent = providers.add_crew(session, provider, {"name": f"{name}班组", "area_id": area, **HERE, "members": 1})
    team = volunteers.found_team(session, name, "youth").id
    return {"hlp": helper, "vol": volunteer, "prv": provider, "crw": crew.id, "crew's": sent.id, "tem": team}


def _of_request(session: Session, request: str, made: Place, name: str) -> Place:
    row = requests.get(session, request)
    today = clock.now().date()
    other = a_volunteer(session, made["are"], name=f"{name}另一位")
    purse = purses.open_purse(
        session, {"name": name, "first_day": today, "last_day": today + timedelta(days=9), "budget": 1000}
    )
    return {
        "res": row.resident_id,
        "svc": row.service_id,
        "pai": bonds.pair(session, row.resident_id, made["vol"], "one_to_one", today).id,
        "bar": bonds.bar(session, row.resident_id, other, "").id,
        "other": other,
        "pur": purse.id,
    }


def _of_roster(made: Place, promise: Promise) -> list[Any]:
    day, now = {"roster_id": made["ros"], "visit_id": made["vis"]}, clock.now()
    times = {"start_at": promise.start_at, "end_at": promise.end_at}
    shift = {"shift_start_at": promise.shift_start_at, "shift_end_at": promise.shift_end_at}
    ended = {"state": "done", "started_at": now, "ended_at": now}
    return [
        Run(id=new_key("run"), roster_id=made["ros"], seconds=1, **ended),
        Assignment(id=new_key("asg"), helper_id=made["hlp"], **day, **times, **shift),
        Pin(id=new_key("pin"), pinned_at=now, helper_ids=[made["hlp"]], **day),
        Offer(id=new_key("ofr"), helper_id=made["hlp"], due=now.timestamp() + 9999, offered_at=now, **day, **times),
        Fallback(id=new_key("fal"), helper_id=made["other"], rank=1, **day, **times),
        Question(
            id=new_key("que"),
            roster_id=made["ros"],
            kind="away",
            version=1,
            asked={"helper_id": made["hlp"]},
            asked_at=now,
        ),
        Release(id=new_key("rel"), promise_id=made["pro"], helper_id=made["hlp"], state="asked", asked_at=now, **day),
        Swap(
            id=new_key("swp"),
            promise_id=made["pro"],
            helper_id=made["hlp"],
            other_helper_id=made["other"],
            **{"state": "asked", "asked_at": now, **day},
        ),
    ]


def _of_proof(made: Place) -> list[Any]:
    now, whom = clock.now(), {"visit_id": made["vis"], "helper_id": made["hlp"]}
    feedback = Feedback(id=new_key("fdb"), visit_id=made["vis"], rating=4, given_at=now)
    wish = {"feedback_id": feedback.id, "resident_id": made["res"], "helper_id": made["other"]}
    return [
        Attendance(id=new_key("att"), kind="check_in", at=a_moment(hours=1), way="code", written_at=now, **whom),
        Hours(id=new_key("hrs"), day=now.date(), minutes=60, basis="measured", entered_at=now, **whom),
        Flag(
            id=new_key("flg"),
            kind="late",
            text="x",
            told={"text": "x", "values": {}, "sentence": "x"},
            raised_at=now,
            **whom,
        ),
        feedback,
        Wish(id=new_key("wsh"), kind="not_again", said_at=now, **wish),
        TimeOff(
            id=new_key("off"), helper_id=made["hlp"], start_at=now + timedelta(days=9), end_at=now + timedelta(days=10)
        ),
    ]


def _told(made: Place, name: str) -> list[Any]:
    now = clock.now()
    notice = Notice(
        id=new_key("not"),
        kind="published",
        helper_id=made["hlp"],
        area_id=made["are"],
        once=name,
        place=1,
        written_at=now,
    )
    delivery = {"channel": "email", "receiver": "mail", "line": name, "place": 1, "next_at": 0.0}
    return [
        notice,
        Delivery(id=new_key("dlv"), notice_id=notice.id, **delivery),
        Webhook(id=new_key("whk"), url="https://example.org/", area_id=made["are"], renewed_at=now, made_at=now),
        Lending(id=new_key("lnd"), lender_id=made["around"], borrower_id=made["are"], most=1),
        Import(id=new_key("imp"), kind="areas", name="x", dry_run=True, stored_at=now),
        Skill(id=new_key("skl"), name=name),
    ]


def missing(place: Place) -> set[str]:
    """Kinds of which the place has none."""
    return set(KEYS) - set(place)
