"""What can go wrong, in words that name the thing and the cure. They know no HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class MatcherError(Exception):
    """`code` is stable and for programs; the sentence is for people; `cure` says what would help, when we know."""

    code: ClassVar[str] = "failed"
    title: ClassVar[str] = "It did not work"

    def __init__(self, sentence: str, *, cure: str | None = None, field: str | None = None) -> None:
        super().__init__(sentence if cure is None else f"{sentence} {cure}")
        self.sentence = sentence
        self.cure = cure
        self.field = field


class UnknownError(MatcherError):
    """There is no such thing, or it is not yours."""

    code = "unknown"
    title = "Not found"


class InvalidError(MatcherError):
    """What was said cannot be taken; `field` names where."""

    code = "invalid"
    title = "This cannot be taken as it is"


class ConflictError(MatcherError):
    """It contradicts what stands."""

    code = "conflict"
    title = "It contradicts what stands"


class ActiveRunError(ConflictError):
    """The roster is being solved already."""

    code = "run-active"
    title = "A run is under way"


class KeyReusedError(ConflictError):
    """An Idempotency-Key was used before, for something else."""

    code = "key-reused"
    title = "The Idempotency-Key was used for something else"


class StaleError(MatcherError):
    """It has changed since it was read."""

    code = "stale"
    title = "It has changed since you read it"


class BusyError(MatcherError):
    """The database is locked or away for the moment; try again."""

    code = "busy"
    title = "Busy for the moment"


class HardBreachError(MatcherError):
    """The judge found that a plan breaks a rule that may not be broken; nothing was stored."""

    code = "hard-breach"
    title = "The plan breaks a rule"

    def __init__(
        self,
        sentence: str,
        *,
        cure: str | None = None,
        field: str | None = None,
        breaches: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(sentence, cure=cure, field=field)
        self.breaches = breaches


class ForkError(ConflictError):
    """A what-if copy is not the roster, and the roster no what-if copy."""

    code = "fork"
    title = "This can be done with a roster, or with a fork of it, but not with both"


class BackupError(MatcherError):
    """A backup cannot be made, read or restored; it happens on the command line alone."""

    title = "The backup did not succeed"


class AnsweredError(ConflictError):
    """The offer waits for no answer any more."""

    code = "answered"
    title = "It waits for no answer any more"


class FontsError(MatcherError):
    """This machine lacks a font that a paper needs."""

    code = "fonts-missing"
    title = "A font is missing"


class VersionNeededError(MatcherError):
    """Nobody said which version was seen."""

    code = "version-needed"
    title = "If-Match is missing"


class SignInError(MatcherError):
    """Nobody is signed in, or what was shown for it is wrong; why is never told."""

    code = "not-signed-in"
    title = "Nobody is signed in"


class ForbiddenError(MatcherError):
    """Somebody is known, and may not do this; of things that are not theirs they hear UnknownError."""

    code = "forbidden"
    title = "You may not do this"


class ThrottledError(MatcherError):
    """Too many tries; wait."""

    code = "too-many-tries"
    title = "Too many tries"
