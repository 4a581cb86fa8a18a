"""Who may read the page."""

from __future__ import annotations

import pytest

from host.watch.access import Access

ACCESS = Access(8765)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "127.0.0.1:8765"},
        {"Host": "localhost:8765", "Origin": "http://localhost:8765"},
        {"Host": "127.0.0.1:8765", "Sec-Fetch-Site": "none"},
        {"Host": "127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_the_page_itself_may_ask(headers: dict[str, str]) -> None:
    """And so may a user who enters the address."""
    assert ACCESS.allows(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "evil.example:8765"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:80"},
        {"Host": "127.0.0.1:8765", "Origin": "http://evil.example"},
        {"Host": "127.0.0.1:8765", "Origin": "null"},
        {"host": "127.0.0.1:8765", "origin": "http://evil.example"},
        {"Host": "127.0.0.1:8765", "Origin": "https://127.0.0.1:8765"},
        {"Host": "127.0.0.1:8765", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_sites_page_may_not(headers: dict[str, str]) -> None:
    """A name that leads here by DNS rebinding, and requests that other pages send."""
    assert not ACCESS.allows(headers)


@pytest.mark.parametrize("path", ["/", "", "/x/", "/é/", "/" + "a" * 43 + "/", "//"])
def test_a_path_without_the_token_is_nothing(path: str) -> None:
    """Not even one that begins like it."""
    assert ACCESS.below(path) is None
    assert ACCESS.below(ACCESS.home.rstrip("/")) is None
    assert ACCESS.below(ACCESS.home[:-2] + "/") is None


def test_a_path_below_the_token() -> None:
    """Is what stands after it."""
    assert ACCESS.below(f"{ACCESS.home}reports/r") == "reports/r"
    assert ACCESS.below(ACCESS.home) == ""


def test_a_ticket_is_good_once() -> None:
    """And is not the token: a command line that shows it gives nothing away."""
    access = Access(8765)
    path = "/" + access.ticket_url().partition("://")[2].partition("/")[2]
    assert access.home.strip("/") not in path
    assert not access.redeem("/open/")
    assert access.redeem(path)
    assert not access.redeem(path)


def test_two_servers_have_two_tokens() -> None:
    """A token is good for one."""
    assert Access(1).home != Access(1).home
