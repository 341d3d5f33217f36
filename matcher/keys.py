"""Ids: a prefix that says what it names, and 26 characters that sort by the moment of their making."""

import secrets
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_key(prefix: str) -> str:
    """For example vol_01KAP0N6V8W2Z5R4Q3T1Y7X9CD: 48 bits of milliseconds and 80 of chance (the ULID layout)."""
    number = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return f"{prefix}_{''.join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))}"
