"""What can be exported is opened, and everything else refused before torch is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest
from safetensors.numpy import load_file, save_file

from device_agent.contract.artifact import HeadName
from export.errors import ExportError
from export.opening import open_checkpoint

Xlmr = Callable[[HeadName], Path]
CopyOf = Callable[[Path], Path]


def edit_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_reads_sizes_and_head_from_the_folder(xlmr: Xlmr) -> None:
    """A whole checkpoint tells its head and its sizes; XLM-R loses two positions to padding."""
    checkpoint = open_checkpoint(xlmr("token-classification"))
    assert checkpoint.head == "token-classification"
    assert (checkpoint.layers, checkpoint.hidden_size, checkpoint.max_tokens) == (2, 32, 128)


def test_opens_without_torch(xlmr: Xlmr) -> None:
    """A mistake is found in a moment: torch and transformers stay out until it is clear."""
    program = (
        "import sys; from export.opening import open_checkpoint; "
        f"open_checkpoint({str(xlmr('question-answering'))!r}); "
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr


def test_digest_changes_with_a_weight(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """One changed weight is another checkpoint."""
    folder = copy_of(xlmr("multiple-choice"))
    before = open_checkpoint(folder).digest
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert open_checkpoint(folder).digest != before


def test_refuses_a_missing_folder(tmp_path: Path) -> None:
    """A path that is not there is named, with what it should be."""
    with pytest.raises(ExportError, match="there is no checkpoint folder"):
        open_checkpoint(tmp_path / "missing")


def test_refuses_a_file(tmp_path: Path) -> None:
    """A file is no checkpoint."""
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(ExportError, match="is a file"):
        open_checkpoint(tmp_path / "model.bin")


def test_hub_name_offline_says_both_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network a hub name, or a mistyped path, is refused with both readings."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ExportError, match="no folder of that name is here, and it could not"):
        open_checkpoint("no-such-owner/no-such-model")


def test_refuses_a_folder_without_config(tmp_path: Path) -> None:
    """A folder that is no checkpoint is recognised by its missing config.json."""
    with pytest.raises(ExportError, match=r"there is no config\.json"):
        open_checkpoint(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"model_type": "bert"'])
def test_refuses_an_unreadable_config(tmp_path: Path, text: str) -> None:
    """A torn config.json is named."""
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ExportError, match=r"config\.json: cannot be read"):
        open_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("model_type", "reason"),
    [
        ("gpt2", "is a decoder"),
        ("t5", "is an encoder-decoder"),
        ("longformer", "pads inputs to whole windows"),
        ("xmod", "needs the language of each text"),
        ("never-heard-of", "no encoder family known here"),
        (None, "no encoder family known here"),
    ],
)
def test_refuses_an_unsupported_architecture(
    xlmr: Xlmr, copy_of: CopyOf, model_type: str | None, reason: str
) -> None:
    """Another architecture is refused with the reason and the list of supported ones."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, model_type=model_type)
    with pytest.raises(ExportError, match=f"{reason}.*; supported are albert, bert"):
        open_checkpoint(folder)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"is_decoder": True}, "is a decoder"),
        ({"is_encoder_decoder": True}, "is an encoder-decoder"),
        ({"use_lang_emb": True, "n_langs": 15}, "this one needs the language of each text"),
        ({"segment_means_seq_len": 512, "num_landmarks": 64}, "padded to 512 tokens"),
        ({"auto_map": {"AutoModel": "own.Own"}}, "by code of its own"),
        ({"quantization_config": {"quant_method": "gptq"}}, "quantized already"),
    ],
)
def test_refuses_settings_that_no_artifact_can_keep(
    xlmr: Xlmr, copy_of: CopyOf, settings: dict[str, Any], reason: str
) -> None:
    """A supported family may have checkpoints that need more than a row of tokens."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, **settings)
    with pytest.raises(ExportError, match=reason):
        open_checkpoint(folder)


def test_refuses_a_head_that_the_family_lacks(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """The first DeBERTa has no multiple choice in transformers; the message says what it has."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, model_type="deberta", architectures=["DebertaForMultipleChoice"])
    with pytest.raises(ExportError, match="no multiple-choice head.*it has question-answering"):
        open_checkpoint(folder)


def test_early_names_of_sizes_are_read(make_checkpoint: Callable[..., Path]) -> None:
    """XLM's first checkpoints say n_words where later ones say vocab_size."""
    folder = make_checkpoint("xlm", "sequence-classification", name="early")
    config = json.loads((folder / "config.json").read_text())
    config["n_words"] = config.pop("vocab_size")
    (folder / "config.json").write_text(json.dumps(config))
    assert open_checkpoint(folder).vocabulary_size == config["n_words"]


def test_longest_input_is_as_the_family_was_trained(make_checkpoint: Callable[..., Path]) -> None:
    """BigBird's is where its attention would begin to leave tokens out."""
    settings = {"block_size": 4, "num_random_blocks": 2, "attention_type": "block_sparse"}
    sparse = make_checkpoint("big_bird", "sentence-embedding", name="sparse", **settings)
    assert open_checkpoint(sparse).max_tokens == 4 * (5 + 2 * 2)


def test_refuses_another_head_than_the_trained_one(xlmr: Xlmr) -> None:
    """A head that the checkpoint was not saved with would be random, and is refused."""
    with pytest.raises(ExportError, match="no trained question-answering head"):
        open_checkpoint(xlmr("token-classification"), "question-answering")


def test_refuses_a_named_head_without_tensors(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A head that config.json claims but the weights lack is refused with the tensors' names."""
    folder = copy_of(xlmr("question-answering"))
    tensors = load_file(folder / "model.safetensors")
    del tensors["qa_outputs.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ExportError, match=r"weights lack qa_outputs\.weight"):
        open_checkpoint(folder)


@pytest.mark.parametrize("layers", [1, 3, 100_000])
def test_refuses_another_number_of_layers(xlmr: Xlmr, copy_of: CopyOf, layers: int) -> None:
    """Fewer would silently drop trained blocks, more would make random ones."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, num_hidden_layers=layers)
    with pytest.raises(ExportError, match=f"have 2 blocks, but config.json says {layers}"):
        open_checkpoint(folder)


def test_refuses_weights_with_a_gap(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A block that is not there is named before torch makes a random one."""
    folder = copy_of(xlmr("question-answering"))
    tensors = load_file(folder / "model.safetensors")
    kept = {name: tensor for name, tensor in tensors.items() if ".layer.0." not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ExportError, match="1 blocks up to number 1: some are missing"):
        open_checkpoint(folder)


def test_a_language_model_needs_a_head_named(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A pretrained checkpoint has no head of ours, but its encoder may serve retrieval."""
    folder = copy_of(xlmr("sentence-embedding"))
    edit_config(folder, architectures=["XLMRobertaForMaskedLM"])
    with pytest.raises(ExportError, match="no head that an artifact") as caught:
        open_checkpoint(folder)
    assert "--task tatoeba" in caught.value.remedy
    assert open_checkpoint(folder, "sentence-embedding").head == "sentence-embedding"


def test_refuses_a_config_without_architectures(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """Which class saved the weights must be said, not guessed."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, architectures=None)
    with pytest.raises(ExportError, match="expected one class name"):
        open_checkpoint(folder)


def test_refuses_a_config_without_a_size(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A missing size is named."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, hidden_size=None)
    with pytest.raises(ExportError, match="lacks a size"):
        open_checkpoint(folder)


@pytest.mark.parametrize("size", ["2", 2.5, float("inf"), True])
def test_refuses_a_size_that_is_no_whole_number(xlmr: Xlmr, copy_of: CopyOf, size: object) -> None:
    """It would fail in the middle of transformers, if at all."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, hidden_size=size)
    with pytest.raises(ExportError, match="expected whole numbers, found"):
        open_checkpoint(folder)


@pytest.mark.parametrize("positions", [0, 3, 17])
def test_refuses_a_model_without_room_for_text(xlmr: Xlmr, copy_of: CopyOf, positions: int) -> None:
    """Its length is told, before a text is cut to fewer than no tokens."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, max_position_embeddings=positions)
    with pytest.raises(ExportError, match=f"longest input has {positions - 2} tokens"):
        open_checkpoint(folder)


@pytest.mark.parametrize("pad", [-1, 5, 700])
def test_refuses_another_padding_than_the_tokenizers(xlmr: Xlmr, copy_of: CopyOf, pad: int) -> None:
    """XLM-R counts positions from its id: all of them would be shifted."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, pad_token_id=pad, max_position_embeddings=1000)
    with pytest.raises(ExportError, match=f"pad_token_id {pad}, but .* has the id 1"):
        open_checkpoint(folder)


def test_refuses_a_missing_tokenizer(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A checkpoint without tokenizer cannot run on a device."""
    folder = copy_of(xlmr("multiple-choice"))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ExportError, match="no tokenizer"):
        open_checkpoint(folder)


def test_refuses_an_unreadable_tokenizer(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A torn tokenizer.json is an error with a remedy, not a traceback of another library."""
    folder = copy_of(xlmr("multiple-choice"))
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ExportError, match="tokenizer cannot be read"):
        open_checkpoint(folder)


def test_refuses_a_tokenizer_with_more_ids_than_rows(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A tokenizer from another model, whose ids have no embedding, is refused with both figures."""
    folder = copy_of(xlmr("multiple-choice"))
    path = folder / "tokenizer.json"
    document = json.loads(path.read_text())
    document["model"]["vocab"] += [[f"word{index}", -20.0] for index in range(500)]
    path.write_text(json.dumps(document))
    with pytest.raises(ExportError, match="do not belong together"):
        open_checkpoint(folder)


def test_refuses_special_tokens_without_rows(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """A tokenizer's template names ids of its own, beside the vocabulary's."""
    folder = copy_of(xlmr("multiple-choice"))
    path = folder / "tokenizer.json"
    document = json.loads(path.read_text())
    document["post_processor"]["special_tokens"]["<s>"]["ids"] = [5000]
    path.write_text(json.dumps(document))
    with pytest.raises(ExportError, match=r"ids up to 5,000"):
        open_checkpoint(folder)


def test_refuses_a_tokenizer_that_fails_at_unknown_characters(
    make_checkpoint: Callable[..., Path], copy_of: CopyOf
) -> None:
    """It would do so in the middle of an evaluation."""
    folder = copy_of(make_checkpoint("bert", "sentence-embedding", name="no-unknown"))
    path = folder / "tokenizer.json"
    document = json.loads(path.read_text())
    document["added_tokens"] = [
        one for one in document["added_tokens"] if one["content"] != "[UNK]"
    ]
    del document["model"]["vocab"]["[UNK]"]
    path.write_text(json.dumps(document))
    with pytest.raises(ExportError, match=r"cannot split text .* \[UNK\]"):
        open_checkpoint(folder)


def test_refuses_a_config_with_another_vocabulary_than_the_weights(
    xlmr: Xlmr, copy_of: CopyOf
) -> None:
    """Config and weights of different checkpoints are told apart by the embedding's rows."""
    folder = copy_of(xlmr("multiple-choice"))
    edit_config(folder, vocab_size=250_002)
    with pytest.raises(ExportError, match="vocab_size 250,002"):
        open_checkpoint(folder)


def test_refuses_a_wrong_number_of_labels(xlmr: Xlmr, copy_of: CopyOf) -> None:
    """Names for two classes and logits for three do not fit."""
    folder = copy_of(xlmr("sequence-classification"))
    edit_config(folder, id2label={"0": "no", "1": "yes"})
    with pytest.raises(ExportError, match="head has 3 classes"):
        open_checkpoint(folder)


def test_converts_a_bare_vocabulary(make_checkpoint: Callable[..., Path], copy_of: CopyOf) -> None:
    """An older mBERT folder with vocab.txt alone gets its fast tokenizer from transformers."""
    folder = copy_of(make_checkpoint("bert", "sequence-classification", name="mbert"))
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    words = sorted(vocabulary, key=vocabulary.__getitem__)
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False})
    )
    tokenizer = open_checkpoint(folder).tokenizer
    assert tokenizer.encode("The train").tokens[0] == "[CLS]"
