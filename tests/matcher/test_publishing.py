"""Publishing while others publish, solve and decide: what becomes a version is what somebody was shown."""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlmodel import select

from fixtures import tiny
from matcher import imports, pins, publishing, rosters, versions
from matcher.database import Database
from matcher.errors import MatcherError, StaleError
from matcher.tables.areas import Area
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import BY_HAND, Made, TinyDay

ROUNDS = int(os.environ.get("MATCHER_ROUNDS", "40"))
"""Of what may interleave; the long tests ask for more."""


@pytest.fixture
def day(database: Database, tmp_path: Path) -> TinyDay:
    files = tiny.write_tiny(tmp_path, DAY)
    for kind in imports.IMPORTS:
        imports.run(database, kind, files[kind].name, files[kind].read_bytes())
    with database.transaction() as session:
        area = session.exec(select(Area.id).where(Area.number == tiny.COMMUNITY)).one()
        roster_id = rosters.open_roster(session, area, DAY).id
    made = TinyDay(database, roster_id)
    made.store()
    return made


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gives, or the error that it raises, all begun at the same instant."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def do(number: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[number] = act()  # type: ignore[call-overload]
        except MatcherError as error:
            answers[number] = error

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(answers)


def look(day: TinyDay) -> publishing.Preview:
    with day.database.reading() as session:
        return publishing.look(session, day.roster_id)


def publish(day: TinyDay, seen: publishing.Preview) -> int:
    with day.database.transaction() as session:
        return publishing.publish(session, seen, seen.version).number


def promised(day: TinyDay, number: int) -> set[Made]:
    with day.database.reading() as session:
        rows = versions.promises(session, day.roster_id, number)
    return {day.named(row.helper_id, row.visit_id, row.start_at) for row, _ in rows}


def shown(day: TinyDay, seen: publishing.Preview) -> set[Made]:
    return {day.named(line["helper_id"], line["visit_id"], line["start_at"]) for line in seen.lines}


def test_of_many_who_publish_at_once_one_does_and_everybody_is_told_once(day: TinyDay) -> None:
    seen = look(day)
    answers = at_once(*[partial(publish, day, seen)] * 6)
    assert sorted(str(getattr(answer, "code", answer)) for answer in answers) == ["1", *["stale"] * 5]
    with day.database.reading() as session:
        (version,) = versions.listed(session, day.roster_id)
    assert {day.number[one["helper_id"]] for one in version.told} == {"V1", "V2", "K1", "K2"}
    assert promised(day, 1) == set(BY_HAND)


def decide(day: TinyDay, seen: publishing.Preview) -> str:
    with day.database.transaction() as session:
        return pins.put(session, day.roster_id, day.visits["Q4"], [day.helpers["K1"]], None, seen.version).id


def test_what_is_published_was_shown_whatever_is_stored_and_decided_meanwhile(day: TinyDay) -> None:
    """Publishers, a solver and a coordinator at once, round after round; every version is a preview that was shown."""
    random, previews = Random(7), {}
    for round_ in range(ROUNDS):
        made = [line for line in BY_HAND if line[1] in ("Q3", "Q4", "Q7", "Q8") or random.random() < 0.6]
        seen = look(day)
        previews[seen.version] = shown(day, seen)
        other = partial(decide, day, seen) if round_ % 2 else partial(day.store, made)
        answers = at_once(partial(publish, day, seen), partial(publish, day, seen), other)
        assert all(answer is None or isinstance(answer, int | str | StaleError) for answer in answers), answers
    with day.database.reading() as session:
        rows = versions.listed(session, day.roster_id)
    assert len(rows) >= 2
    assert [row.number for row in rows] == list(range(len(rows), 0, -1))
    for row in rows:
        assert promised(day, row.number) == previews[row.roster_version]


def test_each_version_tells_the_difference_to_the_one_before_it(day: TinyDay) -> None:
    plans = [BY_HAND, BY_HAND[:4], [("V1", "Q1", "09:15"), *BY_HAND[2:4]], BY_HAND]
    for number, made in enumerate(plans, 1):
        day.store(made)
        assert publish(day, look(day)) == number
        assert promised(day, number) == set(made)
    with day.database.reading() as session:
        told = {row.number: row.told for row in versions.listed(session, day.roster_id)}
    for number, (before, after) in enumerate(zip([(), *plans], plans, strict=False), 1):
        differs = {line[0] for line in set(before) ^ set(after)}
        assert {day.number[one["helper_id"]] for one in told[number]} == differs


def test_a_pin_that_the_draft_does_not_hold_is_not_published(day: TinyDay) -> None:
    with day.database.transaction() as session:
        pins.put(session, day.roster_id, day.visits["Q9"], [day.helpers["K1"]], None, day.version)
    assert [breach["rule"] for breach in look(day).breaches] == ["pinned"]
