"""What comes through a door: taken as the tables can hold it, or refused."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from matcher import types

NUL, HIGH, LOW = "\x00", "\ud83d", "\ude00"

TAKEN: list[tuple[Any, object, object]] = [
    (types.Name, " 阿依古丽 ", "阿依古丽"),
    (types.Name, "\u3000王芳\u3000", "王芳"),
    (types.Name, "ئايگۈل", "ئايگۈل"),
    (types.Name, "𠮷", "𠮷"),
    (types.Name, "x" * 120, "x" * 120),
    (types.Word, "x" * 60, "x" * 60),
    (types.Text, "", ""),
    (types.Text, "两行\n也行", "两行\n也行"),
    (types.Text, "😀" * 1000, "😀" * 1000),
    (types.Number, " A-7 ", "A-7"),
    (types.Key, "res_01KAP0N6V8W2Z5R4Q3T1Y7X9CD", "res_01KAP0N6V8W2Z5R4Q3T1Y7X9CD"),
    (types.Phone, "13800138000", "+8613800138000"),
    (types.Phone, " 138 0013 8000 ", "+8613800138000"),
    (types.Phone, "\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10", "+8613800138000"),
    (types.Phone, "0991-1234567", "+869911234567"),
    (types.Phone, "+7 727 250-00-00", "+77272500000"),
    (types.Minutes, 1, 1),
    (types.Minutes, 1440, 1440),
    (types.People, 50, 50),
    (types.Points, 0, 0),
    (types.Points, 1_000_000, 1_000_000),
    (types.Money, 10_000_000_000, 10_000_000_000),
    (types.Latitude, -90, -90.0),
    (types.Longitude, 180, 180.0),
    (types.Day, "2034-11-20", date(2034, 11, 20)),
    (types.Day, "1900-01-01", date(1900, 1, 1)),
    (types.Day, "2200-12-31", date(2200, 12, 31)),
    (types.Day, "2028-02-29", date(2028, 2, 29)),
    (types.AwareTime, "2034-11-20T09:00:00+08:00", datetime(2034, 11, 20, 1, tzinfo=UTC)),
    (types.AwareTime, "1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
    (types.Clock, "09:30", time(9, 30)),
    (types.Clock, "09:30:59.5", time(9, 30)),
    (types.Zone, "Asia/Urumqi", "Asia/Urumqi"),
]

REFUSED: list[tuple[Any, object]] = [
    *[(kind, f"a{bad}b") for kind in (types.Name, types.Word, types.Text, types.Number) for bad in (NUL, HIGH, LOW)],
    (types.Phone, f"1380013{NUL}8000"),
    (types.Phone, f"1380013{HIGH}8000"),
    (types.Name, ""),
    (types.Name, " \u3000\t\n"),
    (types.Name, "x" * 121),
    (types.Name, 7),
    (types.Word, "x" * 61),
    (types.Text, "x" * 1001),
    (types.Number, "x" * 41),
    (types.Key, "res_1"),
    (types.Key, "RES_01KAP0N6V8W2Z5R4Q3T1Y7X9CD"),
    (types.Key, "res_01KAP0N6V8W2Z5R4Q3T1Y7X9CD\n"),
    (types.Key, "res_01KAP0N6V8W2Z5R4Q3T1Y7X9C\u0661"),
    (types.Phone, ""),
    (types.Phone, "nobody"),
    (types.Phone, "123"),
    (types.Phone, "1380013800013800138000"),
    (types.Phone, "+999 1234567"),
    (types.Minutes, 0),
    (types.Minutes, 1441),
    (types.Minutes, 1.5),
    (types.People, 0),
    (types.People, 51),
    (types.Points, -1),
    (types.Points, 1_000_001),
    (types.Points, 10**30),
    (types.Money, -1),
    (types.Money, 10_000_000_001),
    *[(kind, bad) for kind in (types.Latitude, types.Longitude) for bad in (float("nan"), float("inf"), -float("inf"))],
    *[(kind, bad) for kind in (types.Minutes, types.Points, types.Money) for bad in (float("nan"), float("inf"))],
    (types.Latitude, 90.001),
    (types.Longitude, -180.001),
    (types.Day, "1899-12-31"),
    (types.Day, "2201-01-01"),
    (types.Day, "0001-01-01"),
    (types.Day, "9999-12-31"),
    (types.Day, "2034-02-29"),
    (types.AwareTime, "2034-11-20T09:00:00"),
    (types.AwareTime, "1899-12-31T23:59:59Z"),
    (types.AwareTime, "2201-01-01T00:00:00Z"),
    (types.AwareTime, "9999-12-31T23:59:59-12:00"),
    (types.AwareTime, "0001-01-01T00:00:00+14:00"),
    (types.Clock, "24:00"),
    (types.Clock, "09:30+08:00"),
    (types.Zone, "Asia/Nowhere"),
    (types.Zone, "../../etc/passwd"),
    (types.Zone, ""),
    (types.Zone, NUL),
]


@pytest.mark.parametrize(("kind", "said", "held"), TAKEN)
def test_what_can_be_held_is_taken_in_one_form(kind: Any, said: object, held: object) -> None:
    assert TypeAdapter(kind).validate_python(said) == held


@pytest.mark.parametrize(("kind", "said"), REFUSED)
def test_what_cannot_be_held_is_refused(kind: Any, said: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(said)


@pytest.mark.parametrize(("kind", "said"), REFUSED)
def test_it_is_refused_as_json_too(kind: Any, said: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(json.dumps(said))


def test_a_form_once_taken_is_taken_again_unchanged() -> None:
    for kind, _, held in TAKEN:
        assert TypeAdapter(kind).validate_python(held) == held
