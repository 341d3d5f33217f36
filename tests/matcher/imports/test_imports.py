"""The tiny world through the importer, again and changed and spoilt, on both databases."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from fixtures import sheets, tiny
from matcher import imports
from matcher.database import Database
from matcher.errors import InvalidError, UnknownError
from matcher.imports.reports import Report
from matcher.tables.areas import Area, Streets
from matcher.tables.people import Availability, Crew, Helper, HelperSkill, Provider, Resident, Team, TimeOff, Volunteer
from matcher.tables.requests import Barring, Pairing, Purse, Request, Visit
from matcher.tables.rosters import Import
from matcher.tables.services import Category, Service, Skill
from matcher.visits import make

DAY = date(2034, 11, 20)  # a Monday
Rows = dict[str, list[dict[str, Any]]]


def load(database: Database, folder: Path, spoil: Callable[[Rows], None] = lambda rows: None) -> dict[str, Report]:
    """Import the tiny world, changed by `spoil`, and give each kind's report."""
    rows: Rows = tiny.tables(DAY)
    spoil(rows)
    files = sheets.write_all(folder, rows, tiny.streets())
    return {kind: imports.run(database, kind, files[kind].name, files[kind].read_bytes()) for kind in imports.IMPORTS}


def count(session: Session, table: Any) -> int:
    return int(session.exec(select(func.count()).select_from(table)).one())


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.refused


def faults(report: Report) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in report.faults]


def test_every_file_of_an_office_is_read_in(database: Database, tmp_path: Path) -> None:
    reports = load(database, tmp_path)
    assert {kind: report.refused for kind, report in reports.items() if report.refused or report.faults} == {}
    tables = (Area, Service, Category, Resident, Volunteer, Team, Provider, Crew, Helper, Pairing, Barring, Purse)
    with database.reading() as session:
        assert [count(session, table) for table in tables] == [3, 6, 2, 6, 3, 3, 1, 2, 5, 1, 1, 1]
        assert count(session, Request) == 10
        assert count(session, TimeOff) == 1
        crossings = session.exec(select(Streets.crossings)).one()
    assert crossings == 8


def test_what_stands_in_the_tables_is_what_stood_in_the_files(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)
    with database.reading() as session:
        resident = session.exec(select(Resident).where(Resident.number == "R3")).one()
        assert (resident.name, resident.gender, resident.born) == ("马建国", "male", date(1951, 11, 20))
        assert (resident.need_groups, resident.phone) == (["disabled", "low_income"], "+8613999000003")
        crew = session.exec(select(Helper).join(Crew).where(Crew.number == "K1")).one()
        assert (crew.visit_fee, crew.hour_fee, crew.mode, crew.rest_minutes) == (2000, 4000, "car", 45)
        request = session.exec(select(Request).where(Request.number == "Q5")).one()
        assert request.windows == [{"start": "09:00", "end": "11:00"}, {"start": "14:00", "end": "16:00"}]
        assert (request.minutes, request.on_behalf, request.repeat) == (60, "刘小梅", None)
        assert session.exec(select(Request.repeat).where(Request.number == "Q1")).one() == {
            "weekdays": [0],
            "every_weeks": 1,
        }
        off = session.exec(select(TimeOff)).one()
        assert (off.start_at.isoformat(), off.end_at.hour) == ("2034-11-20T06:00:00+00:00", 10)


def test_requests_that_start_together_find_each_other_in_whatever_order_they_come(
    database: Database, tmp_path: Path
) -> None:
    def turn_around(rows: Rows) -> None:
        rows["requests"].reverse()

    load(database, tmp_path, turn_around)
    with database.reading() as session:
        other = session.exec(select(Request.together_with_id).where(Request.number == "Q8")).one()
        assert session.exec(select(Request.number).where(Request.id == other)).one() == "Q7"


def test_a_second_upload_changes_nothing(database: Database, tmp_path: Path) -> None:
    first = load(database, tmp_path)
    with database.reading() as session:
        before = {
            row.id: row.model_dump() for table in (Resident, Helper, Request) for row in session.exec(select(table))
        }
    second = load(database, tmp_path)
    assert {kind: (report.new, report.changed, report.refused) for kind, report in second.items()} == dict.fromkeys(
        imports.IMPORTS, (0, 0, 0)
    )
    assert {kind: report.unchanged for kind, report in second.items()} == {
        kind: report.new for kind, report in first.items()
    }
    with database.reading() as session:
        after = {
            row.id: row.model_dump() for table in (Resident, Helper, Request) for row in session.exec(select(table))
        }
    assert after == before


def test_a_changed_row_is_updated_and_keeps_its_id(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)
    with database.reading() as session:
        before = session.exec(select(Resident.id).where(Resident.number == "R2")).one()

    def move(rows: Rows) -> None:
        rows["residents"][1]["住址"] = "团结路7号"

    assert counts(load(database, tmp_path, move)["residents"]) == (0, 1, 5, 0)
    with database.reading() as session:
        after = session.exec(select(Resident).where(Resident.number == "R2")).one()
    assert (after.id, after.address) == (before, "团结路7号")


def test_a_volunteer_whose_skills_or_week_or_mode_changed_is_changed_once(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)

    def learn(rows: Rows) -> None:
        first, second, third = rows["volunteers"]
        first["技能"], first["证书"] = "陪伴；翻译", f"急救证:{DAY}"
        second["可服务时间"] = "周一 09:00-12:00"
        third["出行方式"] = "自行车"

    assert counts(load(database, tmp_path, learn)["volunteers"]) == (0, 3, 0, 0)
    with database.reading() as session:
        held = session.exec(
            select(Skill.name, HelperSkill.expires)
            .join(HelperSkill, col(HelperSkill.skill_id) == col(Skill.id))
            .join(Volunteer, col(Volunteer.helper_id) == col(HelperSkill.helper_id))
            .where(Volunteer.number == "V1")
        ).all()
        assert sorted(held) == [("急救证", DAY), ("翻译", None), ("陪伴", None)]
        week = session.exec(
            select(Availability.weekday)
            .join(Volunteer, col(Volunteer.helper_id) == col(Availability.helper_id))
            .where(Volunteer.number == "V2")
        ).all()
        assert week == [0]


def test_a_faulty_row_is_reported_by_row_and_column_and_the_others_go_in(database: Database, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        residents = rows["residents"]
        residents[1]["出生日期"], residents[1]["电话"] = "1955-13-01", "没有"
        residents[3]["社区编号"] = "1234"
        residents[4]["编号"] = "R1"

    report = load(database, tmp_path, spoil)["residents"]
    assert counts(report) == (3, 0, 0, 3)
    assert faults(report) == [
        (3, "出生日期", "not_a_date"),
        (3, "电话", "not_a_phone"),
        (5, "社区编号", "unknown_number"),
        (6, "编号", "doubled"),
    ]
    assert report.faults[3].sentence == (
        "The number R1 stands in row 2 already; that row counts. Give this row a number of its own."
    )


def test_each_kind_says_what_is_wrong_with_its_rows(database: Database, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        rows["areas"].append(rows["areas"][2] | {"编号": "9", "上级编号": tiny.DISTRICT})
        rows["services"][2]["类别"] = "别的"
        rows["volunteers"].append(rows["volunteers"][0] | {"编号": "V9", "技能": "开飞机"})
        rows["volunteers"].append(rows["volunteers"][0] | {"编号": "V8", "纬度": 87.6, "经度": 43.8})
        rows["crews"].append(rows["crews"][0] | {"编号": "V1"})
        rows["crews"].append(rows["crews"][0] | {"编号": "K9", "服务商编号": "P9"})
        rows["purses"].append(rows["purses"][0] | {"编号": "Z9", "结束日期": "2001-01-01"})
        rows["pairings"].append(dict(rows["pairings"][0]))
        rows["barrings"].append(rows["barrings"][0] | {"服务者编号": "K9"})
        rows["time_off"].append(rows["time_off"][0] | {"结束": "2001-01-01 08:00"})

    reports = load(database, tmp_path, spoil)
    found = {kind: [fault.code for fault in report.faults] for kind, report in reports.items() if report.faults}
    assert found == {
        "areas": ["wrong_tier"],
        "services": ["contradicts"],
        "volunteers": ["unknown_skill", "not_a_place"],
        "providers": ["taken", "unknown_number"],
        "pairings": ["doubled_row"],
        "barrings": ["unknown_number"],
        "purses": ["ends_before_start"],
        "requests": ["unknown_number"],
        "time_off": ["ends_before_start"],
    }
    assert [fault.sheet for fault in reports["providers"].faults] == ["班组", "班组"]


def test_requests_are_held_against_services_windows_and_each_other(database: Database, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        requests = rows["requests"]
        requests[0]["时间段"] = "09:00-09:30"
        requests[1]["结束日期"] = "2001-01-01"
        requests[1]["重复"] = "每天"
        requests[6]["居民编号"] = "R99"  # Q7, with which Q8 starts together
        requests[8]["资金编号"] = "Z9"
        requests[9]["同时编号"] = "Q10"

    assert faults(load(database, tmp_path, spoil)["requests"]) == [
        (2, "时间段", "too_short"),
        (3, "结束日期", "until_before_day"),
        (8, "居民编号", "unknown_number"),
        (9, "同时编号", "unknown_number"),
        (10, "资金编号", "unknown_number"),
        (11, "同时编号", "own_number"),
    ]


def test_visits_follow_a_request_that_changed(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)
    with database.transaction() as session:
        make(session, DAY)

    def change(rows: Rows) -> None:
        rows["requests"][1]["时间段"] = "14:00-16:00"
        rows["requests"][3]["日期"] = "2034-11-21"

    assert counts(load(database, tmp_path, change)["requests"]) == (0, 2, 8, 0)
    with database.reading() as session:
        made = session.exec(select(Request.number, Visit).join(Visit, col(Visit.request_id) == col(Request.id))).all()
    windows = {number: visit.windows for number, visit in made}
    assert windows["Q2"] == [{"start": "14:00", "end": "16:00"}]
    assert "Q4" not in windows
    assert len(windows) == 8


def test_a_wrong_header_is_refused_whole_and_names_the_missing_columns(database: Database) -> None:
    with pytest.raises(InvalidError, match="性别、出生日期") as caught:
        imports.run(database, "residents", "a.csv", "编号,姓名,生日\nR1,张伟,1950-01-01\n".encode())
    assert caught.value.field == "file"
    with database.reading() as session:
        assert count(session, Resident) == 0
        assert count(session, Import) == 0


def test_english_headers_and_other_columns_do_no_harm(database: Database) -> None:
    header = "number,name,name_en,name_ug,tier,parent,latitude,longitude,remark"
    report = imports.run(database, "areas", "a.csv", f"{header}\n1,街道,,,subdistrict,,43.8,87.6,x\n".encode())
    assert (counts(report), report.ignored) == ((1, 0, 0, 0), ("remark",))


def test_a_dry_run_reports_the_same_and_stores_nothing_but_its_report(database: Database, tmp_path: Path) -> None:
    files = sheets.write_all(tmp_path, tiny.tables(DAY), tiny.streets())
    data = files["areas"].read_bytes()
    rehearsed = imports.run(database, "areas", "areas.csv", data, dry_run=True)
    assert (counts(rehearsed), rehearsed.dry_run) == ((3, 0, 0, 0), True)
    with database.reading() as session:
        assert count(session, Area) == 0
        assert imports.report(session, rehearsed.id) == rehearsed
    assert counts(imports.run(database, "areas", "areas.csv", data)) == (3, 0, 0, 0)


def test_a_report_can_be_read_again(database: Database, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        rows["residents"][0]["姓名"] = ""

    made = load(database, tmp_path, spoil)["residents"]
    with database.reading() as session:
        read = imports.report(session, made.id)
        assert read == made
        assert read.faults[0].sentence == "This cell is empty. Fill it in."
        with pytest.raises(UnknownError):
            imports.report(session, "imp_none")


def test_an_import_that_breaks_off_stores_nothing(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)
    files = sheets.write_all(tmp_path, tiny.tables(DAY), {"type": "FeatureCollection", "features": []})
    with pytest.raises(InvalidError, match="no street"):
        imports.run(database, "streets", "streets.geojson", files["streets"].read_bytes())
    with database.reading() as session:
        assert session.exec(select(Streets.crossings)).one() == 8


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("streets", b"{"),
        ("streets", b"[]"),
        ("streets", b'{"features": 3}'),
        ("streets", b"[" * 100_000),
        ("streets", b"\xff\xfe"),
        ("areas", b""),
        ("providers", sheets.workbook({"Sheet1": [["a"]]})),
        ("residents", b"PK\x03\x04half of a workbook"),
        ("orders", b""),
    ],
)
def test_files_that_cannot_be_taken_are_refused_in_a_sentence(kind: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidError) as caught:
        imports.run(Database(f"sqlite:///{tmp_path / 'none.sqlite3'}"), kind, "file", data)
    assert caught.value.cure
    assert caught.value.field in {"file", "kind"}


def test_streets_that_are_no_lines_or_hang_in_the_air_are_left_out(database: Database) -> None:
    def line(*points: tuple[float, float], **properties: str) -> dict[str, Any]:
        return {"properties": properties, "geometry": {"type": "LineString", "coordinates": [list(p) for p in points]}}

    features: list[Any] = [
        line((87.6, 43.8), (87.61, 43.8)),
        line((87.61, 43.8), (87.62, 43.8), kind="lane"),
        line((87.7, 43.9), (87.71, 43.9), name="岛"),
        line((87.6, 43.8)),
        line((87.6, 43.8), (87.6, 143.8)),
        line((87.6, 43.8), (87.6, 43.9), kind="cable car"),
        {"geometry": {"type": "Point", "coordinates": [1, 2]}},
        None,
    ]
    report = imports.run(database, "streets", "streets.geojson", json.dumps({"features": features}).encode())
    assert counts(report) == (2, 0, 0, 6)
    assert [(fault.row, fault.code) for fault in report.faults] == [
        (3, "cut_off"),
        (4, "not_a_line"),
        (5, "not_a_line"),
        (6, "unknown_word"),
        (7, "not_a_line"),
        (8, "not_a_line"),
    ]
