"""What is doubtful about a helper's claims, worked by hand: two doors 1,490 m apart, twenty minutes on foot."""

from datetime import UTC, datetime, timedelta

import pytest

from matcher.claims import Claim, doubts
from matcher.stays import Promised, Stay

NINE = datetime(2034, 11, 20, 9, tzinfo=UTC)
NORTH = 1490 / 111_195
"""Degrees of latitude in 1,490 m."""


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def claim(
    came: float | None, left: float | None, *, start: float = 0, visit: str = "one", north: float = 0, **said: object
) -> Claim:
    """Of a visit of an hour, in minutes since nine."""
    stay = Stay(None if came is None else at(came), None if left is None else at(left))
    promised = Promised(at(start), at(start + 60))
    return Claim(visit, stay, promised, 43.8 + north, 87.6, **said)  # type: ignore[arg-type]


def kinds(*claims: Claim, mode: str = "walk") -> list[tuple[str, str, str]]:
    return [(doubt.kind.value, doubt.visit_id, doubt.other) for doubt in doubts(claims, mode)]


@pytest.mark.parametrize(
    ("came", "left", "expected"),
    [
        (0, 60, []),
        (-60, 0, []),
        (-61, 0, ["early"]),
        (60, 110, []),
        (61, 110, ["late"]),
        (None, 120, []),
        (None, 121, ["late"]),
        (0, 90, []),
        (0, 91, ["beyond"]),
        (None, None, []),
    ],
)
def test_one_stay_is_doubted_when_it_lies_far_from_what_was_promised(
    came: float | None, left: float | None, expected: list[str]
) -> None:
    assert [kind for kind, _, _ in kinds(claim(came, left))] == expected


def test_nobody_is_at_two_doors_at_once_but_neighbours_may_share_one_visit() -> None:
    first = claim(0, 60)
    assert kinds(first, claim(30, 80, visit="two", north=NORTH)) == [("two_places", "two", "one")]
    assert kinds(first, claim(30, 80, visit="two")) == []
    assert kinds(first, claim(30, None, visit="two", north=NORTH)) == [("two_places", "two", "one")]


@pytest.mark.parametrize(("mode", "least"), [("walk", 20), ("bike", 8), ("car", 4)])
def test_a_hop_is_doubted_when_it_is_faster_than_the_crow_at_the_helpers_own_pace(mode: str, least: int) -> None:
    first = claim(0, 60)
    enough, short = (claim(60 + taken, 120, start=60, visit="two", north=NORTH) for taken in (least - 2, least - 3))
    assert kinds(first, enough, mode=mode) == []
    assert kinds(first, short, mode=mode) == [("too_fast", "two", "one")]


def test_what_was_written_days_later_and_what_the_resident_denies_is_for_a_person_to_look_at() -> None:
    assert kinds(claim(0, 60, written_after=timedelta(days=3, minutes=1))) == [("written_late", "one", "")]
    assert kinds(claim(0, 60, written_after=timedelta(days=2))) == []
    assert kinds(claim(0, 60, is_denied=True)) == [("nobody_came", "one", "")]
