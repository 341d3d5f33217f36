"""E-mail over the office's own server, in plain text and in HTML, which alone can run from right to left."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import unquote, urlsplit

from matcher import clock
from matcher.notices.message import Message, RefusedError, UnreachedError

AT_ONCE = 4
SECONDS = 15.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def send(notice: Message) -> None:
    try:
        with _server(notice.settings.mail_url) as server:
            server.send_message(letter(notice))
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _failure(code, said) from error
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise UnreachedError(f"The mail server does not answer: {type(error).__name__}.") from error


def letter(notice: Message) -> EmailMessage:
    """The Message-ID is the notice's own, at every repeat."""
    written = EmailMessage()
    sender = notice.settings.mail_from
    written["From"], written["To"], written["Subject"] = sender, notice.to, notice.subject
    written["Date"] = format_datetime(clock.now())
    written["Message-ID"] = f"<{notice.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    written["Auto-Submitted"] = "auto-generated"
    written["Content-Language"] = notice.language
    written.set_content("\n".join(notice.lines) + "\n")
    direction = "rtl" if notice.is_right_to_left else "ltr"
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in notice.lines)
    page = f'<html lang="{notice.language}" dir="{direction}"><body>{paragraphs}</body></html>\n'
    written.add_alternative(page, subtype="html")
    return written


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def _failure(code: int, said: bytes | str) -> UnreachedError | RefusedError:
    """4xx of SMTP is for now, 5xx of it for ever, unless it is about us and not about the letter."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    why = f"The mail server answered {code}: {text[:200]}"
    about_us = code in (530, 534, 535, 538)
    return RefusedError(why) if code >= 500 and not about_us else UnreachedError(why)
