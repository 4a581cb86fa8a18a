"""Every place in `tokenizer.json` that holds a token's id."""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy
from typing import Any

State = dict[str, Any]
"""A tokenizer as its file has it."""

Renumber = Callable[[int], int]


def renumbered(state: State, kept: Collection[int], renumber: Renumber) -> State:
    """Return a tokenizer with the tokens of `kept` only, under other ids.

    Args:
        state: As the tokenizer's file has it.
        kept: Ids; every one that `reserved_ids` names is among them.
        renumber: Old id to new id; keeps the order.
    """
    model = state["model"]
    vocabulary: Any
    if model["type"] == "Unigram":
        vocabulary = [entry for id_, entry in enumerate(model["vocab"]) if id_ in kept]
    else:
        vocabulary = {token: renumber(id_) for token, id_ in model["vocab"].items() if id_ in kept}
    outside = {key: value for key, value in state.items() if key != "model"}
    settings = {key: value for key, value in model.items() if key != "vocab"}
    changed = deepcopy({**outside, "model": settings})
    _change(changed, renumber)
    changed["model"]["vocab"] = vocabulary
    return changed


def reserved_ids(state: State) -> set[int]:
    """Return the ids that the tokenizer names outside its vocabulary: special and added tokens."""
    found: set[int] = set()

    def note(id_: int) -> int:
        found.add(id_)
        return id_

    model = {key: value for key, value in state["model"].items() if key != "vocab"}
    _change(deepcopy({**state, "model": model}), note)
    return found


def _change(state: State, renumber: Renumber) -> None:
    for token in state.get("added_tokens") or ():
        token["id"] = renumber(token["id"])
    if state["model"].get("unk_id") is not None:
        state["model"]["unk_id"] = renumber(state["model"]["unk_id"])
    if state.get("padding"):
        state["padding"]["pad_id"] = renumber(state["padding"]["pad_id"])
    if state.get("post_processor"):
        _change_processor(state["post_processor"], renumber)


def _change_processor(processor: State, renumber: Renumber) -> None:
    """Change a post-processor: a template, BERT's or RoBERTa's pair of tokens, or several."""
    for token in (processor.get("special_tokens") or {}).values():
        token["ids"] = [renumber(id_) for id_ in token["ids"]]
    for role in ("sep", "cls"):
        if role in processor:
            text, id_ = processor[role]
            processor[role] = [text, renumber(id_)]
    for part in processor.get("processors") or ():
        _change_processor(part, renumber)
