"""The web application: routes, pages, errors, and nothing that solves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api import entry, errors, seals
from api.guards import BodyLimit, BodyType, KnownHost, SafeHeaders
from api.pages import answers as answer_pages
from api.pages import attestations as attestation_pages
from api.pages import changes as change_pages
from api.pages import crews as crew_pages
from api.pages import desk as desk_pages
from api.pages import doors as door_pages
from api.pages import entry as entry_pages
from api.pages import owed as owed_pages
from api.pages import provider as provider_pages
from api.pages import publishing as publishing_pages
from api.pages import reports as report_pages
from api.pages import rosters as roster_pages
from api.pages import swaps as swap_pages
from api.pages import today as today_pages
from api.pages import visits as visit_pages
from api.pages import waiting as waiting_pages
from api.routes import (
    areas,
    attendance,
    availability,
    barrings,
    calendars,
    candidates,
    changes,
    checks,
    contacts,
    continuity,
    exchanges,
    feedback,
    flags,
    forks,
    health,
    hours,
    imports,
    notices,
    offers,
    owed,
    pairings,
    pins,
    providers,
    publishing,
    purses,
    repairs,
    reports,
    requests,
    residents,
    rosters,
    routines,
    runs,
    services,
    standbys,
    statements,
    volunteers,
    webhooks,
    worth,
)
from matcher.database import Database
from matcher.settings import Settings

ROUTERS: tuple[APIRouter, ...] = (
    areas.router,
    services.router,
    residents.router,
    volunteers.router,
    providers.router,
    owed.router,
    availability.router,
    pairings.router,
    barrings.router,
    purses.router,
    requests.router,
    imports.router,
    rosters.router,
    runs.router,
    pins.router,
    checks.router,
    candidates.router,
    repairs.router,
    changes.router,
    worth.router,
    publishing.router,
    forks.router,
    offers.router,
    standbys.router,
    attendance.router,
    flags.router,
    hours.router,
    feedback.router,
    continuity.router,
    contacts.router,
    calendars.router,
    webhooks.router,
    notices.router,
    routines.router,
    statements.router,
    reports.router,
    exchanges.router,
)
PAGES: tuple[APIRouter, ...] = (
    entry_pages.router,
    today_pages.router,
    desk_pages.router,
    waiting_pages.router,
    roster_pages.router,
    publishing_pages.router,
    visit_pages.router,
    change_pages.router,
    door_pages.router,
    answer_pages.router,
    swap_pages.router,
    attestation_pages.router,
    provider_pages.router,
    crew_pages.router,
    owed_pages.router,
    report_pages.router,
)
STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings) -> FastAPI:
    """An application over one database; the tables are brought up to date when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = Database(settings.database_url)
        opened.migrate()
        app.state.database = opened
        yield
        opened.close()

    app = FastAPI(
        title="Matcher",
        version="0.1.0",
        description="Matches residents' requests with volunteers and service providers, and says why.",
        lifespan=lifespan,
        dependencies=[Depends(entry.come_in)],
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        responses=errors.ANSWERS,
    )
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(calendars.feeds)
    for router in PAGES:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.install(app)
    errors.describe(app)
    entry.describe(app, (*ROUTERS, health.router, calendars.feeds))
    app.add_middleware(BodyType)
    app.add_middleware(BodyLimit, most=settings.body_limit, most_of_imports=settings.import_limit)
    app.add_middleware(KnownHost, names=settings.host_names)
    within = app.build_middleware_stack
    app.build_middleware_stack = lambda: SafeHeaders(within(), seals.is_tls(settings))  # type: ignore[method-assign]
    return app


app = create_app(Settings())
