"""Runtime sessions of one run: opened once within a memory budget, golden set checked first."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter_ns

from tokenizers import Tokenizer

from device_agent import golden, runtimes
from device_agent.contract.artifact import (
    GOLDEN_NAME,
    TOKENIZER_NAME,
    ArtifactManifest,
    Parity,
)
from device_agent.contract.errors import RunError
from device_agent.contract.events import GoldenChecked, SessionOpened
from device_agent.contract.runspec import RuntimeOptions
from device_agent.journal import Journal
from device_agent.measure.query import Loaded
from device_agent.runtimes import litert
from device_agent.store import Store

_BUDGET_SHARE = 0.5
_SESSION_OVERHEAD = 1.5
_FALLBACK_BUDGET_BYTES = 512 << 20


class Sessions:
    """Opens the session of a variant's artifact and keeps it while memory allows.

    Each variant has a session of its own, the A/A control included. Where in memory a load ends
    up makes a small model some percent faster or slower for as long as the session lives, so
    `renew` lets every round draw that luck anew: it is noise then, and no bias.
    """

    def __init__(self, store: Store, journal: Journal, options: RuntimeOptions) -> None:
        self._store = store
        self._journal = journal
        self._options = options
        self._open: OrderedDict[tuple[str, str], tuple[Loaded, int]] = OrderedDict()
        self._tokenizers: dict[str, Tokenizer] = {}
        self._budget_bytes = _memory_budget_bytes()
        self._checked = journal.golden_digests()

    def get(self, variant: str, artifact: str) -> Loaded:
        """Return the loaded artifact, opening it where needed; never inside a timed region.

        Raises:
            RunError: The golden set's outputs are out of tolerance on this device.
            DeviceError: The artifact is missing, damaged, or does not load.
        """
        key = (variant, artifact)
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key][0]
        folder = self._store.artifact(artifact)
        manifest = self._store.manifest(artifact)
        size_bytes = self._memory_bytes(manifest)
        self._make_room(size_bytes)
        loaded = self._load(variant, artifact, folder, manifest)
        self._open[key] = (loaded, size_bytes)
        if key not in self._checked:
            self._check_golden(variant, artifact, folder, manifest, loaded)
            self._checked.add(key)
        return loaded

    @property
    def budget_bytes(self) -> int:
        """What open sessions may take together."""
        return self._budget_bytes

    def needed_bytes(self, wanted: Iterable[tuple[str, str]]) -> int:
        """Return what sessions of these variants and artifacts are going to take together."""
        return sum(self._memory_bytes(self._store.manifest(artifact)) for _, artifact in wanted)

    def renew(self) -> None:
        """Forget every open session: each is loaded again when it is next asked for."""
        self.close()

    def close(self) -> None:
        """Close every open session; tokenizers, which several share, stay."""
        while self._open:
            self._open.popitem()[1][0].session.close()

    def _memory_bytes(self, manifest: ArtifactManifest) -> int:
        """Return what a session of an artifact is going to take."""
        if runtimes.chosen(self._options.name, manifest.format) == "litert":
            return litert.memory_bytes(manifest)
        return int(sum(e.size_bytes for e in manifest.files) * _SESSION_OVERHEAD)

    def _make_room(self, wanted_bytes: int) -> None:
        while self._open and wanted_bytes + sum(s for _, s in self._open.values()) > (
            self._budget_bytes
        ):
            self._open.popitem(last=False)[1][0].session.close()

    def _load(
        self, variant: str, artifact: str, folder: Path, manifest: ArtifactManifest
    ) -> Loaded:
        before = _resident_bytes()
        started = perf_counter_ns()
        runtime = runtimes.chosen(self._options.name, manifest.format)
        session = runtimes.get(runtime)(folder, manifest, self._options)
        load_ns = perf_counter_ns() - started
        after = _resident_bytes()
        self._journal.append(
            [
                SessionOpened(
                    variant=variant,
                    artifact=artifact,
                    runtime=runtime,
                    runtime_version=session.version,
                    providers=session.providers,
                    threads=session.threads,
                    load_ns=load_ns,
                    resident_bytes=None if before is None or after is None else after - before,
                )
            ]
        )
        tokenizer = self._tokenizer(folder, manifest)
        return Loaded(
            session=session,
            tokenizer=tokenizer,
            labels=manifest.labels,
            max_tokens=manifest.max_tokens,
        )

    def _tokenizer(self, folder: Path, manifest: ArtifactManifest) -> Tokenizer:
        """Load a tokenizer once for all artifacts with the same one; XLM-R's takes a second."""
        digest = next(e.digest for e in manifest.files if e.path == TOKENIZER_NAME)
        if digest not in self._tokenizers:
            self._tokenizers[digest] = Tokenizer.from_file(str(folder / TOKENIZER_NAME))
        return self._tokenizers[digest]

    def _check_golden(
        self,
        variant: str,
        artifact: str,
        folder: Path,
        manifest: ArtifactManifest,
        loaded: Loaded,
    ) -> None:
        if self._options.name == "null":
            return
        samples = golden.load(folder / GOLDEN_NAME)
        overall, per_language = golden.compare(samples, loaded.session.run, manifest.head)
        found = Parity(
            tolerance=manifest.parity.tolerance, overall=overall, per_language=per_language
        )
        broken = golden.broken_limits(found)
        self._journal.append(
            [
                GoldenChecked(
                    variant=variant,
                    artifact=artifact,
                    passed=not broken,
                    tolerance=manifest.parity.tolerance,
                    overall=overall,
                    per_language=per_language,
                )
            ]
        )
        if broken:
            raise RunError(
                f"{manifest.name} ({manifest.recipe}) computes something else on this device than "
                f"its checkpoint: "
                + "; ".join(f"{where}: {', '.join(limits)}" for where, limits in broken.items()),
                remedy="Use another recipe or runtime version for this board, e.g. "
                "`recipe: fp32` in the study file.",
            )


def _memory_budget_bytes() -> int:
    """Return half of what the kernel says is available now."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(int(line.split()[1]) * 1024 * _BUDGET_SHARE)
    except (OSError, ValueError):
        pass
    return _FALLBACK_BUDGET_BYTES


def _resident_bytes() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
