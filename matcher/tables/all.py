"""Every table, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from matcher.tables import (
    accounts,
    areas,
    exchanges,
    notices,
    offers,
    people,
    proof,
    questions,
    requests,
    rosters,
    services,
    versions,
)

FAMILIES = (
    *(areas, services, people, requests, rosters, versions, offers),
    *(proof, questions, exchanges, notices, accounts),
)
METADATA = SQLModel.metadata
