"""Telling people: written beside the act, spread over channels, sent at least once.

A channel is a module with `send(notice)` and AT_ONCE, how many deliveries one of its receivers gets at a time.
"""

from collections.abc import Mapping
from types import ModuleType

from matcher.notices import console, mail, sms, webhook
from matcher.types import Channel

CHANNELS: Mapping[Channel, ModuleType] = {
    Channel.EMAIL: mail,
    Channel.SMS: sms,
    Channel.WEBHOOK: webhook,
    Channel.CONSOLE: console,
}
