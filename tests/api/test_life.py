"""The life of an assignment, whatever is done to it in whatever order, beside a small model of what may become of it.

hypothesis draws the acts, the API does them, and after each the model says what must be true of every offer, every
promise and every version that was ever published.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import make_url
from starlette.testclient import TestClient

from api.app import create_app
from fixtures import tiny
from matcher import clock, merging, snapshot, versions
from matcher.database import Database
from matcher.settings import Settings
from tests import signed
from tests.matcher.test_offers import LATER, make_due, opened, publish
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import BY_HAND, Made, TinyDay
from workers import answers

EXAMPLES, STEPS = int(os.environ.get("MATCHER_EXAMPLES", "6")), 25
OTHERS_TURN: tuple[Made, ...] = (("V3", "Q1", "09:30"), *BY_HAND[1:5], ("V3", "Q7", "15:30"), *BY_HAND[6:])
PLANS = (BY_HAND, LATER, OTHERS_TURN, BY_HAND[1:])
WHO, WHAT = ("V1", "V2", "V3", "K1", "K2"), ("Q1", "Q2", "Q3", "Q4", "Q7", "Q8", "Q9")
NEEDS = {"Q3": 2}
"""People; every other visit needs one."""
DESK = {"by": "李主任", "reason": "来电"}
Pair = tuple[str, str]

GOES = {
    "accept": {"offered": "accepted"},
    "decline": {"offered": "declined", "accepted": "declined"},
    "release": {"offered": "declined", "accepted": "declined"},
    "check-in": {"offered": "checked_in", "accepted": "checked_in", "no_show": "checked_in"},
    "check-out": {"offered": "done", "accepted": "done", "no_show": "done", "checked_in": "done"},
    "no-show": {"offered": "no_show", "accepted": "no_show"},
    "lapse": {"offered": "lapsed"},
}
"""What an act makes of an offer; from any other state it is refused and changes nothing."""
OPEN, BEGUN, GONE = {"offered", "accepted"}, {"checked_in", "done"}, {"declined", "lapsed"}
LIVE = OPEN | BEGUN | {"no_show"}


class Life(RuleBasedStateMachine):
    """The API of a published day, and the model: what each offer is, and what was published under which number."""

    fresh: Callable[[], Any]
    shown: dict[str, datetime]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.fresh()
        self.client, self.day = self.world.__enter__()
        self.model = {key: row["state"] for key, row in self._offers().items()}
        self.published: dict[int, list[dict[str, Any]]] = {}
        self.gone: set[Pair] = set()
        self.is_free = False
        """Whether the last act may take back what is open, and ask others."""

    def teardown(self) -> None:
        self.world.__exit__(None, None, None)

    # what people do

    @rule(who=st.sampled_from(WHO), what=st.sampled_from(WHAT), act=st.sampled_from(["accept", "decline"]))
    def answer(self, who: str, what: str, act: str) -> None:
        if (offer := self._newest(who, what)) is not None:
            self._does(act, offer, self.client.post(f"/v1/offers/{offer}/{act}", json={"by": "李主任"}))

    @rule(who=st.sampled_from(WHO), what=st.sampled_from(WHAT))
    def release(self, who: str, what: str) -> None:
        if (promise := self._promise(who, what)) is not None and self.model[self._newest(who, what) or ""] in OPEN:
            done = self.client.post(f"/v1/assignments/{promise}/release", json=DESK)
            self._does("release", self._newest(who, what) or "", done)

    @rule(who=st.sampled_from(WHO), what=st.sampled_from(WHAT))
    def run_out(self, who: str, what: str) -> None:
        offer = self._newest(who, what)
        if offer is not None and self.model[offer] == "offered":
            make_due(self.day, offer, -0.01)
            assert self.client.post(f"/v1/offers/{offer}/accept", json={"by": "李主任"}).status_code == 409
            self.model[offer] = GOES["lapse"]["offered"]
            self.sweep()

    @rule(who=st.sampled_from(WHO), morning=st.booleans())
    def time_off(self, who: str, morning: bool) -> None:
        start, end = ("08:00", "12:30") if morning else ("12:30", "18:00")
        body = {"start": self.day.at(start).isoformat(), "end": self.day.at(end).isoformat(), "reason": "看病"}
        assert self.client.post(f"/v1/helpers/{self.day.helpers[who]}/time-off", json=body).status_code == 201
        for key, row in self._offers().items():
            begins = datetime.fromisoformat(row["start_at"])
            if self._pair(row)[0] == who and self.day.at(start) <= begins < self.day.at(end):
                self.model[key] = GOES["release"].get(self.model[key], self.model[key])

    @rule(
        who=st.sampled_from(WHO), what=st.sampled_from(WHAT), act=st.sampled_from(["check-in", "check-out", "no-show"])
    )
    def attend(self, who: str, what: str, act: str) -> None:
        offer, promise = self._newest(who, what), self._promise(who, what)
        if offer is None or promise is None or self.model[offer] not in GOES[act]:
            return
        before, self.shown["now"] = self.shown["now"], self.day.at("20:00")
        at = {} if act == "no-show" else {"at": self.day.at("19:00" if act == "check-in" else "19:30").isoformat()}
        self._does(act, offer, self.client.post(f"/v1/assignments/{promise}/{act}", json={**DESK, **at}))
        self.shown["now"] = before

    @rule(who=st.sampled_from(WHO), what=st.sampled_from(WHAT), to=st.sampled_from(["V1", "V2", "V3"]))
    def swap(self, who: str, what: str, to: str) -> None:
        if (promise := self._promise(who, what)) is None:
            return
        body = {**DESK, "helper_id": self.day.helpers[to]}
        asked = self.client.post(f"/v1/assignments/{promise}/swap", json=body)
        assert asked.status_code in (201, 409, 422), asked.text
        if asked.status_code == 201:
            there = f"/v1/swaps/{asked.json()['id']}"
            assert self.client.post(f"{there}/accept", json={"by": "李主任"}).status_code == 200
            assert (to, what) not in self.gone, "handed to who had said no"
            self.model[self._newest(who, what) or ""] = "withdrawn"
            self.model[self._newest(to, what, known=False) or ""] = "accepted"

    # what the office and the machine do

    @rule(who=st.sampled_from(WHO), what=st.sampled_from(WHAT))
    def pin(self, who: str, what: str) -> None:
        path = f"/v1/rosters/{self.day.roster_id}/pins/{self.day.visits[what]}"
        body = {"helper_ids": [self.day.helpers[who]]}
        done = self.client.put(path, json=body, headers={"If-Match": f'"{self.day.version}"'})
        assert done.status_code in (200, 409), done.text
        assert (who, what) not in self.gone or done.status_code == 409, "who said no was pinned"

    @rule(what=st.sampled_from(WHAT))
    def lift(self, what: str) -> None:
        path = f"/v1/rosters/{self.day.roster_id}/pins/{self.day.visits[what]}"
        assert self.client.delete(path, headers={"If-Match": f'"{self.day.version}"'}).status_code in (204, 404)

    @rule(plan=st.sampled_from(PLANS))
    def solve(self, plan: tuple[Made, ...]) -> None:
        """A search found this, as far as it holds by now: what breaks rules is never found."""
        day = self.day
        with day.database.reading() as session:
            seen = snapshot.problem(session, day.roster_id)
        rough = snapshot.planned(
            seen, ((day.visits[what], day.helpers[who], day.at(start)) for who, what, start in plan)
        )
        lines = merging.merge(seen, rough, seen).plan.assignments
        day.store(
            [
                day.named(
                    seen.helper_ids[one.helper],
                    seen.visit_ids[one.visit],
                    seen.start + timedelta(minutes=one.start),
                )
                for one in lines
            ]
        )

    @rule()
    def publish(self) -> None:
        path = f"/v1/rosters/{self.day.roster_id}/publish"
        seen = self.client.post(path, params={"preview": True})
        done = self.client.post(path, headers={"If-Match": seen.headers["etag"]})
        assert done.status_code == (409 if seen.json()["breaches"] else 200), done.text
        self.is_free = True

    @rule()
    def sweep(self) -> None:
        answers.follow_once(self.day.database)
        self.is_free = True

    # what must hold

    @invariant()
    def every_offer_is_what_the_model_says(self) -> None:
        now = self._offers()
        assert self.model.keys() <= now.keys(), "an offer is gone"
        for key, row in now.items():
            was = self.model.setdefault(key, "offered") if self.is_free else self.model[key]
            if row["state"] == "withdrawn" and self.is_free and was in OPEN:
                self.model[key] = "withdrawn"
            assert row["state"] == self.model[key], (self._pair(row), row["state"], was)
        self.gone |= {self._pair(row) for row in now.values() if row["state"] in GONE}
        self.is_free = False

    @invariant()
    def promised_is_who_was_asked_and_did_not_say_no(self) -> None:
        standing = [self._named(row) for row in self._standing()]
        assert len(set(standing)) == len(standing), "promised twice"
        live = [self._pair(row) for row in self._offers().values() if row["state"] in LIVE]
        waiting = [self._pair(row) for row in self._offers().values() if row["state"] in OPEN | BEGUN]
        assert set(waiting) <= set(standing) <= set(live)
        assert len(set(live)) == len(live), "asked twice"
        assert not self.gone & set(standing), "who said no is back"
        for what in WHAT:
            assert sum(pair[1] == what for pair in standing) <= NEEDS.get(what, 1), f"too many for {what}"

    @invariant()
    def what_was_published_stays_as_it_was(self) -> None:
        path = f"/v1/rosters/{self.day.roster_id}/versions"
        for number in (row["number"] for row in self.client.get(path).json()["rows"]):
            lines = self.client.get(f"{path}/{number}").json()["assignments"]
            assert self.published.setdefault(number, lines) == lines, f"version {number} changed"

    # reading

    def _does(self, act: str, offer: str, done: Any) -> None:
        state = self.model[offer]
        assert done.status_code == (200 if state in GOES[act] else 409), (act, state, done.text)
        self.model[offer] = GOES[act].get(state, state)

    def _offers(self) -> dict[str, dict[str, Any]]:
        rows = self.client.get(f"/v1/rosters/{self.day.roster_id}/offers").json()["rows"]
        return {row["id"]: row for row in rows}

    def _newest(self, who: str, what: str, *, known: bool = True) -> str | None:
        mine = [key for key, row in self._offers().items() if self._pair(row) == (who, what)]
        return max((key for key in mine if (key in self.model) == known), default=None)

    def _standing(self) -> list[Any]:
        with self.day.database.reading() as session:
            return list(versions.standing(session, self.day.roster_id))

    def _promise(self, who: str, what: str) -> str | None:
        return next((row.id for row in self._standing() if self._named(row) == (who, what)), None)

    def _pair(self, row: dict[str, Any]) -> Pair:
        return self.day.number[row["helper_id"]] or "", self.day.number[row["visit_id"]] or ""

    def _named(self, row: Any) -> Pair:
        return self.day.number[row.helper_id] or "", self.day.number[row.visit_id] or ""


@pytest.fixture
def template(database_url: str, tmp_path: Path) -> str:
    """The roster of a published day, in which V3 could make Q1, Q3 and Q7 too; nobody holds its database open."""
    database = Database(database_url)
    rows = tiny.tables(DAY)
    rows["time_off"] = []
    rows["volunteers"][2] |= {"技能": "陪伴", "可服务时间": "周一 09:00-12:00；周一 14:00-17:00", **tiny.point("B")}
    made = opened(database, tmp_path / "files", rows)
    made.store(LATER)
    publish(made)
    database.close()
    return made.roster_id


@contextmanager
def copied(database_url: str, name: str, home: Path) -> Iterator[str]:
    """A database of the example's own."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        path = home / f"{name}.sqlite3"
        shutil.copy(url.database or "", path)
        yield f"sqlite:///{path}"
        return
    office = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(office, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"')
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_whatever_is_done_to_a_published_day_an_assignment_lives_as_the_model_says(
    database_url: str, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, shown = (
        count(),
        {"now": datetime.combine(DAY, datetime.min.time(), clock.now().tzinfo) - timedelta(days=1)},
    )
    monkeypatch.setattr(clock, "now", lambda: shown["now"])

    @contextmanager
    def fresh() -> Iterator[tuple[TestClient, TinyDay]]:
        name = f"life_{os.getpid()}_{next(numbers)}"
        with copied(database_url, name, tmp_path) as url:
            settings = Settings(database_url=url, home=tmp_path, redis_url="redis://127.0.0.1:1/0")
            database = Database(url)
            with TestClient(create_app(settings), headers=signed.shown(signed.a_key(database))) as client:
                yield client, TinyDay(database, template)
            database.close()

    class Drawn(Life):
        pass

    Drawn.fresh, Drawn.shown = staticmethod(fresh), shown
    run_state_machine_as_test(
        Drawn,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=EXAMPLES < 50,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
