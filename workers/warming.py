"""Making the search ready: its kernels are compiled before anybody's time runs."""

from solver.problem import Helper, Link, Problem, Shift, Travel, Visit, Weights, Window

STEPS = 20


def warm_up() -> None:
    """Solve a problem of no matter, so that compiling the search is not taken for searching. On a fresh machine this
    takes half a minute; later the compiled kernels are read from disk."""
    from solver.solve import Limit, solve  # a second of loading, only where something is solved

    solve(sample(), Limit(iterations=STEPS, threads=1), seed=1)


def sample() -> Problem:
    """Small, with a link and every kind of weight that has a kernel of its own."""
    shift = Shift(0, 1000, 0, 0)
    return Problem(
        helpers=(Helper("one", (shift,)), Helper("two", (shift,))),
        visits=tuple(Visit(str(number), 1, (Window(0, 900),), 10) for number in range(3)),
        travel=(Travel.of("any", [[0, 5], [5, 0]]),),
        links=(Link(0, 1, 0, 0),),
        weights=Weights(balance=1, waiting=1),
    )


if __name__ == "__main__":
    warm_up()
