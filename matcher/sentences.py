"""What rules say, with ids replaced by what people call things, and ticks by what the clock on the wall shows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from solver.plan import Breach

Said = dict[str, Any]
"""As it is stored and answered: the template, what fills it, the whole sentence in English, and what it is about."""


Wall = Callable[[int], int]
"""From minutes since the roster's start to the minutes since midnight that the area's clock shows then; on days when
clocks change these differ by what they were changed."""


def told(text: str, values: Mapping[str, Any], names: Mapping[str, str], wall: Wall | None = None) -> Said:
    """`wall` is needed where values hold moments (`..._at`)."""
    named = {key: _named(value, names, *str(value).split(", ")) for key, value in values.items()}
    if wall is not None:
        named = {key: wall(int(value)) if _is_moment(key, value) else value for key, value in named.items()}
    return {"text": text, "values": named, "sentence": Breach("", text, named).sentence}


def told_breach(
    breach: Breach, names: Mapping[str, str], visit_ids: Sequence[str], helper_ids: Sequence[str], wall: Wall
) -> Said:
    return {
        "rule": breach.rule,
        **told(breach.text, breach.values, names, wall),
        "hard": breach.hard,
        "points": breach.points,
        "visit_ids": [visit_ids[number] for number in breach.visits],
        "helper_ids": [helper_ids[number] for number in breach.helpers],
    }


def _is_moment(key: str, value: Any) -> bool:
    return key.endswith("_at") and isinstance(value, int | float)


def _named(value: Any, names: Mapping[str, str], *ids: str) -> Any:
    """The value with ids replaced by what people call them."""
    if not isinstance(value, str):
        return value
    for identity in ids:
        value = value.replace(identity, names.get(identity, identity))
    return value
