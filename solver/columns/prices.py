"""What a search for prices hands on."""

from dataclasses import dataclass

from solver.columns.rows import Floats

NOTHING = -(2**62)
"""A bound that says nothing."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices y of the rows, what each shift can gain at them (at most 0), and the bound that they prove."""

    y: Floats
    shift: Floats
    bound: int
