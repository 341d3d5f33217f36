"""The fields of a JSON file, read so that every fault is one sentence that names the field."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from solver.problem import MOST_TICKS

Name = str | int
"""What the public formats call things by; it is written back as it was read."""

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", Decimal: "a number"}


class FormatError(ValueError):
    """The file is not what its format says; the sentence names the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the file and the path that leads to it. Fractions are Decimals: nothing is rounded on the way in."""

    value: Any
    path: str

    def fault(self, sentence: str) -> FormatError:
        return FormatError(f"{self.path or 'the file'}: {sentence}")

    def __getitem__(self, name: str) -> "Field":
        found = self.maybe(name)
        if found is None:
            raise self.fault(f"{name} is missing")
        return found

    def maybe(self, *names: str) -> "Field | None":
        """The first of these fields that is there; null counts as missing."""
        inside = self._of(dict)
        for name in names:
            if inside.get(name) is not None:
                return Field(inside[name], f"{self.path}.{name}" if self.path else name)
        return None

    def either(self, *names: str) -> "Field":
        """A field that older files call by another name."""
        found = self.maybe(*names)
        if found is None:
            raise self.fault(f"{names[0]} is missing")
        return found

    def each(self) -> "Iterator[Field]":
        for number, value in enumerate(self._of(list)):
            yield Field(value, f"{self.path}[{number}]")

    def two(self) -> "tuple[Field, Field]":
        fields = tuple(self.each())
        if len(fields) != 2:
            raise self.fault(f"it must hold two values, it holds {len(fields)}")
        return fields[0], fields[1]

    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def keys(self) -> list[str]:
        return list(self._of(dict))

    def name(self) -> Name:
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int)):
            raise self._unexpected("a text")
        return self.value

    def known(self, names: "dict[Name, int]", what: str) -> int:
        """The number of the thing that this field names."""
        name = self.name()
        if name not in names:
            raise self.fault(f"there is no {what} {name!r}")
        return names[name]

    def truth(self) -> bool:
        return bool(self._of(bool))

    def says(self, name: str) -> bool:
        """Whether this field is there and true."""
        field = self.maybe(name)
        return field is not None and field.truth()

    def text(self) -> str:
        return str(self._of(str))

    def number(self) -> Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, (int, Decimal)):
            raise self._unexpected("a number")
        return Decimal(self.value)

    def ticks(self, scale: int, least: int = 0) -> int:
        """A time as a whole number of ticks, `scale` to the file's unit; exact or refused."""
        number = self.number()
        if not least <= number <= MOST_TICKS // scale:
            raise self.fault(f"{_short(number)} is not between {least} and {MOST_TICKS // scale}")
        if _decimals(number) > len(str(scale)) - 1:
            raise self.fault(f"{_short(number)} has more decimals than can be held; at most {len(str(scale)) - 1}")
        return int(number * scale)

    def table(self, scale: int, size: int | None = None) -> list[list[int]]:
        """A square table of times in ticks."""
        rows = [[cell.ticks(scale) for cell in row.each()] for row in self.each()]
        for number, row in enumerate(rows):
            if len(row) != len(rows):
                raise self.fault(f"row {number} holds {len(row)} values, the table has {len(rows)} rows")
        if size is not None and len(rows) != size:
            raise self.fault(f"it has {len(rows)} rows, {size} are needed")
        return rows

    def _of(self, kind: type) -> Any:
        if not isinstance(self.value, kind):
            raise self._unexpected(_KINDS[kind])
        return self.value

    def _unexpected(self, wanted: str) -> FormatError:
        return self.fault(f"expected {wanted}, found {_KINDS.get(type(self.value), 'null')}")


def parse(text: str) -> Field:
    """The whole file; NaN, infinities and anything that is not JSON are refused."""
    try:
        return Field(json.loads(text, parse_float=Decimal, parse_constant=_refuse), "")
    except RecursionError:
        raise FormatError("the file is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise FormatError(f"the file is not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        raise FormatError(f"the file is not JSON: {error}") from None


def numbered(fields: Sequence[Field]) -> dict[Name, int]:
    """Number the things of a list by their `id`; each id once."""
    numbers: dict[Name, int] = {}
    for number, field in enumerate(fields):
        name = field["id"].name()
        if name in numbers:
            raise field["id"].fault(f"{name!r} is used twice")
        numbers[name] = number
    return numbers


def most_decimals(value: Any) -> int:
    """How many decimals the finest number has, anywhere below this value."""
    if isinstance(value, dict):
        return max((most_decimals(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        return max((most_decimals(inner) for inner in value), default=0)
    return _decimals(value) if isinstance(value, Decimal) else 0


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _decimals(number: Decimal) -> int:
    # by the digits, since Decimal's own operations round to 28 of them
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or not number:
        return 0
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -exponent - zeros)


def _short(number: Decimal) -> str:
    return f"{number:.6g}"
