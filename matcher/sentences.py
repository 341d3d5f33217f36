"""What rules say, with ids replaced by what people call things."""

from collections.abc import Mapping, Sequence
from typing import Any

from solver.plan import Breach

Said = dict[str, Any]
"""As it is stored and answered: the template, what fills it, the whole sentence in English, and what it is about."""


def told(text: str, values: Mapping[str, Any], names: Mapping[str, str]) -> Said:
    named = {key: _named(value, names, *str(value).split(", ")) for key, value in values.items()}
    return {"text": text, "values": named, "sentence": Breach("", text, named).sentence}


def told_breach(breach: Breach, names: Mapping[str, str], visit_ids: Sequence[str], helper_ids: Sequence[str]) -> Said:
    return {
        "rule": breach.rule,
        **told(breach.text, breach.values, names),
        "hard": breach.hard,
        "points": breach.points,
        "visit_ids": [visit_ids[number] for number in breach.visits],
        "helper_ids": [helper_ids[number] for number in breach.helpers],
    }


def _named(value: Any, names: Mapping[str, str], *ids: str) -> Any:
    """The value with ids replaced by what people call them."""
    if not isinstance(value, str):
        return value
    for identity in ids:
        value = value.replace(identity, names.get(identity, identity))
    return value
