"""Pairings: standing bonds between residents and volunteers."""

from fastapi import APIRouter, Response

from api.doors import After, Limit, Listed, Reading, Shape, Writing
from matcher import bonds
from matcher.types import Day, Key, PairingKind

router = APIRouter(tags=["registers"])


class PairingIn(Shape):
    resident_id: Key
    volunteer_id: Key
    kind: PairingKind = PairingKind.ONE_TO_ONE
    since: Day


class PairingOut(PairingIn):
    id: str


class PairingsOut(Listed):
    rows: list[PairingOut]


@router.post("/pairings", status_code=201)
def pair(body: PairingIn, session: Writing, response: Response) -> PairingOut:
    row = bonds.pair(session, body.resident_id, body.volunteer_id, body.kind, body.since)
    response.headers["Location"] = f"/v1/pairings/{row.id}"
    return PairingOut.model_validate(row)


@router.get("/pairings")
def listed(session: Reading, after: After = None, limit: Limit = 50, resident_id: Key | None = None) -> PairingsOut:
    page = bonds.pairings(session, after=after, limit=limit, resident_id=resident_id)
    return PairingsOut(rows=[PairingOut.model_validate(row) for row in page.rows], after=page.after)


@router.get("/pairings/{pairing_id}")
def one(pairing_id: Key, session: Reading) -> PairingOut:
    return PairingOut.model_validate(bonds.pairing(session, pairing_id))


@router.delete("/pairings/{pairing_id}", status_code=204)
def end(pairing_id: Key, session: Writing) -> None:
    bonds.end_pairing(session, pairing_id)
