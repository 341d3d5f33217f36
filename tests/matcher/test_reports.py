"""Reports: each figure worked out by hand, of facts and of the tiny world's day with a second provider."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matcher import areas, clock, exports, offers, reports
from matcher import report_sums as sums
from matcher.database import Database
from matcher.errors import InvalidError
from matcher.reach import EVERYTHING, Reach
from matcher.report_facts import AnswerFact, DaysFact, ServedFact, VisitFact
from matcher.reports import COLUMNS, Report, ReportName
from matcher.types import OfferState
from tests.dispatched import published
from tests.matcher.test_offers import offer
from tests.matcher.test_owed import serve
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import TinyDay


@pytest.fixture
def day(database: Database, tmp_path: Path) -> TinyDay:
    return published(database, tmp_path)


def told(day: TinyDay, name: ReportName, on: date = DAY) -> Report:
    with day.database.reading() as session:
        return reports.read(session, name, EVERYTHING, on, on)


def test_where_nothing_happened_there_is_no_share_and_no_median() -> None:
    for name, summary in (
        (ReportName.COVERAGE, sums.coverage([])),
        (ReportName.HOURS, sums.hours([])),
        (ReportName.FAIRNESS, sums.fairness([])),
        (ReportName.UTILISATION, sums.utilisation([])),
        (ReportName.RESPONSE, sums.response([])),
        (ReportName.CIRCLE, sums.circle([])),
    ):
        assert list(summary) == list(COLUMNS[name])
        assert set(summary.values()) <= {0, None}


def test_a_visit_that_half_of_its_people_promised_is_left() -> None:
    visits = [VisitFact(2, 1, served=False), VisitFact(2, 2, served=True), VisitFact(1, 1, served=False)]
    assert sums.coverage(visits) == {"visits": 3, "covered": 2, "left": 1, "served": 1, "covered_share": 66.7}


def test_hours_tell_volunteers_from_providers() -> None:
    served = [ServedFact("a", False, 50), ServedFact("a", False, 10), ServedFact("b", True, 90)]
    assert sums.hours(served) == {"volunteers_minutes": 60, "crews_minutes": 90, "served_visits": 3, "helpers": 2}


def test_the_busiest_fifth_is_never_nobody() -> None:
    borne = [("a", 3), ("a", 3), ("b", 2), ("c", 1), ("d", 1)]
    assert sums.fairness(borne) == {
        **{"helpers": 4, "mean_burden": 2.5, "median_burden": 1.5, "most_burden": 6, "top_fifth_share": 60.0}
    }


def test_only_answers_count_for_the_time_to_answer() -> None:
    answers = [
        AnswerFact(OfferState.ACCEPTED, 4.0),
        AnswerFact(OfferState.DONE, 10.0),
        AnswerFact(OfferState.DECLINED, 7.0),
        AnswerFact(OfferState.LAPSED, 600.0),
        AnswerFact(OfferState.WITHDRAWN, 1.0),
        AnswerFact(OfferState.OFFERED, None),
    ]
    assert sums.response(answers) == {"offers": 6, "accepted": 2, "declined": 1, "lapsed": 1, "median_answer": 7.0}


def test_ten_minutes_belong_to_the_circle() -> None:
    assert sums.circle([0, 10, 11, 25]) == {
        **{"visits": 4, "within_ten": 2, "within_share": 50.0, "median_way": 10.5, "farthest_way": 25}
    }


def test_use_is_what_was_promised_of_what_was_free() -> None:
    assert sums.utilisation([DaysFact(60, 30), DaysFact(180, 30)])["used_share"] == 25.0


def test_coverage_of_the_day(day: TinyDay) -> None:
    """Twelve visits; nobody makes Q5, Q6 and Q13."""
    serve(day, "K1", "Q4")
    found = told(day, ReportName.COVERAGE)
    assert found.total == {"visits": 12, "covered": 9, "left": 3, "served": 1, "covered_share": 75.0}
    assert [(row.area.zh, row.values) for row in found.rows] == [("柳树巷社区", found.total)]


def test_hours_of_the_day(day: TinyDay) -> None:
    serve(day, "K1", "Q4", 60)
    serve(day, "V1", "Q1", 30)
    expected = {"volunteers_minutes": 30, "crews_minutes": 60, "served_visits": 2, "helpers": 2}
    assert told(day, ReportName.HOURS).total == expected


def test_fair_shares_of_the_day(day: TinyDay) -> None:
    """V1 bears 1 + 4 + 1 (Q1, Q3, Q7), V2 bears 2 + 4 + 1 (Q2, Q3, Q8)."""
    assert told(day, ReportName.FAIRNESS).total == {
        **{"helpers": 2, "mean_burden": 6.5, "median_burden": 6.5, "most_burden": 7, "top_fifth_share": 53.8}
    }


def test_use_of_the_day(day: TinyDay) -> None:
    """V1 and V2 have six hours, V3 three, each of the three crews nine; 525 minutes are promised."""
    expected = {"helpers": 6, "free_minutes": 2520, "promised_minutes": 525, "used_share": 20.8}
    assert told(day, ReportName.UTILISATION).total == expected


def test_answers_of_today(day: TinyDay) -> None:
    with day.database.transaction() as session:
        offers.accept(session, offer(day, "K1", "Q4"))
        offers.accept(session, offer(day, "K3", "Q13"))
        offers.decline(session, offer(day, "K2", "Q9"), "车坏了")
        area = areas.first_subdistrict(session)
        assert area is not None
        today = clock.now().astimezone(areas.zone(area)).date()
    total = dict(told(day, ReportName.RESPONSE, today).total)
    waited = total.pop("median_answer")
    assert total == {"offers": 12, "accepted": 2, "declined": 1, "lapsed": 0}
    assert waited is not None
    assert told(day, ReportName.RESPONSE, today - timedelta(days=2)).total["offers"] == 0


def test_the_circle_of_the_day_counts_every_promise(day: TinyDay) -> None:
    assert told(day, ReportName.CIRCLE).total["visits"] == 10


@pytest.mark.parametrize("name", ReportName)
def test_what_is_out_of_reach_is_in_no_report(day: TinyDay, name: ReportName) -> None:
    with day.database.reading() as session:
        found = reports.read(session, name, Reach(areas=("are_00000000000000000000000000",)), DAY, DAY)
    assert found.rows == ()
    assert set(found.total.values()) <= {0, None}


def test_days_run_forward_and_three_months_are_enough(day: TinyDay) -> None:
    with day.database.reading() as session:
        for until in (DAY - timedelta(days=1), DAY + timedelta(days=reports.LONGEST)):
            with pytest.raises(InvalidError):
                reports.read(session, ReportName.COVERAGE, EVERYTHING, DAY, until)
    assert reports.period(DAY, None, None) == (DAY - timedelta(days=27), DAY)
    assert reports.period(DAY, DAY + timedelta(days=3), None) == (DAY + timedelta(days=3),) * 2


EVIL = ("=1+1", "+86", "-2", "@SUM(A1)", "\tx", "＝1", "plain", 'with "quotes", and commas')


def test_no_cell_of_a_csv_becomes_a_formula() -> None:
    read = exports.as_csv(["=head"], [[text] for text in EVIL]).decode("utf-8-sig").splitlines()
    assert read == [
        *("'=head", "'=1+1", "'+86", "'-2", "'@SUM(A1)", "'\tx", "'＝1", "plain"),
        '"with ""quotes"", and commas"',
    ]
    assert exports.as_csv(["一"], [[-5]]).startswith(b"\xef\xbb\xbf")
    assert exports.as_csv(["a"], [[-5]]).endswith(b"-5\r\n")


def test_no_cell_of_a_workbook_becomes_a_formula() -> None:
    sheet = load_workbook(BytesIO(exports.as_xlsx("报表", ["=head", "n"], [[text, -5] for text in EVIL], rtl=True)))
    rows = list(sheet.active.iter_rows())
    assert [row[0].value for row in rows] == ["=head", *EVIL]
    assert {row[0].data_type for row in rows} == {"s"}
    assert {row[1].data_type for row in rows[1:]} == {"n"}
    assert [row[0].quotePrefix for row in rows] == [True] * 7 + [False] * 2
    assert sheet.active.sheet_view.rightToLeft
