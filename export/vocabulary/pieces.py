"""Which tokens must stay so that the texts of a corpus are split as before.

A splitter that takes the best of what its vocabulary allows takes the same again if that best is
still there and nothing was added: Unigram the most probable path, WordPiece the longest match from
the left. Three things are kept besides what is found in the texts, for that to be exact:

- Unigram rates an unknown character by the least score of all pieces, so a piece with it stays;
- WordPiece gives a word up after having matched its beginning, so what it matched there stays;
- characters of what is kept stay as pieces of their own, so that other text in the same scripts
  becomes more tokens rather than unknown ones.

Byte-pair encoding goes through pieces that are never seen in its result; it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tokenizers import Tokenizer

from export.errors import ExportError
from export.vocabulary.numbering import State

_SPLITTERS = ("Unigram", "WordPiece", "WordLevel")


@dataclass(frozen=True)
class Pieces:
    """The vocabulary of a tokenizer's model.

    Attributes:
        kind: Unigram, WordPiece or WordLevel.
        ids: Token to id; of equal tokens the last one's, as the splitter has it.
        state: The whole tokenizer.
    """

    kind: str
    ids: Mapping[str, int]
    state: State

    @classmethod
    def of(cls, state: State, checkpoint: str) -> Pieces:
        """Read a tokenizer's vocabulary.

        Raises:
            ExportError: It splits by a rule whose vocabulary cannot be trimmed.
        """
        model = state["model"]
        kind = model["type"]
        if kind not in _SPLITTERS:
            raise ExportError(
                f"{checkpoint}: its tokenizer is a {kind} model, whose vocabulary cannot be "
                f"trimmed; expected one of {', '.join(_SPLITTERS)}.",
                remedy="Export it with its whole vocabulary: leave out --languages, --corpus and "
                "`vocabulary: evaluation`.",
            )
        vocabulary = model["vocab"]
        if kind == "Unigram":
            vocabulary = {piece: id_ for id_, (piece, _) in enumerate(vocabulary)}
        return cls(kind, vocabulary, state)

    def always(self) -> set[int]:
        """Return the ids that stay whatever the texts are."""
        model = self.state["model"]
        if self.kind != "Unigram":
            return set()
        scores = [score for _, score in model["vocab"]]
        least = {scores.index(min(scores))} if scores else set()
        if not model.get("byte_fallback"):
            return least
        every_byte = (f"<0x{byte:02X}>" for byte in range(256))
        return least | {self.ids[piece] for piece in every_byte if piece in self.ids}

    def characters(self, kept: Iterable[int]) -> set[int]:
        """Return the ids of single characters that occur in kept tokens."""
        if self.kind == "WordLevel":
            return set()
        names = {id_: token for token, id_ in self.ids.items()}
        prefix = self._prefix
        found: set[str] = set()
        for id_ in kept:
            found.update(names.get(id_, "").removeprefix(prefix))
        spelled = found if not prefix else found | {f"{prefix}{one}" for one in found}
        return {self.ids[token] for token in spelled if token in self.ids}

    @property
    def _prefix(self) -> str:
        """What a WordPiece token inside a word begins with."""
        return str(self.state["model"].get("continuing_subword_prefix") or "")

    def given_up(self, tokenizer: Tokenizer, text: str) -> Iterator[int]:
        """Yield what WordPiece matches in a text, also in words that it then gives up."""
        if self.kind != "WordPiece":
            return
        if tokenizer.normalizer is not None:
            text = tokenizer.normalizer.normalize_str(text)
        words = [(text, (0, len(text)))]
        if tokenizer.pre_tokenizer is not None:
            words = tokenizer.pre_tokenizer.pre_tokenize_str(text)
        longest = int(self.state["model"].get("max_input_chars_per_word", 100))
        for word, _ in words:
            if len(word) <= longest:
                yield from self._matches(word)

    def _matches(self, word: str) -> Iterator[int]:
        begin = 0
        while begin < len(word):
            prefix = self._prefix if begin else ""
            for end in range(len(word), begin, -1):
                id_ = self.ids.get(f"{prefix}{word[begin:end]}")
                if id_ is not None:
                    yield id_
                    begin = end
                    break
            else:
                return
