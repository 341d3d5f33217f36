"""The database's promises, on both kinds."""

import threading
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col, func, select

from matcher import clock
from matcher.database import Database, seconds_now
from matcher.errors import BusyError
from matcher.keys import new_key
from matcher.migrations import steps
from matcher.tables.all import METADATA
from matcher.tables.areas import Area
from matcher.tables.requests import Purse
from matcher.tables.rosters import Roster, Run


def an_area(**values: object) -> Area:
    return Area(**{"id": new_key("are"), "name": "和平社区", "tier": "community", **values})


def test_the_migrations_make_just_the_tables_that_the_code_knows(database: Database) -> None:
    steps.check(database.engine)


def test_what_a_failing_transaction_wrote_is_gone(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        session.add(an_area())
        session.flush()
        raise RuntimeError
    with database.reading() as session:
        assert session.exec(select(Area)).all() == []


def test_a_moment_comes_back_aware_and_the_same(database: Database) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=8)))
    area = an_area()
    with database.transaction() as session:
        session.add(area)
        session.flush()
        session.add(Roster(id=new_key("ros"), area_id=area.id, day=date(2026, 11, 22), opened_at=noon))
    with database.reading() as session:
        back = session.exec(select(Roster)).one().opened_at
    assert back == noon
    assert back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 22, 12)  # noqa: DTZ001 - the very thing that must be refused
    with pytest.raises(StatementError, match="without a time zone"), database.transaction() as session:
        session.add(an_area(id="are_1"))
        session.flush()
        session.add(Roster(id=new_key("ros"), area_id="are_1", day=date(2026, 11, 22), opened_at=naive))


@pytest.mark.parametrize(
    "row",
    [
        an_area(tier="planet"),
        Purse(id="pur_1", name="x", first_day=date(2026, 2, 1), last_day=date(2026, 1, 1), budget=1),
        Purse(id="pur_1", name="x", first_day=date(2026, 1, 1), last_day=date(2026, 1, 1), budget=-1),
        Roster(id="ros_1", area_id="are_nowhere", day=date(2026, 1, 1), opened_at=clock.now()),
    ],
)
def test_the_tables_themselves_refuse_nonsense(database: Database, row: object) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(type(row)(**row.model_dump()))  # type: ignore[attr-defined]


def test_an_error_does_not_tell_the_parameters(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.add(an_area(tier="planet", name="Secret Street 7"))
    assert "hidden due to hide_parameters" in str(caught.value)
    assert "Secret" not in str(caught.value).split("DETAIL")[0]


def test_many_writers_wait_for_one_another(database: Database) -> None:
    def write() -> None:
        for _ in range(20):
            with database.transaction() as session:
                session.add(an_area())

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.reading() as session:
        assert len(session.exec(select(Area)).all()) == 160


def test_the_databases_clock_runs_in_seconds_since_1970(database: Database) -> None:
    with database.reading() as session:
        seen = session.exec(select(seconds_now(session))).one()
    assert abs(float(seen) - clock.now().timestamp()) < 60


def test_whoever_waits_too_long_for_a_lock_is_told_to_come_back(database: Database) -> None:
    impatient = Database(database.url, busy_seconds=0.3)
    with database.transaction() as session:
        session.add(area := an_area())
    with database.transaction() as held:
        held.exec(update(Area).where(col(Area.id) == area.id).values(name="held"))
        with pytest.raises(BusyError, match="busy"), impatient.transaction() as session:
            session.exec(update(Area).where(col(Area.id) == area.id).values(name="late"))
    impatient.close()
    with database.reading() as session:
        assert session.exec(select(Area.name)).one() == "held"


def test_whoever_reads_is_not_held_up_and_sees_one_state(database: Database) -> None:
    with database.reading() as reader:
        assert reader.exec(select(func.count()).select_from(Area)).one() == 0
        with database.transaction() as session:
            session.add(an_area())
        assert reader.exec(select(func.count()).select_from(Area)).one() == 0


def test_a_server_that_is_away_is_busy_and_not_broken() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", busy_seconds=1)
    with pytest.raises(BusyError), away.reading() as session:
        session.exec(select(Area)).all()
    away.close()


def test_more_callers_than_connections_are_told_to_come_back(database: Database) -> None:
    crowded = Database(database.url, busy_seconds=0.3)
    with pytest.raises(BusyError), ExitStack() as callers:
        for _ in range(60):
            callers.enter_context(crowded.reading()).exec(select(Area)).all()
    crowded.close()


def test_the_migrations_hold_the_same_constraints_and_indexes_as_the_code(database: Database, tmp_path: Path) -> None:
    """Alembic compares neither CHECKs nor the condition of a partial index."""
    plain = _bare(database, tmp_path)
    METADATA.create_all(plain.engine.execution_options(matcher_writes=True))
    assert _schema(database) == _schema(plain)
    plain.close()


def test_a_table_made_anew_takes_nothing_along_that_refers_to_it(tmp_path: Path) -> None:
    """SQLite changes a table by dropping it, and whatever refers to a dropped row would go with it."""
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    command.upgrade(steps.config(database.engine), "0001")
    area, roster = new_key("are"), new_key("ros")
    with database.engine.execution_options(matcher_writes=True).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO area (id, name, name_en, name_ug, tier, time_zone)"
                " VALUES (:id, 'x', '', '', 'community', 'Asia/Shanghai')"
            ),
            {"id": area},
        )
        connection.execute(
            text(
                "INSERT INTO roster (id, area_id, day, state, version, measures, opened_at)"
                " VALUES (:id, :area, '2026-11-23', 'draft', 3, '{}', '2026-11-22 08:00:00')"
            ),
            {"id": roster, "area": area},
        )
        connection.execute(
            text(
                "INSERT INTO run (id, roster_id, state, seconds, seed, weights, fence, claims, worker, progress,"
                " stop_asked, started_at) VALUES ('run_1', :roster, 'queued', 20, 1, '{}', 0, 0, '', 0, false,"
                " '2026-11-22 08:00:00')"
            ),
            {"roster": roster},
        )
    database.migrate()
    with database.reading() as session:
        assert [(row.id, row.version, row.published) for row in session.exec(select(Roster))] == [(roster, 3, 0)]
        assert session.exec(select(Run.roster_id)).all() == [roster]
    for _ in range(2):  # whether there was something to do or not
        database.migrate()
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.add(Roster(id=new_key("ros"), area_id="are_nowhere", day=date(2026, 11, 22), opened_at=clock.now()))
    database.close()


def _bare(database: Database, tmp_path: Path) -> Database:
    if database.engine.dialect.name == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE SCHEMA bare")
    return Database(f"{database.url}{'&' if '?' in database.url else '?'}options=-csearch_path%3Dbare")


def _schema(database: Database) -> dict[str, list[str]]:
    """Per table, everything that guards it."""
    seen = inspect(database.engine)
    found = {}
    for table in sorted(METADATA.tables):
        checks = [f"{check['name']}: {check['sqltext']}" for check in seen.get_check_constraints(table)]
        unique = [f"unique {one['column_names']}" for one in seen.get_unique_constraints(table)]
        bonds = [
            f"{one['constrained_columns']} -> {one['referred_table']} {one['options']}"
            for one in seen.get_foreign_keys(table)
        ]
        indexes = [
            f"{one['name']} {one['column_names']} {one['unique']} {sorted(map(str, one['dialect_options'].values()))}"
            for one in seen.get_indexes(table)
        ]
        found[table] = sorted([*checks, *unique, *bonds, *indexes])
    assert sum(len(guards) for guards in found.values()) > 100
    return found
