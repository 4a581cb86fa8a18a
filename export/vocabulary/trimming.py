"""Trim a vocabulary to what a corpus needs, and prove that the corpus is split as before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from device_agent.contract import artifact, codec
from device_agent.contract.samples import Input, TokensInput
from device_agent.tasks.heads.tokenisation import subwords, without_limits
from device_agent.tasks.protocol import Head, Row, fit
from export.checkpoint import Checkpoint
from export.errors import ExportError
from export.tokenizer import TOKENIZER_FILE
from export.vocabulary.corpus import Corpus, texts_of
from export.vocabulary.numbering import State, renumbered, reserved_ids
from export.vocabulary.pieces import Pieces

_GONE = -1


@dataclass(frozen=True)
class Trimmed:
    """A vocabulary with the tokens that are left.

    Attributes:
        kept: int64 [new ids], the id that each had; ascending.
        tokenizer: Gives new ids.
        text: Its file, byte by byte: written anew, scores would move in their last digit.
        record: For the manifest.
    """

    kept: npt.NDArray[np.int64]
    tokenizer: Tokenizer
    text: str
    record: artifact.Trimming

    @property
    def left_out(self) -> int:
        """How many rows of the word embedding are left out."""
        return self.record.of - self.record.kept

    def saving(self, saved_bytes: int | None) -> artifact.Trimming:
        """Return the record of an artifact in which this saves that much."""
        record: artifact.Trimming = msgspec.structs.replace(
            cast("Any", self.record), saved_bytes=saved_bytes
        )
        return record

    def new_id(self, old: int) -> int:
        """Return the id of a kept token."""
        return int(np.searchsorted(self.kept, old))

    def original(self, row: Row) -> Row:
        """Return a row of new ids as the whole vocabulary numbers it."""
        return replace(row, input_ids=self.kept[row.input_ids])

    def renumbered(self, row: Row) -> Row:
        """Return a row of old ids as this vocabulary numbers it.

        Raises:
            ExportError: One of its tokens was left out.
        """
        places = np.searchsorted(self.kept, row.input_ids)
        found = self.kept[np.minimum(places, len(self.kept) - 1)] == row.input_ids
        if not found.all():
            raise ExportError(
                f"A golden sample has the token {int(row.input_ids[~found][0])}, which the "
                "trimmed vocabulary does not keep: the sample is not part of its corpus.",
                remedy="Trim the vocabulary to data that the golden samples are part of.",
            )
        return replace(row, input_ids=places)

    def checkpoint(self, whole: Checkpoint) -> Checkpoint:
        """Return the checkpoint as its artifact shows it; folder and digest stay what they are."""
        return replace(
            whole,
            tokenizer=self.tokenizer,
            vocabulary_size=len(self.kept),
            config=self._config(whole.config),
        )

    def _config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return config.json with the vocabulary's size and the new ids of special tokens."""
        new = {int(old): id_ for id_, old in enumerate(self.kept)}
        changed = {
            key: new.get(value, value) if _is_token_id(key, value) else value
            for key, value in config.items()
        }
        return changed | {"vocab_size": len(self.kept)}


def trim(checkpoint: Checkpoint, corpus: Corpus) -> Trimmed:
    """Keep the tokens that the corpus needs.

    The corpus is read twice: to find its tokens, and to encode it with both tokenizers as the
    device does. A row whose tokens do not map one to one is an error, never a smaller corpus.

    Raises:
        ExportError: The tokenizer is of a kind that cannot be trimmed, the corpus cannot be read,
            or it is split in another way.
    """
    whole = without_limits(checkpoint.tokenizer)
    state = _state(whole, checkpoint)
    pieces = Pieces.of(state, checkpoint.name)
    kept = np.array(sorted(_needed(checkpoint, whole, pieces, corpus)), dtype=np.int64)
    new = np.full(int(kept[-1]) + 1, _GONE, dtype=np.int64)
    new[kept] = np.arange(len(kept))
    changed = renumbered(state, set(kept.tolist()), lambda id_: int(new[id_]))
    text = json.dumps(changed, ensure_ascii=False)
    trimmed = Tokenizer.from_str(text)
    _check_tokens(whole, trimmed, kept, checkpoint.name)
    return Trimmed(kept, trimmed, text, _prove(checkpoint, whole, trimmed, kept, corpus))


def _state(whole: Tokenizer, checkpoint: Checkpoint) -> State:
    """Return the tokenizer in today's spelling, its vocabulary as the checkpoint's file has it."""
    state: State = json.loads(whole.to_str())
    file = checkpoint.folder / TOKENIZER_FILE
    if file.is_file():
        state["model"]["vocab"] = json.loads(file.read_bytes())["model"]["vocab"]
    return state


def _needed(checkpoint: Checkpoint, whole: Tokenizer, pieces: Pieces, corpus: Corpus) -> set[int]:
    """Return the ids of tokens to keep."""
    kept = reserved_ids(pieces.state) | pieces.always() | _named_in(checkpoint)
    unknown = pieces.ids.get(str(pieces.state["model"].get("unk_token")))
    for sample_input in (one for portion in corpus() for one in portion.inputs):
        ids = _ids(whole, sample_input)
        kept.update(ids)
        if unknown in ids:
            for text in texts_of(sample_input):
                kept.update(pieces.given_up(whole, text))
    return kept | pieces.characters(kept)


def _named_in(checkpoint: Checkpoint) -> set[int]:
    """Return the ids that config.json names; where positions hang on the pad's, all before it.

    These models compute positions from the pad's id, a constant of the graph: it must stay.
    """
    named = set(token_ids(checkpoint.config).values())
    held = checkpoint.tokenizer.get_vocab_size(with_added_tokens=True)
    if checkpoint.architecture.pads_positions:
        named.update(range(int(checkpoint.config["pad_token_id"]) + 1))
    return {id_ for id_ in named if 0 <= id_ < held}


def token_ids(config: Mapping[str, Any]) -> dict[str, int]:
    """Return the ids of special tokens that config.json names, by their keys."""
    return {key: value for key, value in config.items() if _is_token_id(key, value)}


def _is_token_id(key: str, value: object) -> bool:
    return key.endswith("_token_id") and isinstance(value, int)


def _ids(tokenizer: Tokenizer, sample_input: Input) -> set[int]:
    """Return the tokens of all texts of an input, none cut short.

    Also what lies behind a row's end decides where a pair is cut.
    """
    if isinstance(sample_input, TokensInput):
        words = list(sample_input.tokens)
        return set(tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False).ids)
    return {id_ for text in texts_of(sample_input) for id_ in subwords(tokenizer, text).ids}


def _check_tokens(
    whole: Tokenizer, trimmed: Tokenizer, kept: npt.NDArray[np.int64], checkpoint: str
) -> None:
    """Check that the new file gives every token the id that its row will have."""
    wrong = [
        int(old)
        for new, old in enumerate(kept)
        if trimmed.id_to_token(new) != whole.id_to_token(int(old))
    ]
    if wrong:
        raise ExportError(
            f"{checkpoint}: {len(wrong)} tokens of the trimmed vocabulary are not those of the "
            f"whole one, the first {whole.id_to_token(wrong[0])!r}.",
            remedy="Export it with its whole vocabulary.",
        )


def _prove(
    checkpoint: Checkpoint,
    whole: Tokenizer,
    trimmed: Tokenizer,
    kept: npt.NDArray[np.int64],
    corpus: Corpus,
) -> artifact.Trimming:
    """Encode every input with both tokenizers, and require the same rows but for the numbers."""
    digest = hashlib.sha256()
    sources: dict[str, list[str]] = {}
    inputs = rows = 0
    for portion in corpus():
        parts = sources.setdefault(portion.source, [])
        if portion.part not in parts:
            parts.append(portion.part)
        head = fit(portion.head, checkpoint.max_tokens)
        for sample_input in portion.inputs:
            digest.update(codec.encode(sample_input))
            before = list(_encoded(head, whole, sample_input))
            after = list(_encoded(head, trimmed, sample_input))
            if not _same(before, after, kept):
                raise ExportError(
                    f"{checkpoint.name}: {portion.source} in {portion.part}: input {inputs + 1} "
                    "is split in another way by the trimmed vocabulary: "
                    f"{str(sample_input)[:120]}",
                    remedy="Export it with its whole vocabulary, and report this text.",
                )
            inputs += 1
            rows += len(before)
    return artifact.Trimming(
        kept=len(kept),
        of=checkpoint.vocabulary_size,
        sources={source: tuple(parts) for source, parts in sources.items()},
        corpus_digest=digest.hexdigest(),
        inputs=inputs,
        rows=rows,
        saved_bytes=None,
    )


def _encoded(head: Head, tokenizer: Tokenizer, sample_input: Input) -> Iterator[Row]:
    yield from head.encode(tokenizer, sample_input)


def _same(before: Sequence[Row], after: Sequence[Row], kept: npt.NDArray[np.int64]) -> bool:
    return len(before) == len(after) and all(
        old.input_ids.shape == new.input_ids.shape
        and np.array_equal(old.input_ids, kept[new.input_ids])
        and np.array_equal(old.token_type_ids, new.token_type_ids)
        for old, new in zip(before, after, strict=True)
    )
