"""Lendings (跨社区调配): how many assignments a day one community's helpers may make in another."""

from sqlmodel import Session, col, or_, select

from matcher import registers
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.pages import Page, page, remove
from matcher.tables.areas import Area
from matcher.tables.requests import Lending
from matcher.types import Tier


def allow(session: Session, lender_id: str, borrower_id: str, most: int) -> Lending:
    """Let the lender's helpers make at most so many visits a day at the borrower's; said again, the new number counts.

    InvalidError: one of them is no community, both are the same, or the number is below nought.
    """
    for field, area_id in (("lender_id", lender_id), ("borrower_id", borrower_id)):
        if registers.must_exist(session, Area, area_id, field).tier != Tier.COMMUNITY:
            raise InvalidError("Only communities lend and borrow.", field=field)
    if lender_id == borrower_id:
        raise InvalidError("A community does not lend to itself.", field="borrower_id")
    if most < 0:
        raise InvalidError(f"most is {most}; it must not be negative.", field="most")
    found = find(session, lender_id, borrower_id)
    if found is None:
        row = Lending(id=new_key("lnd"), lender_id=lender_id, borrower_id=borrower_id, most=most)
        return registers.add(session, row, "lending")
    return registers.change(session, Lending, found.id, {"most": most}, "lending")


def find(session: Session, lender_id: str, borrower_id: str) -> Lending | None:
    both = select(Lending).where(Lending.lender_id == lender_id, Lending.borrower_id == borrower_id)
    return session.exec(both).one_or_none()


def listed(session: Session, *, after: str | None = None, limit: int = 50, area_id: str | None = None) -> Page[Lending]:
    """A page of lendings, of all communities or of those in which this one takes part."""
    where = [] if area_id is None else [or_(col(Lending.lender_id) == area_id, col(Lending.borrower_id) == area_id)]
    return page(session, Lending, after=after, limit=limit, where=where)


def end(session: Session, lending_id: str) -> None:
    """UnknownError: no such lending, or it was ended already."""
    remove(session, Lending, lending_id, "lending")
