"""Every table, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from matcher.tables import areas, exchanges, offers, people, proof, requests, rosters, services, versions

FAMILIES = (areas, services, people, requests, rosters, versions, offers, proof, exchanges)
METADATA = SQLModel.metadata
