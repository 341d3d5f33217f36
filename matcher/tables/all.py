"""Every table, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from matcher.tables import areas, offers, people, requests, rosters, services, versions

FAMILIES = (areas, services, people, requests, rosters, versions, offers)
METADATA = SQLModel.metadata
