"""Fetches tasks into a benchmark folder: each task whole, beside its place, then moved there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.errors import DataError
from host.data.fetch.hub import check_reachable, load_rows, require_library
from host.data.fetch.rows import Files, Row
from host.data.fetch.sources import NOT_ON_THE_HUB, SOURCES, Source
from host.data.source import how_to_get, languages_of

Tell = Callable[[str], None]


@dataclass(frozen=True)
class LeftOut:
    """What was asked for and cannot be fetched, and how to get it."""

    task: str
    languages: tuple[str, ...]
    reason: str
    remedy: str


@dataclass(frozen=True)
class Fetched:
    """What a fetch brought.

    Attributes:
        tasks: Those that were written.
        left_out: What the hub does not have.
        caveats: How what it has differs from the official download, by task.
    """

    tasks: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    caveats: dict[str, str]


def fetched_json(fetched: Fetched) -> dict[str, object]:
    """Return plain values for `host data fetch --json`."""
    return {
        "fetched": list(fetched.tasks),
        "caveats": fetched.caveats,
        "not_fetched": [asdict(one) for one in fetched.left_out],
    }


@dataclass(frozen=True)
class _Part:
    """What is taken of one dataset for one task."""

    source: Source
    languages: tuple[str, ...]


def fetch(
    root: Path,
    *,
    names: Sequence[str] = (),
    languages: Sequence[str] = (),
    mirror: Path | None = None,
    force: bool = False,
    tell: Tell = lambda _: None,
) -> Fetched:
    """Fetch test and dev splits into the official download layout, gold into `labels/`.

    Args:
        root: The benchmark's folder; is made where it does not exist.
        names: Tasks; none for all that the hub has.
        languages: Codes; none for all that a task has there.
        mirror: A folder of clones of the hub's datasets, in place of the hub.
        force: Write over files of a task that is there; its other files stay.
        tell: Is called with each task and language, before it is fetched.

    Raises:
        DataError: The library is missing, the hub cannot be reached, a task is there already, no
            task or language is left to fetch, or a dataset has another form than expected.
    """
    _refuse_unknown(names or tasks.names(), languages)
    if mirror is not None and not mirror.is_dir():
        raise DataError(
            f"{mirror}: there is no such folder to fetch from.",
            remedy="Name the folder that holds clones of the hub's datasets, such as "
            "DIR/google/xtreme, with --from, or leave --from out to fetch from the hub.",
        )
    left_out: list[LeftOut] = []
    plan: dict[str, list[_Part]] = {}
    for name in names or tasks.names():
        parts, absent = _plan(name, languages)
        left_out += absent
        if parts:
            plan[name] = parts
    if not plan:
        reasons = "; ".join(f"{one.task}: {one.reason}" for one in left_out)
        raise DataError(
            f"Nothing of what was asked for can be fetched. {reasons}",
            remedy=left_out[0].remedy,
        )
    for name in plan if not force else ():
        _refuse_existing(root, name)
    require_library()
    if mirror is None:
        for identifier in {part.source.identifier for parts in plan.values() for part in parts}:
            check_reachable(identifier)
    for name, parts in plan.items():
        _write(root, _files(name, parts, mirror, tell))
    return Fetched(
        tasks=tuple(plan),
        left_out=tuple(left_out),
        caveats={
            name: part.source.caveat
            for name, parts in plan.items()
            for part in parts
            if part.source.caveat
        },
    )


def _refuse_unknown(names: Sequence[str], languages: Sequence[str]) -> None:
    known = {language for name in names for language in languages_of(tasks.get(name))}
    unknown = [language for language in languages if language not in known]
    if unknown:
        raise DataError(
            f"Found language {unknown[0]!r}, which none of the tasks has.",
            remedy=f"Use some of: {', '.join(sorted(known))}.",
        )


def _plan(name: str, languages: Sequence[str]) -> tuple[list[_Part], list[LeftOut]]:
    """Divide a task's languages among its datasets, and say which have none."""
    wanted = [one for one in languages_of(tasks.get(name)) if one in languages or not languages]
    parts = [
        _Part(source, tuple(one for one in wanted if one in source.configs))
        for source in SOURCES.get(name, ())
    ]
    absent = tuple(one for one in wanted if not any(one in part.languages for part in parts))
    reason = NOT_ON_THE_HUB.get(name, "no dataset on the hub has it in the official form")
    left_out = (
        [LeftOut(name, absent, reason, f"{how_to_get(name, by_hand=True)}.")] if absent else []
    )
    return [part for part in parts if part.languages], left_out


def _refuse_existing(root: Path, name: str) -> None:
    for folder in (root / name, root / "labels" / name):
        if folder.is_dir() and any(folder.iterdir()):
            raise DataError(
                f"{folder}: there are files already, which fetching would write over.",
                remedy="Give --force to write over them, or another folder with --output.",
            )


def _files(name: str, parts: Iterable[_Part], mirror: Path | None, tell: Tell) -> Iterator[Files]:
    for part in parts:
        source = part.source
        for split, theirs in source.splits.items():
            loaded: dict[str, list[Row]] = {}
            for language in part.languages:
                config = source.configs[language]
                if split == "dev" and (name, language) in _WITHOUT_DEV:
                    continue
                tell(f"{name} {language} {split}: {source.identifier} ({config}, {theirs})")
                if config not in loaded:
                    rows = load_rows(source.identifier, config, theirs, source.columns, mirror)
                    # Kept for the next language only where that lies in the same configuration.
                    loaded = {config: list(rows)}
                yield source.write(name, language, split, _own(loaded[config], source, language))


_WITHOUT_DEV = {("udpos", language) for language in ("kk", "th", "tl", "yo")}
"""Languages whose treebanks have no development set."""


def _own(rows: Sequence[Row], source: Source, language: str) -> list[Row]:
    """Return the rows of one language.

    Raises:
        DataError: There are none.
    """
    prefix = "" if source.id_prefixes is None else f"{source.id_prefixes[language]}-"
    own = [row for row in rows if not prefix or str(row["id"]).startswith(prefix)]
    if not own:
        raise DataError(
            f"{source.identifier} ({source.configs[language]}): found no row in {language}.",
            remedy=f"Leave {language} out, naming the others with --language.",
        )
    return own


def _write(root: Path, found: Iterable[Files]) -> None:
    """Write a task's files beside their place, and move them when the last one is there."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".fetch-") as beside:
            written = []
            for files in found:
                for path, text in files.items():
                    (Path(beside) / path).parent.mkdir(parents=True, exist_ok=True)
                    # No newline translation: the files' own line ends are part of the layout.
                    (Path(beside) / path).write_bytes(text.encode())
                    written.append(path)
            for path in written:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(beside) / path).replace(root / path)
    except OSError as error:
        raise DataError(
            f"{root}: cannot be written to: {error.strerror or error}.",
            remedy="Free space on that disk, or name a folder that this user may write to.",
        ) from error
