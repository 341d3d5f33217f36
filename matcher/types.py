"""Bounded types for everything that comes through a door: what a table cannot hold is refused here, by name."""

import re
import zoneinfo
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints


def _readable(text: str) -> str:
    for letter in text:
        if letter == "\x00" or "\ud800" <= letter <= "\udfff":
            raise ValueError("it holds a character that cannot be stored (NUL or half of a surrogate pair)")
    return text


def _in_our_time(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 2200:
        raise ValueError("the year must be from 1900 to 2200")
    return moment


def _day_in_our_time(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise ValueError("the year must be from 1900 to 2200")
    return day


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException as error:
        raise ValueError("write a telephone number, for example 13800138000 or 0991-1234567") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("the telephone number has too few or too many digits")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _phone_or_blank(text: str) -> str:
    return _phone(text) if text else ""


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError("name a time zone such as Asia/Shanghai")
    return name


def _email_or_blank(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text):
        raise ValueError("write one e-mail address, for example wang@example.org")
    return text


def _plain_clock(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError("write a time of day without an offset, for example 09:30")
    return moment.replace(second=0, microsecond=0)


Readable = AfterValidator(_readable)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), Readable]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Readable]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Readable]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Readable]
"""The office's own number of a thing."""
Key = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_[0-9A-Z]{26}$")]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30), Readable, AfterValidator(_phone)]
NameOrBlank = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), Readable]
WordOrBlank = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), Readable]
NumberOrBlank = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), Readable]
PhoneOrBlank = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=30), Readable, AfterValidator(_phone_or_blank)
]
EmailOrBlank = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254), Readable, AfterValidator(_email_or_blank)
]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
People = Annotated[int, Field(ge=1, le=50)]
Points = Annotated[int, Field(ge=0, le=1_000_000)]
Money = Annotated[int, Field(ge=0, le=10_000_000_000)]
"""In fen."""
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
AwareTime = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_day_in_our_time)]
Clock = Annotated[time, AfterValidator(_plain_clock)]
Zone = Annotated[str, AfterValidator(_zone)]


class Tier(StrEnum):
    """区, 街道, 社区."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


class Gender(StrEnum):
    """男, 女."""

    MALE = "male"
    FEMALE = "female"


class Mode(StrEnum):
    """How a helper travels: 步行, 自行车, 公交, 汽车."""

    WALK = "walk"
    BIKE = "bike"
    BUS = "bus"
    CAR = "car"


class NeedGroup(StrEnum):
    """空巢, 独居, 残疾, 低保, 三无, 优抚."""

    EMPTY_NEST = "empty_nest"
    LIVING_ALONE = "living_alone"
    DISABLED = "disabled"
    LOW_INCOME = "low_income"
    THREE_NOS = "three_nos"
    SPECIAL_CARE = "special_care"


class TeamKind(StrEnum):
    """党团员, 公务员, 专业人员, 青年, 老年, 商户, 务工人员."""

    PARTY_LEAGUE = "party_league"
    CIVIL_SERVANT = "civil_servant"
    PROFESSIONAL = "professional"
    YOUTH = "youth"
    SENIOR = "senior"
    SHOP_OWNER = "shop_owner"
    MIGRANT_WORKER = "migrant_worker"


class Fee(StrEnum):
    """免费, 低偿, 有偿."""

    FREE = "free"
    LOW = "low"
    PAID = "paid"


class ProvidedBy(StrEnum):
    """Who may give a service: 志愿者, 服务商, 均可."""

    VOLUNTEER = "volunteer"
    PROVIDER = "provider"
    ANY = "any"


class HelperKind(StrEnum):
    """志愿者, 班组."""

    VOLUNTEER = "volunteer"
    CREW = "crew"


class PairingKind(StrEnum):
    """一帮一, 多帮一."""

    ONE_TO_ONE = "one_to_one"
    MANY_TO_ONE = "many_to_one"


class Role(StrEnum):
    """受理台, 协调员, 调度员, 班组, 志愿者, 审计员, 管理员, 程序."""

    DESK = "desk"
    COORDINATOR = "coordinator"
    DISPATCHER = "dispatcher"
    CREW = "crew"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PROGRAM = "program"


class RunState(StrEnum):
    """排队, 运算中, 完成, 已停止, 失败."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class RosterState(StrEnum):
    """草稿, 已发布."""

    DRAFT = "draft"
    PUBLISHED = "published"


class QuestionKind(StrEnum):
    """不能来, 取消, 紧急, 增人."""

    AWAY = "away"
    CANCELLED = "cancelled"
    URGENT = "urgent"
    WORTH = "worth"


class OfferState(StrEnum):
    """待发, 已邀约, 已接受, 已谢绝, 已过期, 已撤回, 已签到, 已完成, 未到."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CHECKED_IN = "checked_in"
    DONE = "done"
    NO_SHOW = "no_show"


class StandbyState(StrEnum):
    """列入, 已通知, 已同意, 已谢绝."""

    LISTED = "listed"
    TOLD = "told"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AttendanceKind(StrEnum):
    """签到, 签退, 未到."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    NO_SHOW = "no_show"


class Way(StrEnum):
    """How somebody checked in: by the code at the door, by their own signed link, or a person said so."""

    CODE = "code"
    LINK = "link"
    PERSON = "person"


class Basis(StrEnum):
    """What an entry of hours rests on: check-in and check-out, the promised time, or a person's word."""

    MEASURED = "measured"
    PLANNED = "planned"
    PERSON = "person"


class Doubt(StrEnum):
    """两处同时, 路上太快, 来得太早, 来得太晚, 超出时长, 无人到访, 补记太晚."""

    TWO_PLACES = "two_places"
    TOO_FAST = "too_fast"
    EARLY = "early"
    LATE = "late"
    BEYOND = "beyond"
    NOBODY_CAME = "nobody_came"
    WRITTEN_LATE = "written_late"


class FlagState(StrEnum):
    """待看, 无碍, 已更正, 已消除."""

    OPEN = "open"
    FINE = "fine"
    CORRECTED = "corrected"
    MOOT = "moot"


class WishKind(StrEnum):
    """希望再来, 不愿再见."""

    AGAIN = "again"
    NOT_AGAIN = "not_again"


class ReleaseState(StrEnum):
    """待批准, 已退回, 未批准."""

    ASKED = "asked"
    RELEASED = "released"
    REFUSED = "refused"


class SwapState(StrEnum):
    """待对方同意, 待批准, 已换, 对方谢绝, 未批准, 已撤回."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    SWAPPED = "swapped"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NoticeKind(StrEnum):
    """发布, 邀约, 撤回, 提醒, 无人可派, 试发, 替补, 换班, 退回."""

    PUBLISHED = "published"
    OFFER = "offer"
    WITHDRAWN = "withdrawn"
    REMINDER = "reminder"
    UNSTAFFED = "unstaffed"
    TRIAL = "trial"
    STANDBY = "standby"
    SWAP = "swap"
    RELEASE = "release"


class Channel(StrEnum):
    """电子邮件, 短信, 网络回调, 控制台."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    CONSOLE = "console"


class DeliveryState(StrEnum):
    """待发, 发送中, 已发, 无法送达, 已放弃."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class Tongue(StrEnum):
    """中文, English, ئۇيغۇرچە: in which language somebody is written to."""

    CHINESE = "zh"
    ENGLISH = "en"
    UYGHUR = "ug"
