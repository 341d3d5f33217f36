"""What a helper may hold in hand: figures worked by hand, sentences in three languages, a paper that is read back."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest
from sqlmodel import Session, select

from matcher import attestations, clock, hours, links, seals, statements, volunteers
from matcher.errors import FontsError, InvalidError, UnknownError
from matcher.keys import new_key
from matcher.languages import LOCALE, catalogue
from matcher.statements import Median
from matcher.tables.areas import Area
from matcher.tables.offers import Offer
from matcher.tables.people import Volunteer
from matcher.tables.proof import Hours
from matcher.types import Basis, OfferState, Tongue
from tests.matcher.builders import HERE, a_service, an_area
from tests.matcher.served import a_promise, a_visit

OCTOBER = date(2026, 10, 1)


class Team:
    """Helpers of one team in one community, who served in October 2026."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.area = an_area(session, "柳树巷社区", name_en="Willow Lane", name_ug="سۆگەتلىك مەھەللىسى", time_zone="UTC")
        self.team = volunteers.found_team(session, "红石榴", "youth").id
        self.services = {burden: a_service(session, burden=burden) for burden in (0, 1, 3)}

    def member(self, *, team: bool = True) -> str:
        said = {"name": "王芳", "area_id": self.area, **HERE, "team_id": self.team if team else None}
        return volunteers.register(self.session, said)[1].id

    def served(self, helper_id: str, day: int, burden: int = 0, minutes: int = 60, **said: object) -> None:
        hour = int(str(said.pop("hour", 9)))
        start = datetime(2026, 10, day, hour, tzinfo=UTC)
        promise = a_promise(
            self.session,
            start_at=start,
            minutes=minutes,
            helper_id=helper_id,
            area_id=self.area,
            service_id=self.services[burden],
            **said,  # type: ignore[arg-type]
        )
        self.session.add(
            Hours(
                **{"id": new_key("hrs"), "helper_id": helper_id, "visit_id": promise.visit_id, "day": start.date()},
                **{"minutes": minutes, "basis": Basis.MEASURED, "entered_at": clock.now()},
            )
        )
        self.session.flush()


@pytest.fixture
def team(session: Session) -> Team:
    return Team(session)


def test_a_statement_says_what_i_did_and_how_it_compares(team: Team) -> None:
    me, second, third, outside = team.member(), team.member(), team.member(), team.member(team=False)
    team.member()  # who did not serve is no part of the median
    team.served(me, 5, 3, hour=18, travel_minutes=20)
    team.served(me, 6, 1, minutes=45)
    team.served(second, 5)
    team.served(third, 7, 1)
    team.served(third, 8, 3)
    team.served(third, 9, 3)
    team.served(outside, 9, 0, minutes=30)
    found = statements.of_helper(team.session, me, date(2026, 10, 31))
    did = found.did
    assert (did.visits, did.minutes, did.burden) == (2, 105, 6)
    assert (did.heavy, did.evening, did.far, did.unpopular) == (1, 1, 1, 0)
    assert found.team == Median(helpers=3, visits=2, minutes=105, burden=6)
    assert found.community == Median(helpers=4, visits=1.5, minutes=82.5, burden=3)


def test_of_fewer_than_three_nothing_is_told(team: Team) -> None:
    me, other = team.member(), team.member()
    team.served(me, 5)
    team.served(other, 5)
    found = statements.of_helper(team.session, me, OCTOBER)
    assert (found.team, found.community) == (None, None)
    text = statements.told(team.session, found, Tongue.ENGLISH)
    assert "Fewer than three of your team served" in text
    assert "In 2026-10 you made 1 visits and served 60 minutes." in text
    with pytest.raises(UnknownError):
        statements.of_helper(team.session, "hlp_nobody", OCTOBER)


def test_a_decline_is_told_and_counts_against_nobody(team: Team) -> None:
    me = team.member()
    visit = a_visit(team.session, team.area, datetime(2026, 10, 5, 9, tzinfo=UTC), service_id=team.services[0])
    promise = a_promise(
        team.session, area_id=team.area, visit_id=visit, helper_id=me, start_at=datetime(2026, 10, 5, 9, tzinfo=UTC)
    )
    promise.until = 2
    team.session.add(promise)
    team.session.add(
        Offer(
            **promise.model_dump(include={"roster_id", "visit_id", "helper_id", "start_at", "end_at"}),
            **{"id": new_key("off"), "state": OfferState.DECLINED, "due": 0.0, "offered_at": clock.now()},
            answered_at=clock.now(),
        )
    )
    team.session.flush()
    found = statements.of_helper(team.session, me, OCTOBER)
    assert (found.declined, found.carried, found.did.visits) == (1, 0, 0)
    lines = statements.told(team.session, found, Tongue.CHINESE).splitlines()
    assert lines[0] == "王芳"
    assert "您谢绝了1次邀约。谢绝不会对任何人不利。" in lines
    assert lines[-1] == "近来您担的正好。"


@pytest.mark.parametrize("language", [Tongue.CHINESE, Tongue.UYGHUR])
def test_every_sentence_is_there_in_every_language_with_the_same_values(language: Tongue) -> None:
    assert (LOCALE / language / "LC_MESSAGES" / "proof.po").exists()
    for text in (*statements.TEXTS, *attestations.TEXTS):
        told = catalogue(language).gettext(text)
        assert told != text
        assert sorted(re.findall(r"{\w+}", told)) == sorted(re.findall(r"{\w+}", text))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Tongue.CHINESE,
            [
                "服务时长证明",
                "兹证明王芳曾为柳树巷社区居民服务。",
                "上门服务 2 次，共计 1 小时 45 分钟。",
                "2026-10",
                "1:45",
            ],
        ),
        (
            Tongue.ENGLISH,
            ["Attestation of service hours", "has served the residents of Willow Lane.", "1 hours and 45 minutes in 2"],
        ),
        (Tongue.UYGHUR, ["ۋاقتى ئىسپاتنامىسى", "سۆگەتلىك مەھەللىسى", "سائەت 45 مىنۇت", "王芳", "2026-10-01", "1:45"]),
    ],
)
def test_the_paper_is_read_back_in_each_language(team: Team, language: Tongue, words: list[str]) -> None:
    me = team.member()
    team.served(me, 5)
    team.served(me, 6, minutes=45)
    said = attestations.paper(team.session, me, OCTOBER, date(2026, 10, 31), language)
    printed = attestations.printed(said)
    document = pypdfium2.PdfDocument(printed)
    text = " ".join(document[0].get_textpage().get_text_range().split())
    for word in words:
        assert word in text, text
    assert len(document) == 1


def test_in_uyghur_the_paper_runs_from_right_to_left_and_its_letters_are_joined(team: Team) -> None:
    me = team.member()
    team.served(me, 5)
    said = attestations.paper(team.session, me, OCTOBER, date(2026, 10, 31), Tongue.UYGHUR)
    page = pypdfium2.PdfDocument(attestations.printed(said))[0]
    text = page.get_textpage()
    first = text.get_text_range().index("ئاي")
    left, *_ = text.get_charbox(first)
    assert left > page.get_width() / 2, "the first column stands on the right"
    month = text.get_text_range().index("2026-10", first)
    assert text.get_charbox(month)[0] > page.get_width() / 2
    boxes = [text.get_charbox(first + number) for number in range(3)]
    assert boxes[0][0] > boxes[-1][0], "each letter stands left of the one before"


def test_the_ledger_decides_what_is_attested(team: Team) -> None:
    me = team.member()
    team.served(me, 5)
    team.served(me, 6)
    first = team.session.exec(select(Hours.id).where(Hours.helper_id == me).order_by(Hours.id)).all()[0]
    hours.correct(team.session, first, 0, "没有去", "李主任")
    said = attestations.paper(team.session, me, OCTOBER, date(2026, 10, 31), Tongue.ENGLISH)
    assert said["rows"] == [["2026-10", "1", "1:00"]]
    assert attestations.paper(team.session, me, OCTOBER, OCTOBER, Tongue.ENGLISH)["rows"] == []
    with pytest.raises(InvalidError):
        attestations.paper(team.session, me, OCTOBER, date(2026, 9, 30), Tongue.ENGLISH)


def test_a_seal_says_whether_the_printed_hours_still_stand(team: Team) -> None:
    me, end = team.member(), date(2026, 10, 31)
    team.served(me, 5)
    team.served(me, 6, minutes=45)
    said = attestations.paper(team.session, me, OCTOBER, end, Tongue.CHINESE, office="https://office.example/")
    where, _, token = said["address"].rpartition("/")
    assert where == "https://office.example/attestations"
    first = attestations.standing(team.session, token, Tongue.ENGLISH)
    assert (first["stands"], first["verdict"]) == (True, attestations.STANDS)
    assert first["rows"] == said["rows"]
    assert "1 hours and 45 minutes in 2 visits" in first["total"]
    entry = team.session.exec(select(Hours.id).where(Hours.helper_id == me).order_by(Hours.id)).all()[0]
    hours.correct(team.session, entry, 30, "早退", "李主任")
    after = attestations.standing(team.session, token, Tongue.ENGLISH)
    assert after["stands"] is False
    assert "Printed were 1 hours and 45 minutes in 2 visits." in after["verdict"]
    assert "1 hours and 15 minutes in 2 visits" in after["total"]


def test_hours_that_move_from_one_month_to_another_are_a_change(team: Team) -> None:
    months = [hours.Month(date(2026, 9, 1), 60, 1), hours.Month(OCTOBER, 30, 1)]
    moved = [hours.Month(date(2026, 9, 1), 30, 1), hours.Month(OCTOBER, 60, 1)]
    said = (team.member(), date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 1))
    assert seals.of(*said, months) != seals.of(*said, moved)


def test_a_seal_tells_nothing_of_what_was_served_after_the_paper_was_made(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = team.member()
    team.served(me, 5)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 10, 12, tzinfo=UTC))
    said = attestations.paper(team.session, me, OCTOBER, date(2026, 10, 31), Tongue.ENGLISH)
    team.served(me, 20)
    told = attestations.standing(team.session, said["address"].rpartition("/")[2], Tongue.ENGLISH)
    assert (told["stands"], told["rows"]) == (True, [["2026-10", "1", "1:00"]])


def test_a_seal_that_was_altered_or_made_for_something_else_is_unknown(team: Team) -> None:
    me = team.member()
    team.served(me, 5)
    said = attestations.paper(team.session, me, OCTOBER, OCTOBER, Tongue.ENGLISH)
    token = said["address"].rpartition("/")[2]
    other = links.sign(team.session, "roster", me, datetime(2030, 1, 1, tzinfo=UTC))
    for wrong in (token.replace(".0.0.", ".900.9."), token[:-1], other, "", "~", "ئا~1~x"):
        assert wrong != token
        with pytest.raises(UnknownError):
            attestations.standing(team.session, wrong, Tongue.ENGLISH)


def test_the_paper_carries_the_address_of_its_seal_to_be_read_and_pressed(team: Team) -> None:
    said = attestations.paper(
        team.session, team.member(), OCTOBER, OCTOBER, Tongue.CHINESE, office="https://office.example"
    )
    page = pypdfium2.PdfDocument(attestations.printed(said))[0]
    text = re.sub(r"[\s\u200b]", "", page.get_textpage().get_text_range())
    assert said["address"] in text
    assert attestations.printed(said).count(b"/URI") > 0


def test_without_its_fonts_the_paper_is_not_written_half(team: Team, tmp_path: Path) -> None:
    said = attestations.paper(team.session, team.member(), OCTOBER, OCTOBER, Tongue.CHINESE)
    with pytest.raises(FontsError, match="lacks the font NotoSansCJK-Regular") as caught:
        attestations.printed(said, [tmp_path, tmp_path / "nowhere"])
    assert "fonts-noto-cjk" in (caught.value.cure or "")


def test_a_name_cannot_break_out_of_the_paper(team: Team) -> None:
    me = team.member()
    helper = team.session.exec(select(Volunteer).where(Volunteer.helper_id == me)).one().helper_id
    area = team.session.get_one(Area, team.area)
    area.name_en = '#panic("x") $1$ *"\\ <b>'
    team.session.add(area)
    said = attestations.paper(team.session, helper, OCTOBER, OCTOBER, Tongue.ENGLISH)
    text = pypdfium2.PdfDocument(attestations.printed(said))[0].get_textpage().get_text_range()
    assert '#panic("x") $1$ *"\\ <b>' in " ".join(text.split())
