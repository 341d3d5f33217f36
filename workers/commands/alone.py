"""`matcher worker` and `matcher sweeper`: the parts of `matcher up` one by one, for any number of machines."""

from workers import sweeper as sweepers
from workers import worker as workers


def worker() -> None:
    """Take runs from the queue and solve them, one at a time, until Ctrl-C. Start as many as you have cores for."""
    workers.main()


def sweeper() -> None:
    """Ring again what was not heard, reclaim what was left half done, until Ctrl-C. One is enough; more do no harm."""
    sweepers.main()
