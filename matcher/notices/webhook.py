"""Webhooks, by the Standard Webhooks specification: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

The signature is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; for a day after a renewal there are two,
apart by a space. 2xx is taken; 410 means never again; everything else is tried again.
"""

import hmac
import json
from base64 import b64encode

from matcher import clock
from matcher.notices.message import Message, RefusedError, UnreachedError
from matcher.notices.post import AddressError, networks, post

AT_ONCE = 2


def send(notice: Message) -> None:
    body = json.dumps(dict(notice.event), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    moment = str(int(clock.now().timestamp()))
    headers = {
        "webhook-id": notice.id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(signature(secret, notice.id, moment, body) for secret in notice.secrets),
    }
    try:
        answer = post(notice.to, body, headers, networks(notice.settings.inside_networks))
    except AddressError as error:
        raise UnreachedError(str(error)) from error
    if answer.status == 410:
        raise RefusedError("It answered 410: it wants to hear nothing any more.", gone=True)
    if not 200 <= answer.status < 300:
        raise UnreachedError(f"It answered {answer.status}.", answer.after)


def signature(secret: bytes, identity: str, moment: str, body: bytes) -> str:
    said = f"{identity}.{moment}.".encode() + body
    return f"v1,{b64encode(hmac.digest(secret, said, 'sha256')).decode()}"
