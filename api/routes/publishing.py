"""Publishing: who would be told what, making it binding, and the versions that were."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import Field

from api.doors import Reading, Shape, Where, version_of
from matcher import publishing, rosters, versions
from matcher.errors import VersionNeededError
from matcher.publishing import Preview
from matcher.tables.versions import Version
from matcher.types import AwareTime, Key, NameOrBlank

router = APIRouter(tags=["publishing"])
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PublishIn(Shape):
    by: Annotated[NameOrBlank, Field(description="Who publishes, as far as known")] = ""


class SpanOut(Shape):
    start: AwareTime
    end: AwareTime


class ChangeOut(Shape):
    kind: Annotated[str, Field(description="new, changed or withdrawn")]
    visit_id: str
    before: SpanOut | None
    after: SpanOut | None
    sentence: str
    text: str
    values: dict[str, Any]


class ToldOut(Shape):
    helper_id: str
    name: str
    changes: list[ChangeOut]


class OverrideOut(Shape):
    visit_id: str
    reason: str
    breaches: list[dict[str, Any]]


class PublishedOut(Shape):
    roster_id: str
    published: Annotated[int, Field(description="The number of the version that stands; 0: none yet")]
    told: Annotated[list[ToldOut], Field(description="Exactly those whose own day changes")]
    breaches: Annotated[list[dict[str, Any]], Field(description="Why it cannot be published as it is")]
    overrides: Annotated[list[OverrideOut], Field(description="What holds although it breaks rules")]


class VersionLine(Shape):
    number: int
    roster_version: int
    published_at: AwareTime
    published_by: str
    run_id: str | None
    told: int


class VersionsOut(Shape):
    rows: list[VersionLine]


class PromiseOut(Shape):
    visit_id: str
    helper_id: str
    name: str
    start_at: AwareTime
    end_at: AwareTime
    pinned: bool
    override: str | None


class VersionOut(VersionLine):
    assignments: list[PromiseOut]
    changes: list[ToldOut]
    measures: dict[str, Any]


@router.post("/rosters/{roster_id}/publish")
def publish(
    roster_id: Key,
    where: Where,
    response: Response,
    preview: bool = False,
    body: PublishIn | None = None,
    if_match: Annotated[str | None, Header(description="The ETag of the preview; not needed for one")] = None,
) -> PublishedOut:
    """With preview=true: who would be told what, and nobody is. Without: tell them, if the roster is still the one that
    was previewed (If-Match)."""
    if not preview and if_match is None:
        raise VersionNeededError("If-Match is missing.", cure="Send the ETag of the preview.", field="If-Match")
    with where.reading() as session:
        seen = publishing.look(session, roster_id, in_earnest=not preview)
        published, version = rosters.get(session, roster_id).published, seen.version
    if not preview:
        with where.transaction() as session:
            published = publishing.publish(session, seen, version_of(if_match or ""), body.by if body else "").number
            version = rosters.get(session, roster_id).version
    response.headers["ETag"] = f'"{version}"'
    return _published(seen, published)


@router.get("/rosters/{roster_id}/versions")
def listed(roster_id: Key, session: Reading) -> VersionsOut:
    rosters.get(session, roster_id)
    return VersionsOut(rows=[VersionLine(**_line(row)) for row in versions.listed(session, roster_id)])


@router.get("/rosters/{roster_id}/versions/{number}")
def one(roster_id: Key, number: Number, session: Reading) -> VersionOut:
    """What stood from this version on: the assignments as they were published, and who was told what."""
    row = versions.get(session, roster_id, number)
    lines = versions.promises(session, roster_id, number)
    fields = set(PromiseOut.model_fields) - {"name"}
    return VersionOut(
        **_line(row),
        assignments=[PromiseOut(**promise.model_dump(include=fields), name=name) for promise, name in lines],
        changes=[_told(told) for told in row.told],
        measures=row.measures,
    )


def _line(row: Version) -> dict[str, Any]:
    return {**row.model_dump(include=set(VersionLine.model_fields) - {"told"}), "told": len(row.told)}


def _published(seen: Preview, number: int) -> PublishedOut:
    return PublishedOut(
        roster_id=seen.roster_id,
        published=number,
        told=[_told({"helper_id": one.helper_id, "name": one.name, "changes": one.changes}) for one in seen.told],
        breaches=[dict(breach) for breach in seen.breaches],
        overrides=[OverrideOut.model_validate(override) for override in seen.overrides],
    )


def _told(told: dict[str, Any]) -> ToldOut:
    return ToldOut.model_validate(told)
