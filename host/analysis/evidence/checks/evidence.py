"""Gold and artifact manifests: those that the spec names, of the kind that its tasks need."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from device_agent.contract.bundle import SPEC_NAME
from device_agent.digest import digest_bytes
from host.analysis.bundle import Bundle, artifact_path, gold_path
from host.analysis.evidence.checks import cells
from host.analysis.evidence.checks.kinds import is_gold
from host.analysis.seal.failure import COLLECT_AGAIN, RUN_AGAIN, Failure


def check_digests(bundle: Bundle, content: Callable[[str], bytes | None]) -> Iterator[Failure]:
    """Compare every file that the spec names by its digest.

    Args:
        bundle: Has the spec.
        content: A file's bytes by its path below the bundle; None where it is not there.
    """
    finished = bundle.manifest.state == "finished"
    wanted = {
        gold_path(d.task, d.language): d.gold for d in bundle.spec.datasets if d.gold is not None
    }
    for variant in bundle.spec.variants:
        wanted |= {artifact_path(digest): digest for digest in variant.artifacts.values()}
    for path, expected in wanted.items():
        data = content(path)
        if data is None:
            if finished:
                yield Failure(path, f"is missing, {SPEC_NAME} needs it", COLLECT_AGAIN)
        elif digest_bytes(data) != expected:
            message = f"has digest {digest_bytes(data)}, {SPEC_NAME} says {expected}"
            yield Failure(path, message)


def check_evidence(bundle: Bundle) -> Iterator[Failure]:
    """Find gold of another task's kind, and artifacts of another head or recipe."""
    heads = {name: task.head.name for name, task in cells.planned_tasks(bundle).items()}
    for (task, language), rows in bundle.gold.items():
        head = heads[task]
        strange = [key for key, gold in rows.items() if not is_gold(head, gold)]
        if strange:
            message = f"has gold that is none of {task} for {len(strange)} samples: {strange[0]!r}"
            yield Failure(gold_path(task, language), message, RUN_AGAIN)
    for variant in bundle.spec.variants:
        for task, digest in variant.artifacts.items():
            artifact = bundle.artifacts.get(digest)
            if artifact is None or task not in heads:
                continue
            found = (artifact.head, artifact.recipe)
            expected = (heads[task], variant.recipe)
            if found[0] != expected[0] or found[1] not in variant.recipe.split("+"):
                message = (
                    f"is a {found[0]} artifact by {found[1]}, "
                    f"{variant.name} needs {expected[0]} by {expected[1]} for {task}"
                )
                yield Failure(artifact_path(digest), message, RUN_AGAIN)
