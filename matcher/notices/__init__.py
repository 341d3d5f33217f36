"""Telling people: what is written beside the act, spread over channels, and sent at least once."""
