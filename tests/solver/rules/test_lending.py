from solver.problem import Lending
from solver.rules import lending, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_community_lends_no_more_assignments_than_were_agreed() -> None:
    helpers = [a_helper("Ana", community=0), a_helper("Ben", community=1), a_helper("Can")]
    visits = [a_visit("a", community=1), a_visit("b", community=1), a_visit("c", community=0)]
    problem = a_problem(helpers, visits, communities=("north", "south"), lendings=(Lending(0, 1, 1),))
    assert found(lending, problem, (0, 10, 0), (1, 10, 1), (2, 90, 1), (0, 90, 2)) == []
    told = found(lending, problem, (0, 10, 0), (0, 90, 1))
    assert [(breach.sentence, breach.hard) for breach in told] == [
        ("north would lend south 2 assignments; at most 1 were agreed.", True)
    ]


def test_of_two_caps_for_the_same_pair_the_search_hears_the_tighter() -> None:
    caps = (Lending(0, 1, 3), Lending(0, 1, 2), Lending(0, 1, 5))
    draft = model(a_problem([a_helper()], [a_visit()], communities=("north", "south"), lendings=caps))
    assert draft.lending_of.tolist() == [[-1, 1], [-1, -1]]
    assert draft.lending_most.tolist() == [3, 2, 5]
    assert draft.helper_community.tolist() == [-1]
    assert draft.visit_community.tolist() == [-1]
