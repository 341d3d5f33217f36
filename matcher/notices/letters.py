"""Writing a notice to one receiver: names are read and sentences made when it is sent, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from matcher import clock, contacts, routines, webhooks
from matcher.languages import Pen
from matcher.notices.deliveries import Hold
from matcher.notices.message import Message
from matcher.pages import one
from matcher.settings import Settings
from matcher.tables.areas import Area
from matcher.tables.notices import Notice, Webhook
from matcher.tables.people import Helper, Resident
from matcher.tables.requests import Request, Visit
from matcher.tables.services import Service
from matcher.tables.versions import Promise
from matcher.types import Channel, NoticeKind, Tongue

CHANGES: Mapping[str, str] = {
    "new": "New: {visit}, {start} to {end}. {address}",
    "changed": "Changed: {visit}, now {start} to {end}, before {was_start} to {was_end}. {address}",
    "withdrawn": "Withdrawn: {visit}, which was {was_start} to {was_end}. You need not come.",
}
EXCHANGES: Mapping[str, str] = {
    "swap:asked": "{who} asks whether you would take over: {visit}, {day}, {start} to {end}.",
    "swap:accepted": "{who} would take over: {visit}, {day}, {start} to {end}. A coordinator still has to agree.",
    "swap:declined": "{who} cannot take over: {visit}, {day}, {start} to {end}. It stays yours.",
    "swap:refused": "The coordinator does not agree to the swap: {visit}, {day}, {start} to {end}. Nothing changes.",
    "swap:withdrawn": "Nobody asks you any more to take over: {visit}, {day}, {start} to {end}.",
    "swap:waits": "A swap waits for your word: {visit}, {day}, {start} to {end}.",
    "release:released": "The coordinator agrees; you need not come: {visit}, {day}, {start} to {end}.",
    "release:refused": "The coordinator does not agree; please come: {visit}, {day}, {start} to {end}.",
    "release:waits": "Somebody wants to give back, and it waits for your word: {visit}, {day}, {start} to {end}.",
}
WITHOUT_DOORS = (NoticeKind.STANDBY, NoticeKind.SWAP)
KEPT_BACK = {"path"}
"""What a helper holds and no program: with it one answers in the helper's name."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a person reads."""

    subject: str
    lines: tuple[str, ...]


def letter(session: Session, hold: Hold, settings: Settings) -> Message | str:
    """The message to send; or, in a word, why nobody needs it any more."""
    notice = one(session, Notice, hold.notice_id, "notice")
    if hold.channel == Channel.WEBHOOK:
        return _event(session, notice, hold, settings)
    if notice.expires_at is not None and notice.expires_at <= clock.now():
        return "Its time was over."
    values = _still(session, notice)
    if values is None:
        return "What it tells of does not hold any more."
    routine, zone = routines.Offices(session).of(notice.area_id)
    reached = contacts.of(session, notice, routine)
    pen = Pen(reached.language, zone)
    written = _Writer(session, pen, settings).write(notice.kind, values)
    to = {Channel.EMAIL: reached.email, Channel.SMS: reached.phone}.get(Channel(hold.channel), notice.helper_id)
    if not to and hold.channel != Channel.CONSOLE:
        return "The address is not known any more."
    return Message(
        id=notice.id,
        kind=notice.kind,
        language=pen.language,
        subject=written.subject,
        lines=written.lines,
        is_right_to_left=pen.rtl,
        to=to or notice.area_id,
        settings=settings,
        event={},
    )


def _event(session: Session, notice: Notice, hold: Hold, settings: Settings) -> Message | str:
    webhook = session.get(Webhook, hold.webhook_id)
    if webhook is None or not webhook.is_active:
        return "The webhook was stopped."
    values = {name: value for name, value in notice.values.items() if name not in KEPT_BACK}
    event = {
        "type": f"notice.{notice.kind}",
        "timestamp": notice.written_at.isoformat(),
        "data": {
            "notice_id": notice.id,
            "area_id": notice.area_id,
            "helper_id": notice.helper_id,
            "urgent": notice.urgent,
            **values,
        },
    }
    return Message(
        id=notice.id,
        kind=notice.kind,
        language=Tongue.ENGLISH,
        subject=notice.kind,
        lines=(),
        is_right_to_left=False,
        to=webhook.url,
        settings=settings,
        event=event,
        secrets=webhooks.signing(webhooks.machine_key(settings), webhook),
    )


def _still(session: Session, notice: Notice) -> dict[str, Any] | None:
    """What of the notice still holds; a reminder speaks only of promises that stand, at their times."""
    if notice.kind != NoticeKind.REMINDER:
        return notice.values
    ids = [visit["visit_id"] for visit in notice.values["visits"]]
    standing = session.exec(
        select(Promise.visit_id, Promise.start_at).where(
            Promise.helper_id == notice.helper_id, col(Promise.visit_id).in_(ids), col(Promise.until).is_(None)
        )
    )
    stands = set(standing)
    visits = [
        visit
        for visit in notice.values["visits"]
        if (visit["visit_id"], datetime.fromisoformat(visit["start"])) in stands
    ]
    return {**notice.values, "visits": visits} if visits else None


class _Writer:
    """Sentences of one notice."""

    def __init__(self, session: Session, pen: Pen, settings: Settings) -> None:
        self.session, self.pen, self.settings = session, pen, settings
        self.titles: dict[str, tuple[str, str]] = {}

    def write(self, kind: str, values: Mapping[str, Any]) -> Written:
        visits = values.get("changes") or values.get("visits") or [values]
        name = whereabouts if kind in WITHOUT_DOORS else titles
        visits = [*visits, *values.get("gone", ()), *([values["in_return"]] if values.get("in_return") else ())]
        self.titles = name(self.session, self.pen.language, [one["visit_id"] for one in visits if "visit_id" in one])
        acts = {
            NoticeKind.PUBLISHED: self._published,
            NoticeKind.OFFER: self._offer,
            NoticeKind.WITHDRAWN: self._withdrawn,
            NoticeKind.REMINDER: self._reminder,
            NoticeKind.UNSTAFFED: self._unstaffed,
            NoticeKind.TRIAL: self._trial,
            NoticeKind.STANDBY: self._standby,
            NoticeKind.SWAP: self._swap,
            NoticeKind.RELEASE: self._release,
        }
        subject, lines = acts[NoticeKind(kind)](values)
        return Written(subject, tuple(line.strip() for line in lines))

    def _published(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        day = self.pen.day(date.fromisoformat(values["day"]))
        lines = [self._change(change) for change in values["changes"]]
        if "path" in values:
            lines += [self._by(values), self._at(values["path"])]
        return self.pen.write("Your day {day}", day=day), lines

    def _change(self, change: Mapping[str, Any]) -> str:
        said = self._named(change)
        for prefix, span in (("", change["to"]), ("was_", change["from"])):
            if span is not None:
                said |= {f"{prefix}{name}": self._clock(span[name]) for name in ("start", "end")}
        return self.pen.write(CHANGES[change["kind"]], **said)

    def _offer(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        said = self._whole(values)
        subject = self.pen.write("Can you come? {day}, {start} to {end}", **said)
        address = self._at(values["path"])
        lines = [
            self.pen.write("{visit}, {day}, {start} to {end}. {address}", **said),
            self._by(values),
            address,
        ]
        return subject, lines

    def _by(self, values: Mapping[str, Any]) -> str:
        due = datetime.fromisoformat(values["due"])
        by = f"{self.pen.day(due.astimezone(self.pen.zone).date())} {self.pen.clock(due)}"
        return self.pen.write("Please answer by {due}:", due=by)

    def _withdrawn(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        said = self._whole(values)
        line = self.pen.write("{visit}, {day}, {start} to {end}. You need not come.", **said)
        return self.pen.write("Withdrawn: {day}, {start} to {end}", **said), [line]

    def _reminder(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        day = self.pen.day(date.fromisoformat(values["day"]))
        lines = [
            self.pen.write("{start} to {end}: {visit}. {address}", **self._whole(visit)) for visit in values["visits"]
        ]
        return self.pen.write("A reminder: {day}", day=day), lines

    def _unstaffed(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        said = {**self._named(values), "day": self.pen.day(date.fromisoformat(values["day"]))}
        subject = self.pen.write("Nobody is left to ask: {day}", day=said["day"])
        return subject, [self.pen.write("{visit}, {day}: nobody is left to ask. {address}", **said)]

    def _standby(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        """For what, when and about where, but not at whose door."""
        day = self.pen.day(date.fromisoformat(values["day"]))
        over = [
            self.pen.write("No longer: {start} to {end}, {visit}.", **self._whole(one))
            for one in values.get("gone", ())
        ]
        if not values["visits"]:
            return self.pen.write("You stand by no longer: {day}", day=day), over
        lines = [
            self.pen.write("{start} to {end}: {visit}. {address}", **self._whole(visit)) for visit in values["visits"]
        ]
        asked = self.pen.write("You are asked before you have to go. Whether you can stand by, you say here:")
        return self.pen.write("You stand by: {day}", day=day), [*lines, *over, asked, self._at(values["path"])]

    def _swap(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        who = self.session.get(Helper, values.get("who") or "")
        said = {**self._whole(values), "who": who.name if who else ""}
        lines = [self.pen.write(EXCHANGES[f"swap:{values['state']}"], **said)]
        if values.get("in_return"):
            back = self._whole(values["in_return"])
            lines.append(self.pen.write("In return: {visit}, {day}, {start} to {end}.", **back))
        if values.get("path"):
            lines += [self.pen.write("Please answer here:"), self._at(values["path"])]
        return self.pen.write("A swap: {day}, {start} to {end}", **said), lines

    def _release(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        said = self._whole(values)
        line = self.pen.write(EXCHANGES[f"release:{values['state']}"], **said)
        return self.pen.write("Giving back: {day}, {start} to {end}", **said), [line]

    def _at(self, path: str) -> str:
        return self.settings.public_url.rstrip("/") + path

    def _trial(self, values: Mapping[str, Any]) -> tuple[str, Iterable[str]]:
        return self.pen.write("A trial notice"), []

    def _whole(self, values: Mapping[str, Any]) -> dict[str, str]:
        start = datetime.fromisoformat(values["start"]).astimezone(self.pen.zone)
        times = {"start": self._clock(values["start"]), "end": self._clock(values["end"])}
        return {**self._named(values), **times, "day": self.pen.day(start.date())}

    def _named(self, values: Mapping[str, Any]) -> dict[str, str]:
        visit, address = self.titles.get(values["visit_id"], (self.pen.write("a visit"), ""))
        return {"visit": visit, "address": address}

    def _clock(self, moment: str) -> str:
        return self.pen.clock(datetime.fromisoformat(moment))


def titles(session: Session, language: Tongue, visit_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What each visit is called in this language, and where it is; whether it is still wanted or not."""
    found = session.exec(
        select(Visit.id, Service, Resident)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(col(Visit.id).in_(visit_ids))
    )
    return {visit_id: (_title(language, service, resident), resident.address) for visit_id, service, resident in found}


def whereabouts(session: Session, language: Tongue, visit_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What is to be done in each visit, and in which community: for whoever is not sent there, or not yet."""
    found = session.exec(
        select(Visit.id, Service, Area)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .join(Area, col(Resident.area_id) == col(Area.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(col(Visit.id).in_(visit_ids))
    )
    return {visit_id: (_called(language, service), _called(language, area)) for visit_id, service, area in found}


def _called(language: Tongue, row: Service | Area) -> str:
    return {Tongue.ENGLISH: row.name_en, Tongue.UYGHUR: row.name_ug}.get(language) or row.name


def _title(language: Tongue, service: Service, resident: Resident) -> str:
    name = _called(language, service)
    return f"{name}（{resident.name}）" if language == Tongue.CHINESE else f"{name} ({resident.name})"
