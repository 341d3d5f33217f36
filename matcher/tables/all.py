"""Every table, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from matcher.tables import areas, people, requests, rosters, services

FAMILIES = (areas, services, people, requests, rosters)
METADATA = SQLModel.metadata
