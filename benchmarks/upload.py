"""How fast a blob is shipped beside `scp`: the same file, loopback and cipher, turn by turn.

Both ways know the file's SHA-256 at both ends in the end. The product's way is what a deploy does:
hash, connect, ship (the device hashes what arrives while it arrives, syncs it and keeps it under
its name). The other way is what one would type: `sha256sum`, `scp`, `sha256sum` over `ssh`. The
transfers without any hashing by us are timed as well, because they say more of the connection.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from time import perf_counter

import click

from benchmarks.loopback import loopback_sshd
from device_agent.digest import digest_file
from device_agent.layout import Layout
from host.deploy.content import Blob
from host.deploy.ship import ship
from host.inventory import Device
from host.transport.connect import connect

CIPHER = "aes128-gcm@openssh.com"
"""What `host` negotiates with OpenSSH, and what `scp` is told to use."""
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Report:
    """Ratios are medians over rounds of the other's seconds by ours: above 1, ours is faster.

    Attributes:
        vs_scp: `scp` with `sha256sum` at both ends, by hashing and shipping.
        vs_scp_unhashed: `scp` alone, by shipping a file whose digest is known: ours still hashes
            at the far end, and syncs.
        ship_s, ship_known_s, scp_s, scp_hashed_s: Medians, seconds.
        cpus: Both ends share them.
    """

    vs_scp: float
    vs_scp_unhashed: float
    ship_s: float
    ship_known_s: float
    scp_hashed_s: float
    scp_s: float
    size_bytes: int
    rounds: int
    cipher: str
    cpus: int


class Bench:
    """The ways of getting one file to the device, each from nothing to done.

    Args:
        device: The server on loopback.
        source: The file.
        target: An empty folder on the server's side.
    """

    def __init__(self, device: Device, source: Path, target: Path) -> None:
        self._device = device
        self._source = source
        self._target = target
        self._digest = digest_file(source)
        self._options = [
            *("-q", "-i", str(device.key), "-c", CIPHER),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
        ]
        self._login = f"{device.user}@{device.address}"

    def ship(self) -> float:
        """Hash, connect and ship."""
        return self._timed(lambda: self._ship(digest_file(self._source)))

    def ship_known(self) -> float:
        """Connect and ship: an exported artifact's digests are in its manifest."""
        return self._timed(lambda: self._ship(self._digest))

    def scp(self) -> float:
        """Copy."""
        return self._timed(self._copy)

    def scp_hashed(self) -> float:
        """Hash, copy, and hash at the far end."""

        def copy() -> None:
            local = ["sha256sum", str(self._source)]
            here = subprocess.run(local, check=True, capture_output=True).stdout
            self._copy()
            port = ["-p", str(self._device.port)]
            remote = ["ssh", *self._options, *port, self._login, f"sha256sum {self._copied}"]
            there = subprocess.run(remote, check=True, capture_output=True).stdout
            if here[:64] != there[:64]:
                raise RuntimeError("scp has changed the file.")

        return self._timed(copy)

    @property
    def _copied(self) -> Path:
        return self._target / "copied"

    def _copy(self) -> None:
        port = ["-P", str(self._device.port)]
        to = f"{self._login}:{self._copied}"
        subprocess.run(["scp", *self._options, *port, str(self._source), to], check=True)

    def _ship(self, digest: str) -> None:
        layout = Layout(PurePosixPath(self._target / "state"))
        with connect(self._device) as session:
            shipped = ship(session, layout, [Blob.of(digest, self._source)])
        if shipped.sent_blobs != 1:
            raise RuntimeError("The blob was not sent.")

    def _timed(self, job: Callable[[], None]) -> float:
        started_s = perf_counter()
        job()
        took_s = perf_counter() - started_s
        self._copied.unlink(missing_ok=True)
        shutil.rmtree(self._target / "state", ignore_errors=True)
        return took_s


def measure(bench: Bench, rounds: int, seed: int) -> dict[str, list[float]]:
    """Time every way once a round, in an order of its own, after one warm-up of each."""
    ways = {
        "ship": bench.ship,
        "ship_known": bench.ship_known,
        "scp_hashed": bench.scp_hashed,
        "scp": bench.scp,
    }
    order = list(ways)
    taken: dict[str, list[float]] = {name: [] for name in order}
    chance = random.Random(seed)
    for way in ways.values():
        way()
    for number in range(rounds):
        chance.shuffle(order)
        for name in order:
            taken[name].append(ways[name]())
        told = "  ".join(f"{name} {times[-1]:.2f} s" for name, times in taken.items())
        print(f"round {number + 1}: {told}", file=sys.stderr)
    return taken


def summarise(taken: dict[str, list[float]], size_bytes: int) -> Report:
    """Pair the rounds: what else the machine does hits both sides of a ratio."""

    def ratio(other: str, ours: str) -> float:
        pairs = zip(taken[other], taken[ours], strict=True)
        return statistics.median(theirs / own for theirs, own in pairs)

    return Report(
        vs_scp=ratio("scp_hashed", "ship"),
        vs_scp_unhashed=ratio("scp", "ship_known"),
        ship_s=statistics.median(taken["ship"]),
        ship_known_s=statistics.median(taken["ship_known"]),
        scp_hashed_s=statistics.median(taken["scp_hashed"]),
        scp_s=statistics.median(taken["scp"]),
        size_bytes=size_bytes,
        rounds=len(taken["scp"]),
        cipher=CIPHER,
        cpus=len(os.sched_getaffinity(0)),
    )


def _present(report: Report) -> str:
    def speed(seconds: float) -> str:
        return f"{report.size_bytes / 1e6 / seconds:.0f} MB/s"

    return (
        f"Hashing and shipping {report.size_bytes / 1e6:.0f} MB: {speed(report.ship_s)}, "
        f"{report.vs_scp:.2f} of scp with sha256sum at both ends ({speed(report.scp_hashed_s)}).\n"
        f"With a known digest: {speed(report.ship_known_s)}, {report.vs_scp_unhashed:.2f} of scp "
        f"without any hashing ({speed(report.scp_s)}).\n"
        f"Loopback, {report.cipher}, {report.cpus} CPUs for both ends, {report.rounds} rounds."
    )


def _write_noise(path: Path, size_bytes: int, seed: int) -> None:
    chance = random.Random(seed)
    with path.open("wb") as file:
        while (left := size_bytes - file.tell()) > 0:
            file.write(chance.randbytes(min(_CHUNK_BYTES, left)))


@click.command()
@click.option("--megabytes", default=300, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--work",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where both ends keep their files; default the system's folder for such.",
)
@click.option("--limit", default=0.9, show_default=True, help="Exit with 1 below this `vs_scp`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(
    *, megabytes: int, rounds: int, seed: int, work: Path | None, limit: float, as_json: bool
) -> None:
    """Ship incompressible bytes to an OpenSSH server on loopback, and hold it against scp.

    Example: python -m benchmarks.upload --json
    """
    with tempfile.TemporaryDirectory(dir=work, prefix="upload-") as name:
        root = Path(name)
        source, target = root / "source", root / "target"
        target.mkdir()
        _write_noise(source, megabytes * 1_000_000, seed)
        with loopback_sshd(root) as device:
            taken = measure(Bench(device, source, target), rounds, seed)
        report = summarise(taken, source.stat().st_size)
    print(json.dumps(asdict(report), indent=2) if as_json else _present(report))
    sys.exit(int(report.vs_scp < limit))


if __name__ == "__main__":
    main()
