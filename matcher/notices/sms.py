"""SMS through an HTTP gateway: `POST {"id", "to", "text", "language"}` as JSON, with `Authorization: Bearer <token>`.

The gateway answers 2xx when it took the message, 409 when it has that id already, 400 or 422 when it never will take
it (no such number); everything else is tried again.
"""

import json

from matcher.notices.message import Message, RefusedError, UnreachedError
from matcher.notices.post import AddressError, networks, post

AT_ONCE = 4
EVERYWHERE = networks("0.0.0.0/0, ::/0")
"""The office itself set the gateway's address."""
TAKEN_ALREADY = 409
NEVER = (400, 422)


def send(notice: Message) -> None:
    said = {"id": notice.id, "to": notice.to, "text": notice.text, "language": notice.language}
    token = notice.settings.sms_token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = post(notice.settings.sms_url, json.dumps(said, ensure_ascii=False).encode(), headers, EVERYWHERE)
    except AddressError as error:
        raise UnreachedError(str(error)) from error
    if answer.status in NEVER:
        raise RefusedError(f"The gateway answered {answer.status}: it never will take this.")
    if not (200 <= answer.status < 300 or answer.status == TAKEN_ALREADY):
        raise UnreachedError(f"The gateway answered {answer.status}.", answer.after)
