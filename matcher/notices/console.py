"""The console: notices in the notifier's log, for an office that tries things out."""

import logging

from matcher.notices.message import Message

AT_ONCE = 1
log = logging.getLogger(__name__)


def send(notice: Message) -> None:
    log.info("%s %s: %s", notice.id, notice.to, notice.text.replace("\n", " / "))
