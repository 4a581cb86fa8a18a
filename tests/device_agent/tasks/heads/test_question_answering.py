"""Windows, and the answer that the reference algorithm picks from them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from device_agent.contract.samples import QuestionInput
from device_agent.tasks.heads.answer_text import answer_text
from device_agent.tasks.heads.detokenisation import detokenise
from device_agent.tasks.heads.question_answering import QuestionAnswering, Window
from device_agent.tasks.protocol import Row
from tests.device_agent.tasks.heads.uncomposed import uncomposed

HEAD = QuestionAnswering()
LANGUAGES = ("th", "zh", "ar", "hi", "en")


def some_logits(rows, chance, tie=False):
    """Random logits; with `tie`, from so few values that equals are everywhere."""

    def draw(row):
        shape = (1, row.input_ids.shape[1])
        values = chance.integers(0, 4, shape) if tie else chance.standard_normal(shape)
        return values.astype(np.float32)

    return [{"start_logits": draw(row), "end_logits": draw(row)} for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("head", [HEAD, QuestionAnswering(max_tokens=100, stride=30)])
def test_windows_equal_transformers(tokenizers, real_text, language, head) -> None:
    """Ids, type ids and offsets of every window are those of transformers' overflow."""
    several = 0
    for question, context in real_text.questions[language][:25]:
        size = len(tokenizers.fast(question, add_special_tokens=False)["input_ids"])
        if size > head.max_question_tokens:
            continue
        room = head.max_tokens - size - tokenizers.fast.num_special_tokens_to_add(pair=True)
        expected = tokenizers.fast(
            question,
            context,
            truncation="only_second",
            max_length=head.max_tokens,
            stride=room - head.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_token_type_ids=True,
        )
        rows = head.encode(tokenizers.plain, QuestionInput(question=question, context=context))
        assert [row.input_ids[0].tolist() for row in rows] == expected["input_ids"]
        types = expected["token_type_ids"]
        if not any(types[0]):
            # tokenizers gives overflowing windows type 1 even where XLM-R's template says 0.
            types = [[0] * len(ids) for ids in expected["input_ids"]]
        assert [row.token_type_ids[0].tolist() for row in rows] == types
        for index, row in enumerate(rows):
            inside = [part == 1 for part in expected.sequence_ids(index)]
            assert row.context.in_context.tolist() == inside
            assert row.context.offsets.tolist() == [
                list(pair) for pair in expected["offset_mapping"][index]
            ]
        several += len(rows) > 1
    assert several or head is HEAD


def test_a_long_question_is_cut_to_64_tokens(tokenizers) -> None:
    """The rest of the window is the context's."""
    question = "Wer hat das Haus gebaut? " * 40
    (row,) = HEAD.encode(tokenizers.plain, QuestionInput(question=question, context="Eva baute."))
    asked = tokenizers.fast(question, add_special_tokens=False)["input_ids"][:64]
    told = tokenizers.fast("Eva baute.", add_special_tokens=False)["input_ids"]
    expected = tokenizers.fast.build_inputs_with_special_tokens(asked, told)
    assert row.input_ids.tolist() == [expected]


def test_an_empty_context_has_one_window_and_no_answer(tokenizers) -> None:
    """Nothing to find is the reference's "empty", not an error."""
    sample_input = QuestionInput(question="Wer?", context="")
    rows = HEAD.encode(tokenizers.plain, sample_input)
    assert len(rows) == 1
    outputs = some_logits(rows, np.random.default_rng(0))
    assert HEAD.decode(sample_input, rows, outputs, ()) == "empty"


def reference_span(rows, outputs, best, longest):
    """Pick (window, start, end) as the reference does: loops, a list of tuples, stable sorts."""
    found = []
    for number, (row, output) in enumerate(zip(rows, outputs, strict=True)):
        start_logits = output["start_logits"][0].tolist()
        end_logits = output["end_logits"][0].tolist()
        starts = sorted(range(len(start_logits)), key=lambda i: start_logits[i], reverse=True)
        ends = sorted(range(len(end_logits)), key=lambda i: end_logits[i], reverse=True)
        for start in starts[:best]:
            for end in ends[:best]:
                if not row.context.in_context[start] or not row.context.in_context[end]:
                    continue
                if not row.context.most_context[start]:
                    continue
                if end < start or end - start + 1 > longest:
                    continue
                found.append((number, start, end, start_logits[start] + end_logits[end]))
    return sorted(found, key=lambda span: span[3], reverse=True)


@pytest.mark.parametrize("tie", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_decoding_agrees_with_the_reference_algorithm(tokenizers, real_text, language, tie) -> None:
    """On random logits, with many equals or none, the text is that of the reference's best span."""
    chance = np.random.default_rng(len(language) + tie)
    head = QuestionAnswering(max_tokens=120, stride=40)
    for question, context in real_text.questions[language][:30]:
        sample_input = QuestionInput(question=question, context=context)
        rows = head.encode(tokenizers.plain, sample_input)
        outputs = some_logits(rows, chance, tie)
        number, start, end, _ = reference_span(rows, outputs, 20, 30)[0]
        begin, stop = rows[number].context.offsets[[start, end]].tolist()
        ids = rows[number].input_ids[0, start : end + 1].tolist()
        pieces = detokenise(tokenizers.plain, ids)
        expected = answer_text(sample_input, begin, stop, pieces)
        assert expected
        assert head.decode(sample_input, rows, outputs, ()) == expected


def reference_most_context(begins, lengths):
    """Mark each window's tokens that no other window surrounds better, one by one."""
    marks = []
    for number, (begin, length) in enumerate(zip(begins, lengths, strict=True)):
        row = []
        for position in range(begin, begin + length):
            best, winner = None, None
            for other, (start, size) in enumerate(zip(begins, lengths, strict=True)):
                end = start + size - 1
                if not start <= position <= end:
                    continue
                score = min(position - start, end - position) + 0.01 * size
                if best is None or score > best:
                    best, winner = score, other
            row.append(winner == number)
        marks.append(row)
    return marks


@given(words=st.integers(300, 900), step=st.integers(30, 300))
@example(words=0, step=128)
@example(words=337, step=250)
@settings(max_examples=30, deadline=None)
def test_most_context_is_the_references(mbert, words, step) -> None:
    """Each context token starts answers in one window only, the one the reference names."""
    head = QuestionAnswering(max_tokens=340, stride=step)
    rows = head.encode(mbert.plain, QuestionInput(question="x", context="a " * words))
    lengths = [int(row.context.in_context.sum()) for row in rows]
    begins = [number * step for number in range(len(rows))]
    found = [row.context.most_context[row.context.in_context].tolist() for row in rows]
    assert found == reference_most_context(begins, lengths)
    assert sum(sum(marks) for marks in found) == words


@pytest.mark.parametrize("language", ["de", "zh", "th", "hi"])
def test_real_windows_and_answers_equal_transformers_squad_code(
    mbert, data_dir, real_text, language
) -> None:
    """Transformers' own SQuAD code gives the same answers to the character."""
    from transformers import BertTokenizer
    from transformers.data.metrics.squad_metrics import compute_predictions_logits
    from transformers.data.processors import squad

    vocabulary = data_dir / "tokenizers" / "bert-base-multilingual-cased" / "vocab.txt"
    slow = BertTokenizer(str(vocabulary), do_lower_case=False, model_max_length=512)
    squad.squad_convert_example_to_features_init(slow)
    chance = np.random.default_rng(7)
    for question, context in real_text.questions[language][:15]:
        example = squad.SquadExample("q", question, context, None, None, "", answers=[])
        with uncomposed():
            features = squad.squad_convert_example_to_features(
                example, 384, 128, 64, "do_not_pad", False
            )
        sample_input = QuestionInput(question=question, context=context)
        rows = HEAD.encode(mbert.plain, sample_input)
        assert [row.input_ids[0].tolist() for row in rows] == [f.input_ids for f in features]
        outputs = some_logits(rows, chance)
        results = []
        for number, (feature, output) in enumerate(zip(features, outputs, strict=True)):
            feature.unique_id, feature.example_index = number, 0
            results.append(
                SimpleNamespace(
                    unique_id=number,
                    start_logits=output["start_logits"][0].tolist(),
                    end_logits=output["end_logits"][0].tolist(),
                )
            )
        with uncomposed():
            expected = compute_predictions_logits(
                [example], features, results, 20, 30, False, None, None, None, False, False, 0, slow
            )["q"]
        assert HEAD.decode(sample_input, rows, outputs, ()) == expected


def by_hand(begins: list[int], ends: list[int]) -> tuple[QuestionInput, Row]:
    """A window of hand-made tokens after one special token."""
    context = "ab  cdefgh"
    pieces = ["<s>", *(context[a:b].strip() for a, b in zip(begins, ends, strict=True))]
    tokenizer = Tokenizer(models.Unigram([(piece or "▁", -1.0) for piece in pieces], unk_id=0))
    inside = np.array([False] + [True] * len(begins))
    offsets = np.array([[0, 0], *zip(begins, ends, strict=True)], dtype=np.int64)
    ids = np.arange(len(pieces))[None, :]
    return QuestionInput(question="?", context=context), Row(
        input_ids=ids, token_type_ids=ids, context=Window(offsets, inside, inside, tokenizer)
    )


def test_a_span_of_white_space_is_the_word_after_it() -> None:
    """As in the reference, where every token belongs to a word and no answer is blank."""
    sample_input, row = by_hand([0, 2, 4], [2, 4, 6])
    logits = np.array([[0, 1, 9, 2]], dtype=np.float32)
    output = {"start_logits": logits, "end_logits": logits}
    head = QuestionAnswering(max_answer_tokens=1)
    assert head.decode(sample_input, [row], [output], ()) == "cdefgh"


def test_the_reference_word_stands_for_no_valid_span() -> None:
    """Where all of the best ends lie before the best starts there is no answer."""
    sample_input, row = by_hand([0, 4], [2, 10])
    output = {
        "start_logits": np.array([[0, 0, 9]], dtype=np.float32),
        "end_logits": np.array([[0, 9, 0]], dtype=np.float32),
    }
    assert QuestionAnswering(best=1).decode(sample_input, [row], [output], ()) == "empty"


def test_an_answer_ends_after_it_starts_and_is_not_too_long() -> None:
    """A better end before the start, or beyond the limit, is not taken."""
    sample_input, row = by_hand([0, 4, 5, 6], [2, 5, 6, 7])
    start = np.array([[0, 0, 9, 0, 0]], dtype=np.float32)
    end = np.array([[9, 8, 1, 2, 7]], dtype=np.float32)
    output = {"start_logits": start, "end_logits": end}
    assert QuestionAnswering(max_answer_tokens=2).decode(sample_input, [row], [output], ()) == "cd"
    assert QuestionAnswering(max_answer_tokens=3).decode(sample_input, [row], [output], ()) == "cde"


def test_training_finds_every_gold_answer_that_a_window_holds(tokenizers, real_text) -> None:
    """The span of a piece of context covers it, and is as short as tokens allow."""
    chance = np.random.default_rng(3)
    for language in LANGUAGES:
        for question, context in real_text.questions[language][:10]:
            rows = HEAD.encode(tokenizers.plain, QuestionInput(question=question, context=context))
            words = [word for word in context.split() if len(word) > 1]
            word = words[int(chance.integers(len(words)))]
            start = context.index(word)
            spans = [(row, row.context.span(start, start + len(word))) for row in rows]
            held = [(row.context.offsets, span) for row, span in spans if span]
            assert held
            for offsets, (first, last) in held:
                assert offsets[first][0] <= start < offsets[first][1]
                assert offsets[last][0] < start + len(word) <= offsets[last][1]


def test_a_window_without_the_answer_has_no_span(mbert) -> None:
    """Training gives such a window no target inside the context."""
    context = "eins " * 200 + "Ende"
    head = QuestionAnswering(max_tokens=100, stride=40)
    rows = head.encode(mbert.plain, QuestionInput(question="Was?", context=context))
    spans = [row.context.span(len(context) - 4, len(context)) for row in rows]
    assert spans[0] is None
    assert spans[-1] is not None
