"""A question about a left visit, from the bell to the kept answer, through a real queue and a real worker."""

from matcher import cures
from matcher.cures import Cures
from tests.workers.conftest import Office
from tests.workers.processes import eventually
from workers import queues


def asked(office: Office, visit_id: str) -> tuple[Cures, str | None]:
    with office.database.transaction() as session:
        return cures.of_visit(session, office.roster_id, visit_id)


def a_left_visit(office: Office) -> str:
    return office.result().unassigned[0].visit.visit_id


def test_a_worker_answers_what_would_fix_a_left_visit(office: Office) -> None:
    office.start_worker()
    office.ended(office.trigger(seconds=1))
    visit_id = a_left_visit(office)
    known, question = asked(office, visit_id)
    assert known.state == "working"
    assert question is not None
    assert queues.ring_for_cures(question, office.settings)
    answered = eventually(lambda: found if (found := asked(office, visit_id)[0]).state != "working" else None, 240)
    assert answered.state == "ready"
    assert answered.found


def test_a_bell_that_was_lost_is_rung_by_the_sweeper(office: Office) -> None:
    office.start_worker()
    office.ended(office.trigger(seconds=1))
    visit_id = a_left_visit(office)
    assert asked(office, visit_id)[1] is not None
    office.start_sweeper()
    answered = eventually(lambda: found if (found := asked(office, visit_id)[0]).state != "working" else None, 240)
    assert answered.state == "ready"
