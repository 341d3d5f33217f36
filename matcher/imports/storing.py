"""Good rows into the tables, in bulk: what is new is inserted, what differs is updated, what is the same is left alone.

Core statements with many parameter sets instead of the ORM: 40,000 rows in 0.3 s instead of 2.8 s.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, tuple_, update
from sqlmodel import Session, SQLModel

from matcher.keys import new_key

Key = tuple[Any, ...]
Values = Mapping[str, Any]
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Stored:
    """The id behind each key, and the keys whose rows are new or changed."""

    ids: dict[Key, str]
    new: set[Key]
    changed: set[Key]


def upsert(
    session: Session,
    model: type[SQLModel],
    rows: Sequence[Values],
    *,
    prefix: str,
    key: tuple[str, ...] = ("number",),
    at_birth: Values | None = None,
) -> Stored:
    """Make the table hold these rows, found again by `key`. `at_birth`: values that only new rows are given."""
    if not rows:
        return Stored({}, set(), set())
    table = table_of(model)
    names = [name for name in rows[0] if name not in key]
    existing = _existing(session, table, key, names)
    ids: dict[Key, str] = {}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in rows:
        of = tuple(row[name] for name in key)
        if of not in existing:
            ids[of] = new_key(prefix)
            new.append({"id": ids[of], **(at_birth or {}), **row})
            continue
        ids[of], before = existing[of]
        if any(not _same(row[name], value) for name, value in zip(names, before, strict=True)):
            changed.append({"_id": ids[of], **{name: row[name] for name in names}})
    _insert(session, table, new)
    if changed:
        statement = (
            update(table).where(table.c.id == bindparam("_id")).values({name: bindparam(name) for name in names})
        )
        session.connection().execute(statement, changed)
    by_id = {identity: of for of, identity in ids.items()}
    return Stored(ids, {tuple(row[name] for name in key) for row in new}, {by_id[row["_id"]] for row in changed})


def _existing(
    session: Session, table: Table, key: tuple[str, ...], names: Sequence[str]
) -> dict[Key, tuple[str, tuple[Any, ...]]]:
    columns = [table.c.id, *(table.c[name] for name in key), *(table.c[name] for name in names)]
    found = session.connection().execute(select(*columns))
    return {tuple(row[1 : len(key) + 1]): (row[0], tuple(row[len(key) + 1 :])) for row in found}


def _same(wanted: Any, stored: Any) -> bool:
    if isinstance(wanted, (list, tuple)) and isinstance(stored, (list, tuple)):
        return len(wanted) == len(stored) and all(map(_same, wanted, stored))
    return bool(wanted == stored)


def replace_parts(
    session: Session,
    model: type[SQLModel],
    owner: str,
    wanted: Mapping[str, Iterable[Values]],
    *,
    prefix: str | None,
    names: Sequence[str],
    where: Any = None,
) -> set[str]:
    """Make each owner's parts exactly these, told apart by `names`; which owners had others before."""
    table = table_of(model)
    had = _parts(session, table, owner, names, wanted.keys(), where)
    doomed: list[Any] = []
    born: list[dict[str, Any]] = []
    touched: set[str] = set()
    for of, parts in wanted.items():
        want = {tuple(part[name] for name in names): part for part in parts}
        have = had.get(of, {})
        gone, come = have.keys() - want.keys(), want.keys() - have.keys()
        doomed.extend(have[part] for part in gone)
        born.extend(
            {owner: of, **({"id": new_key(prefix)} if prefix else {}), **want[part]} for part in want if part in come
        )
        if gone or come:
            touched.add(of)
    _delete(session, table, doomed)
    _insert(session, table, born)
    return touched


def _parts(
    session: Session, table: Table, owner: str, names: Sequence[str], owners: Collection[str], where: Any
) -> dict[str, dict[Key, Any]]:
    primary = list(table.primary_key.columns)
    columns = [table.c[owner], *(table.c[name] for name in names), *primary]
    statement = select(*columns)
    if where is not None:
        statement = statement.where(where)
    had: dict[str, dict[Key, Any]] = defaultdict(dict)
    for row in session.connection().execute(statement):
        if row[0] in owners:
            had[row[0]][tuple(row[1 : len(names) + 1])] = tuple(row[len(names) + 1 :])
    return had


def _insert(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        session.connection().execute(insert(table), list(rows[start : start + AT_ONCE]))


def _delete(session: Session, table: Table, doomed: Sequence[Key]) -> None:
    primary = list(table.primary_key.columns)
    for start in range(0, len(doomed), 500):
        session.connection().execute(delete(table).where(tuple_(*primary).in_(doomed[start : start + 500])))


def numbers(session: Session, model: type[SQLModel], *, to: str = "id", where: Any = None) -> dict[str, str]:
    """number -> id (or another column) of every row that has a number."""
    table = table_of(model)
    statement = select(table.c.number, table.c[to]).where(table.c.number.is_not(None))
    if where is not None:
        statement = statement.where(where)
    return {row[0]: row[1] for row in session.connection().execute(statement)}


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a class, for Core statements."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def columns_of(session: Session, model: type[SQLModel], *names: str) -> Sequence[Any]:
    """These columns of every row."""
    table = table_of(model)
    return session.connection().execute(select(*(table.c[name] for name in names))).all()
