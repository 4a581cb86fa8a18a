"""The keys that devices sign with: pinned once, changed only on purpose, kept for old bundles."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.inventory import InventoryError, Signer, Signers
from tests.signing import public_key


@pytest.fixture
def signers(tmp_path: Path) -> Signers:
    return Signers(tmp_path / "home" / "allowed_signers")


def test_nothing_is_pinned_without_a_file(signers: Signers) -> None:
    """A user who has never deployed trusts nobody."""
    assert signers.all() == ()
    assert signers.current("pi5") is None


def test_the_first_key_is_pinned_once(signers: Signers) -> None:
    """The second time changes nothing."""
    assert signers.pin("pi5", public_key(1))
    assert not signers.pin("pi5", public_key(1))
    assert signers.all() == (Signer("pi5", public_key(1)),)


def test_another_key_is_refused_until_accepted(signers: Signers) -> None:
    """Both fingerprints are told; once accepted, the key before is retired, not forgotten."""
    signers.pin("pi5", public_key(1))
    with pytest.raises(InventoryError, match="pi5 signs its bundles with another key") as caught:
        signers.pin("pi5", public_key(2))
    for number in (1, 2):
        assert public_key(number).fingerprint in caught.value.message
    assert "host devices accept pi5" in caught.value.remedy
    assert signers.current("pi5") == public_key(1)
    signers.accept("pi5", public_key(2))
    old, new = signers.all()
    assert old == Signer("pi5", public_key(1), is_retired=True)
    assert new == Signer("pi5", public_key(2))


def test_after_an_undeploy_the_next_key_is_pinned(signers: Signers) -> None:
    """We removed the key ourselves, so another one is no surprise; so is its return."""
    signers.pin("pi5", public_key(1))
    signers.retire("pi5")
    assert signers.current("pi5") is None
    assert signers.pin("pi5", public_key(2))
    signers.accept("pi5", public_key(1))
    assert [s.is_retired for s in signers.all()] == [True, False]
    assert signers.current("pi5") == public_key(1)


def test_the_file_is_opensshs(signers: Signers) -> None:
    """A line has principal, namespace and key, as `ssh-keygen -Y verify` wants them."""
    signers.pin("pi5", public_key(1))
    *header, line = signers.path.read_text().splitlines()
    assert all(text.startswith("#") for text in header)
    assert line == f'pi5 namespaces="bundle@xtreme-edge" {public_key(1).text}'


@pytest.mark.parametrize("name", ["", "*", "a b", "pi5,pi4", "!pi5", "x\ny"])
def test_a_name_that_is_a_pattern_is_refused(signers: Signers, name: str) -> None:
    """OpenSSH reads principals as patterns: no name may stand for other devices."""
    with pytest.raises(InventoryError, match="expected letters"):
        signers.accept(name, public_key())
    assert not signers.path.exists()


@pytest.mark.parametrize(
    "line",
    [
        "pi5 ssh-ed25519 AAAA",
        'pi5 namespaces="file" ' + public_key().text,
        'pi5 namespaces="bundle@xtreme-edge" ssh-ed25519 AAAA',
        'pi5 namespaces="bundle@xtreme-edge" ' + public_key().text + " whatever",
    ],
)
def test_a_malformed_line_is_told_with_its_number(signers: Signers, line: str) -> None:
    """Trust is nothing to guess at."""
    signers.pin("pi5", public_key(1))
    with signers.path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(InventoryError, match=r"allowed_signers:4: is no pinned key"):
        signers.all()


@given(data=st.binary(max_size=300))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Whatever stands in it, only the project's own error comes out."""
    path = tmp_path_factory.mktemp("any") / "allowed_signers"
    path.write_bytes(data)
    try:
        found = Signers(path).all()
    except InventoryError:
        return
    assert found == ()


def _pin(path: Path, number: int) -> None:
    Signers(path).pin(f"pi{number}", public_key(number))


def test_two_deploys_at_once_lose_no_key(signers: Signers) -> None:
    """Reading, changing and writing is one step for other processes."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_pin, args=(signers.path, n)) for n in range(1, 9)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert {s.device for s in signers.all()} == {f"pi{n}" for n in range(1, 9)}
