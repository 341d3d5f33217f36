"""How a search divides its time: stretches of search that cool down, and what comes after each."""

from dataclasses import dataclass

COLD = 0.007
"""The last temperature, as a share of the first."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Search until this share of the limit is used up, while the temperature falls; then price, then choose.

    `priced` and `chosen` are the shares until which pricing and choosing may last; 0: not in this turn.
    """

    until: float
    hot: float
    priced: float = 0.0
    chosen: float = 0.0


TURNS = (Turn(0.1, 1.0, 0.6, 0.75), Turn(0.8, 0.03, 0.88, 0.96), Turn(1.0, 0.01))
"""Temperatures are shares of the first. The pool fills from the first pricing on."""
MANY_TURNS = (Turn(0.08, 1.0, 0.64), Turn(0.66, 0.03, 0.96), Turn(1.0, 0.01))
"""Where there are many shifts, regions choose better days than CP-SAT would."""
SOFT_TURNS = (Turn(0.9, 1.0, 0.93, 0.96), Turn(1.0, 0.01))
"""Where points depend on times (lateness, waiting, balance) pricing sees next to nothing: the search gets the time."""
