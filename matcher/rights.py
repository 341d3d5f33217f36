"""Who may do what: one table, acts against roles. Whose things they may do it to is `reach`'s."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from matcher import reach
from matcher.reach import Reach
from matcher.tables.accounts import Account
from matcher.types import Role


class Act(StrEnum):
    """What somebody does, as far as it needs a right of its own."""

    BE_SIGNED_IN = "be_signed_in"
    SEE_CATALOGUE = "see_catalogue"
    SEE_RESIDENTS = "see_residents"
    KEEP_RESIDENTS = "keep_residents"
    SEE_HELPERS = "see_helpers"
    KEEP_HELPERS = "keep_helpers"
    SEE_OWN_DAYS = "see_own_days"
    KEEP_OWN_DAYS = "keep_own_days"
    SEE_PROVIDERS = "see_providers"
    KEEP_PROVIDERS = "keep_providers"
    KEEP_OWN_PROVIDER = "keep_own_provider"
    RUN_PROVIDER = "run_provider"
    SEE_REQUESTS = "see_requests"
    KEEP_REQUESTS = "keep_requests"
    SEE_ROSTERS = "see_rosters"
    PLAN = "plan"
    PUBLISH = "publish"
    SEE_ATTENDANCE = "see_attendance"
    VOUCH = "vouch"
    SHOW_CODES = "show_codes"
    ANSWER = "answer"
    ANSWER_FOR_OTHERS = "answer_for_others"
    EXCHANGE = "exchange"
    SEE_EXCHANGES = "see_exchanges"
    DECIDE_EXCHANGES = "decide_exchanges"
    SEE_FEEDBACK = "see_feedback"
    TAKE_FEEDBACK = "take_feedback"
    JUDGE = "judge"
    SEE_NOTICES = "see_notices"
    SEND_AGAIN = "send_again"
    KEEP_WEBHOOKS = "keep_webhooks"
    SEE_RULES = "see_rules"
    KEEP_RULES = "keep_rules"
    SEE_PURSES = "see_purses"
    KEEP_PURSES = "keep_purses"
    KEEP_TEAMS = "keep_teams"
    IMPORT = "import"


_ADMINISTRATOR, _COORDINATOR, _DESK, _AUDITOR = Role.ADMINISTRATOR, Role.COORDINATOR, Role.DESK, Role.AUDITOR
_PROGRAM, _DISPATCHER, _CREW, _VOLUNTEER = Role.PROGRAM, Role.DISPATCHER, Role.CREW, Role.VOLUNTEER
PLANNERS = frozenset({_ADMINISTRATOR, _COORDINATOR, _PROGRAM})
OFFICE = PLANNERS | {_DESK}
READERS = OFFICE | {_AUDITOR}
THEMSELVES = frozenset({_DISPATCHER, _CREW, _VOLUNTEER})
EVERYBODY = frozenset(Role)

RIGHTS: dict[Act, frozenset[Role]] = {
    Act.BE_SIGNED_IN: EVERYBODY,
    Act.SEE_CATALOGUE: EVERYBODY,
    Act.SEE_RESIDENTS: READERS,
    Act.KEEP_RESIDENTS: OFFICE,
    Act.SEE_HELPERS: READERS,
    Act.KEEP_HELPERS: OFFICE,
    Act.SEE_OWN_DAYS: READERS | THEMSELVES,
    Act.KEEP_OWN_DAYS: OFFICE | THEMSELVES,
    Act.SEE_PROVIDERS: READERS | {_DISPATCHER},
    Act.KEEP_PROVIDERS: PLANNERS,
    Act.KEEP_OWN_PROVIDER: PLANNERS | {_DISPATCHER},
    Act.RUN_PROVIDER: frozenset({_DISPATCHER}),
    Act.SEE_REQUESTS: READERS,
    Act.KEEP_REQUESTS: OFFICE,
    Act.SEE_ROSTERS: READERS,
    Act.PLAN: PLANNERS,
    Act.PUBLISH: PLANNERS,
    Act.SEE_ATTENDANCE: READERS | THEMSELVES,
    Act.VOUCH: OFFICE,
    Act.SHOW_CODES: OFFICE,
    Act.ANSWER: OFFICE | THEMSELVES,
    Act.ANSWER_FOR_OTHERS: OFFICE,
    Act.EXCHANGE: OFFICE | {_VOLUNTEER},
    Act.SEE_EXCHANGES: READERS | {_VOLUNTEER},
    Act.DECIDE_EXCHANGES: PLANNERS,
    Act.SEE_FEEDBACK: READERS,
    Act.TAKE_FEEDBACK: OFFICE,
    Act.JUDGE: PLANNERS,
    Act.SEE_NOTICES: READERS,
    Act.SEND_AGAIN: PLANNERS,
    Act.KEEP_WEBHOOKS: PLANNERS,
    Act.SEE_RULES: READERS,
    Act.KEEP_RULES: PLANNERS,
    Act.SEE_PURSES: READERS,
    Act.KEEP_PURSES: PLANNERS,
    Act.KEEP_TEAMS: PLANNERS,
    Act.IMPORT: PLANNERS,
}
OF_THE_HOUSE = frozenset({Act.KEEP_PURSES, Act.KEEP_TEAMS, Act.IMPORT})
"""What touches every area at once: only for those within whose reach everything lies."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is at the door, once they are known."""

    account_id: str
    name: str
    role: Role
    reach: Reach
    scopes: frozenset[str] | None = None
    """The acts that a program's key is good for; None: whatever the role may."""

    def may(self, act: Act) -> bool:
        if self.scopes is not None and act not in self.scopes and act is not Act.BE_SIGNED_IN:
            return False
        return self.role in RIGHTS[act] and (self.reach.everything or act not in OF_THE_HOUSE)


def actor(session: Session, account: Account, scopes: frozenset[str] | None = None) -> Actor:
    """The account with what lies within its reach now."""
    role = Role(account.role)
    within = reach.EVERYTHING if role is Role.ADMINISTRATOR else Reach()
    if account.area_id is not None:
        within = reach.of_tree(session, account.area_id)
    elif account.provider_id is not None or account.helper_id is not None:
        within = Reach(provider_id=account.provider_id, helper_id=account.helper_id)
    return Actor(account.id, account.name, role, within, scopes)
