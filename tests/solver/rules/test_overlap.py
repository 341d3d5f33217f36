from solver.rules import overlap
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_visit_starts_only_when_the_one_before_is_over_and_the_way_is_done() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("tea", 1, duration=30), a_visit("walk", 3)])
    assert found(overlap, problem, (0, 10, 0), (0, 60, 1)) == []  # 10 + 30 + 20
    told = found(overlap, problem, (0, 10, 0), (0, 55, 1))
    assert [breach.sentence for breach in told] == [
        "Ana can be at walk at 01:00 after tea, 5 minutes after it starts at 00:55."
    ]
    assert told[0].hard
    assert found(overlap, problem, (0, 10, 0), (1, 10, 1)) == []
