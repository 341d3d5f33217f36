"""The child that solves, minded by its parent: stopped, too big, killed, and told a contradiction."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from solver.plan import Plan
from solver.problem import Helper, Problem, Shift, Travel, Visit, Window
from tests.workers.processes import alive, eventually, kill, running
from workers import parent
from workers.child import Limits

pytestmark = pytest.mark.usefixtures("search_is_ready")
SHIFT = Shift(0, 480, 0, 0)
PROBLEM = Problem(
    helpers=(Helper("Aygul", (SHIFT,)), Helper("Li", (SHIFT,))),
    visits=tuple(Visit(f"visit {number}", 1 + number % 3, (Window(0, 400),), 30) for number in range(12)),
    travel=(Travel.of("walk", [[0, 5, 9, 4], [5, 0, 6, 7], [9, 6, 0, 8], [4, 7, 8, 0]]),),
)


def solve(
    seconds: float = 2,
    memory_mb: int = 1500,
    on_plan: Callable[[Plan], None] = lambda plan: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> parent.Ending:
    return parent.solve(PROBLEM, Limits(seconds, None, 1, 1, memory_mb), on_plan, should_stop)


def child() -> int:
    return running(os.getpid(), "workers.child")[0]


def test_the_plan_of_a_finished_child_is_the_solvers_last_word() -> None:
    heard: list[Plan] = []
    ending = solve(on_plan=heard.append)
    assert ending.code == "finished"
    assert ending.plan == heard[-1]
    assert len(ending.plan.made()) == 12


def test_a_stopped_child_hands_in_its_best_plan() -> None:
    heard: list[Plan] = []
    ending = solve(seconds=600, on_plan=heard.append, should_stop=lambda: bool(heard))
    assert ending.code == "stopped"
    assert ending.plan is not None
    assert ending.plan.assignments


def test_a_killed_child_leaves_its_last_incumbent_and_says_how_it_ended() -> None:
    heard: list[Plan] = []

    def then_kill(plan: Plan) -> None:
        heard.append(plan)
        kill(child())

    ending = solve(seconds=600, on_plan=then_kill)
    assert ending.code == "crash"
    assert ending.sentence == "The solver was killed from outside (signal 9)."
    assert ending.plan == heard[-1]


def test_a_child_killed_before_its_first_plan_leaves_none() -> None:
    killer = threading.Thread(target=lambda: kill(eventually(lambda: running(os.getpid(), "workers.child"))[0]))
    killer.start()
    ending = solve(seconds=600)
    killer.join()
    assert (ending.code, ending.plan) == ("killed", None)


def test_a_child_that_takes_too_much_memory_is_ended() -> None:
    ending = solve(seconds=600, memory_mb=40)
    assert ending.code == "memory"
    assert ending.sentence == "The solver used more than its 40 MB and was ended."


def test_an_abandoned_child_is_gone_and_its_plan_with_it() -> None:
    seen: list[int] = []

    def should_abandon() -> bool:
        seen.extend(running(os.getpid(), "workers.child"))
        return bool(seen)

    ending = parent.solve(PROBLEM, Limits(600, None, 1, 1, 1500), lambda plan: None, lambda: False, should_abandon)
    assert (ending.code, ending.plan) == ("abandoned", None)
    assert not alive(seen[0])


def test_a_child_dies_with_its_parent() -> None:
    code = """
from tests.workers import test_child
test_child.solve(seconds=600)
"""
    minder = subprocess.Popen([sys.executable, "-c", code])
    (child,) = eventually(lambda: running(minder.pid, "workers.child"))
    minder.kill()
    minder.wait()
    eventually(lambda: not alive(child))
