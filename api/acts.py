"""Which act each route is. A route that is named nowhere here is opened to nobody, and a test says so."""

from matcher.rights import Act

OPEN = frozenset(
    {
        *("routes.health.alive", "routes.health.ready", "routes.health.problems"),
        *("pages.entry.page", "pages.entry.sign_in"),
        "routes.calendars.feed",  # the address is the secret
        *("pages.answers.page", "pages.answers.accept", "pages.answers.decline"),
        *("pages.answers.stand_by", "pages.answers.stand_down"),  # so is the link
        *("pages.swaps.page", "pages.swaps.accept", "pages.swaps.decline"),
        *("pages.doors.page", "pages.doors.note"),  # and the code at the door
        "pages.attestations.page",  # and the code on the paper
    }
)
"""For whoever comes."""
BY_LINK = frozenset(
    {
        *("routes.offers.accept", "routes.offers.decline"),
        *("routes.standbys.accept", "routes.standbys.decline"),
        *("routes.attendance.check_in", "routes.attendance.check_out"),
        *("routes.exchanges.release", "routes.exchanges.swap"),
        *("routes.exchanges.accept", "routes.exchanges.decline"),
    }
)
"""For whoever shows a signed link or a code in the body, which the route itself looks at; others need the right."""

_ACTS: dict[Act, str] = {
    Act.BE_SIGNED_IN: "pages.entry.sign_out pages.today.page",
    Act.SEE_CATALOGUE: "routes.areas.listed routes.areas.one routes.services.listed routes.services.one"
    " routes.volunteers.teams",
    Act.SEE_RESIDENTS: "routes.residents.listed routes.residents.one routes.pairings.listed routes.pairings.one"
    " routes.barrings.listed routes.barrings.one routes.continuity.of_resident",
    Act.KEEP_RESIDENTS: "pages.desk.new pages.desk.register"
    " routes.residents.register routes.residents.change routes.pairings.pair routes.pairings.end"
    " routes.barrings.bar routes.barrings.lift routes.continuity.set_cap",
    Act.SEE_HELPERS: "routes.volunteers.listed routes.volunteers.one routes.continuity.plan",
    Act.KEEP_HELPERS: "routes.volunteers.register routes.volunteers.change routes.continuity.name",
    Act.SEE_OWN_DAYS: "routes.availability.read routes.contacts.one routes.calendars.one routes.hours.of_helper"
    " routes.statements.statement routes.statements.text routes.statements.attestation",
    Act.KEEP_OWN_DAYS: "routes.availability.replace routes.availability.take_time_off routes.contacts.put"
    " routes.calendars.renew routes.calendars.forget",
    Act.SEE_PROVIDERS: "routes.providers.listed routes.providers.one routes.providers.crews"
    " routes.owed.of_provider routes.owed.offers",
    Act.KEEP_PROVIDERS: "routes.providers.register routes.providers.change",
    Act.KEEP_OWN_PROVIDER: "routes.providers.add_crew",
    Act.RUN_PROVIDER: "pages.provider.page pages.provider.pulse pages.provider.accept pages.provider.decline"
    " pages.crews.page pages.crews.one pages.crews.set_week pages.crews.take_time_off pages.crews.prices_page"
    " pages.owed.page pages.owed.as_csv",
    Act.SEE_REQUESTS: "routes.requests.listed routes.requests.one",
    Act.KEEP_REQUESTS: "pages.desk.page pages.desk.resident pages.desk.take pages.desk.slip pages.desk.withdraw"
    " routes.requests.take routes.requests.change routes.requests.withdraw",
    Act.SEE_ROSTERS: "routes.rosters.one routes.runs.one routes.runs.events routes.pins.listed"
    " routes.candidates.listed routes.publishing.listed routes.publishing.one routes.forks.listed routes.forks.compare"
    " routes.reports.report pages.reports.first pages.reports.page pages.reports.taken"
    " routes.changes.one routes.offers.listed routes.standbys.listed routes.checks.check"
    " pages.rosters.page pages.publishing.page pages.changes.helper pages.changes.answer"
    " pages.today.pulse pages.today.helper",
    Act.PLAN: "routes.rosters.open_roster pages.today.open_day routes.runs.start routes.runs.stop"
    " routes.pins.put routes.pins.lift"
    " routes.checks.move routes.checks.place routes.repairs.listed routes.repairs.adopt routes.worth.listed"
    " routes.changes.ask routes.changes.adopt routes.forks.fork routes.forks.adopt routes.forks.throw_away"
    " pages.changes.ask pages.changes.adopt pages.changes.one_more"
    " pages.visits.page pages.visits.adopt pages.visits.send",
    Act.PUBLISH: "routes.publishing.publish routes.offers.open_to",
    Act.SEE_ATTENDANCE: "routes.attendance.one",
    Act.VOUCH: "routes.attendance.check_in routes.attendance.check_out routes.attendance.no_show",
    Act.SHOW_CODES: "routes.attendance.code routes.attendance.renew routes.attendance.picture routes.attendance.link"
    " routes.exchanges.link",
    Act.ANSWER: "routes.offers.accept routes.offers.decline routes.standbys.accept routes.standbys.decline",
    Act.ANSWER_FOR_OTHERS: "routes.exchanges.accept routes.exchanges.decline",
    Act.EXCHANGE: "routes.exchanges.release routes.exchanges.swap routes.exchanges.withdraw",
    Act.SEE_EXCHANGES: "routes.exchanges.listed routes.exchanges.listed_swaps routes.exchanges.one_swap",
    Act.DECIDE_EXCHANGES: "routes.exchanges.approve_release routes.exchanges.refuse_release"
    " routes.exchanges.approve routes.exchanges.refuse pages.waiting.release pages.waiting.swap",
    Act.SEE_FEEDBACK: "routes.feedback.one routes.feedback.proposals routes.flags.listed routes.flags.one",
    Act.TAKE_FEEDBACK: "routes.feedback.give",
    Act.JUDGE: "pages.waiting.flag pages.waiting.proposal"
    " routes.feedback.accept routes.feedback.dismiss routes.flags.resolve routes.attendance.correct"
    " routes.hours.correct",
    Act.SEE_NOTICES: "routes.notices.listed routes.notices.one routes.notices.made",
    Act.SEND_AGAIN: "routes.notices.replay",
    Act.KEEP_WEBHOOKS: "routes.webhooks.register routes.webhooks.listed routes.webhooks.one routes.webhooks.forget"
    " routes.webhooks.renew routes.webhooks.try_out routes.webhooks.replay routes.webhooks.made",
    Act.SEE_RULES: "routes.routines.one routes.routines.workdays routes.routines.rung routes.exchanges.rules",
    Act.KEEP_RULES: "routes.routines.put routes.routines.say routes.routines.unsay routes.exchanges.set_rules",
    Act.SEE_PURSES: "routes.purses.listed routes.purses.one",
    Act.KEEP_PURSES: "routes.purses.open_purse routes.purses.change",
    Act.KEEP_TEAMS: "routes.volunteers.found_team",
    Act.IMPORT: "routes.imports.run routes.imports.one",
}
ACT_OF: dict[str, Act] = {name: act for act, names in _ACTS.items() for name in names.split()}
