"""Where a webhook may lead, and where not."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from matcher.notices.message import UnreachedError
from matcher.notices.post import AddressError, judged, networks, post
from tests.receivers import LOOPBACK, a_receiver


def leading_to(*addresses: str) -> Callable[..., Any]:
    """A resolver for whom every name leads there."""
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1", "198.18.0.1"),
    ],
)
def test_an_address_that_is_not_public_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to(address))
    with pytest.raises(AddressError, match="not a public address"):
        judged("https://innocent.example.org/told", ())


def test_one_bad_address_among_good_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("93.184.215.14", "10.0.0.1"))
    with pytest.raises(AddressError):
        judged("https://innocent.example.org", ())


def test_a_public_address_is_called_by_https_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("93.184.215.14"))
    assert judged("https://innocent.example.org/told", ())[1] == "93.184.215.14"
    with pytest.raises(AddressError, match="only https"):
        judged("http://innocent.example.org/told", ())


def test_a_network_that_the_office_named_is_called_also_by_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("10.20.3.4"))
    assert judged("http://hall.example.org", networks("10.20.0.0/16, 127.0.0.0/8"))[1] == "10.20.3.4"
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("10.21.3.4"))
    with pytest.raises(AddressError):
        judged("http://hall.example.org", networks("10.20.0.0/16, 127.0.0.0/8"))


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/", "https://", "//example.org", "https://name:word@example.org/", "example.org"),
        *("https://example.org/#part", "https://example.org:port/", "https://example.org/\r\nHost: x", "https://中国/"),
        *("file:///etc/passwd", "https://[::1"),
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        judged(url, networks("0.0.0.0/0, ::/0"))


def test_other_spellings_of_this_machine_are_refused_too() -> None:
    for host in ("localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"):
        with pytest.raises((AddressError, UnreachedError)):
            judged(f"https://{host}/", ())


def test_the_address_that_was_judged_is_called_whatever_the_name_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_receiver() as receiver:
        port = receiver.url.rpartition(":")[2].partition("/")[0]
        asked: list[str] = []
        real = socket.getaddrinfo

        def first_here(host: str, where: Any, *rest: Any, **more: Any) -> Any:
            if host != "rebound.example.org":
                return real(host, where, *rest, **more)
            asked.append(host)
            return leading_to("127.0.0.1" if len(asked) == 1 else "10.0.0.1")(host, where)

        monkeypatch.setattr(socket, "getaddrinfo", first_here)
        answer = post(f"http://rebound.example.org:{port}/told", b"{}", {}, networks(LOOPBACK))
        assert (answer.status, len(asked), len(receiver.got)) == (200, 1, 1)
        assert receiver.got[0].headers["host"] == f"rebound.example.org:{port}"


def test_a_receiver_that_is_away_is_unreached() -> None:
    with pytest.raises(UnreachedError):
        post("http://127.0.0.1:1/", b"{}", {}, networks(LOOPBACK))


def test_whoever_answers_a_letter_at_a_time_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from matcher.notices import post as posting

    monkeypatch.setattr(posting, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def drip() -> None:
            talk, _ = listener.accept()
            with talk:
                while not over.wait(0.1):
                    try:
                        talk.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            with pytest.raises(UnreachedError):
                post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, networks(LOOPBACK))
        finally:
            over.set()
            thread.join()
