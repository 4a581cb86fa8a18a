"""The blocks of one round: every variant, in turn, over the same queries of the planned data."""

from __future__ import annotations

from collections.abc import Iterator, Set

from device_agent.contract.events import Block, RoundDone, Timing
from device_agent.contract.runspec import Performance
from host.analysis.bundle import Bundle
from host.analysis.evidence.checks.timing import is_possible

Query = tuple[str, str, str]
"""Task, language and sample id."""


def find_wrong_blocks(
    done: RoundDone, bundle: Bundle, plan: Performance, known: Set[Query] | None
) -> Iterator[str]:
    """Say why a round supports no comparison; nothing where it does.

    Args:
        done: The round.
        bundle: Has the spec.
        plan: What performance mode was to do.
        known: The samples that accuracy mode ran; None without that mode.
    """
    names = sorted(variant.name for variant in bundle.spec.variants)
    found = sorted(block.variant for block in done.blocks)
    if found != names:
        yield f"ran {', '.join(found) or 'nothing'}, expected {', '.join(names)}"
    elif sorted(block.position for block in done.blocks) != list(range(len(names))):
        yield f"has the positions {[block.position for block in done.blocks]}, expected each once"
    elif not all(_is_parallel(block) for block in done.blocks):
        yield "has lists of unlike lengths"
    elif len({(b.tasks, b.languages, b.sample_ids) for b in done.blocks}) != 1:
        yield "is not paired: queries differ"
    elif len({(b.characters, b.utf8_bytes) for b in done.blocks}) != 1:
        yield "has other text sizes for one variant than for another"
    elif not _is_sized(done.blocks[0]):
        yield "has a text of an impossible size"
    elif len(done.blocks[0].tokens) != plan.queries:
        yield f"has {len(done.blocks[0].tokens)} queries, the spec plans {plan.queries}"
    elif not all(_is_timed(block) for block in done.blocks):
        yield "has a query with an impossible time or without tokens"
    else:
        yield from _foreign(done.blocks[0], bundle, known)
        yield from _unlike_controls(done, bundle)


def _is_parallel(block: Block) -> bool:
    lists = (
        block.tasks,
        block.languages,
        block.sample_ids,
        block.tokens,
        block.tokenise_ns,
        block.infer_ns,
        block.decode_ns,
        # Older agents tell neither sizes nor what encoding took.
        *(told for told in (block.characters, block.utf8_bytes, block.encode_ns) if told),
    )
    return len({len(values) for values in lists}) == 1


def _is_sized(block: Block) -> bool:
    """A character takes one to four bytes in UTF-8."""
    if bool(block.characters) != bool(block.utf8_bytes):
        return False
    pairs = zip(block.characters, block.utf8_bytes, strict=True)
    return all(0 <= characters <= size <= 4 * characters for characters, size in pairs)


def _is_timed(block: Block) -> bool:
    queries = zip(block.tokens, block.tokenise_ns, block.infer_ns, block.decode_ns, strict=True)
    return all(
        is_possible(Timing(tokens=tokens, tokenise_ns=a, infer_ns=b, decode_ns=c))
        for tokens, a, b, c in queries
    ) and all(
        0 <= part <= whole
        for part, whole in zip(block.encode_ns, block.tokenise_ns, strict=bool(block.encode_ns))
    )


def _foreign(block: Block, bundle: Bundle, known: Set[Query] | None) -> Iterator[str]:
    planned = {(d.task, d.language) for d in bundle.spec.datasets if d.queries}
    for task, language in sorted(set(zip(block.tasks, block.languages, strict=True)) - planned):
        yield f"has queries of {task}/{language}, which the spec lacks"
        return
    queries = set(zip(block.tasks, block.languages, block.sample_ids, strict=True))
    for task, language, sample in sorted(queries - known if known is not None else ()):
        yield f"has sample {sample!r} of {task}/{language}, which accuracy mode does not have"
        return


def _unlike_controls(done: RoundDone, bundle: Bundle) -> Iterator[str]:
    """The same artifact makes the same tokens of the same text."""
    tokens = {block.variant: block.tokens for block in done.blocks}
    for variant in bundle.spec.variants:
        original = variant.control_of
        if original is not None and tokens[variant.name] != tokens[original]:
            yield f"has other token counts for the control {variant.name} than for {original}"
