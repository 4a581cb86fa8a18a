"""The text of a span, as SQuAD's reference code makes it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertTokenizerFast
from transformers.data.metrics.squad_metrics import get_final_text
from transformers.data.processors.squad import SquadExample

from device_agent.contract.samples import QuestionInput
from device_agent.tasks.heads.answer_text import answer_text, project, whole_words
from device_agent.tasks.heads.detokenisation import detokenise
from device_agent.tasks.heads.tokenisation import subwords
from tests.device_agent.tasks.heads.uncomposed import uncomposed


def text_of(tokenizer, context, begin, end, question="Wer?"):
    """Return the text of the tokens that hold the characters from `begin` up to `end`."""
    encoding = subwords(tokenizer, context)
    touched = [n for n, (a, b) in enumerate(encoding.offsets) if a < end and b > begin]
    first, last = touched[0], touched[-1]
    pieces = detokenise(tokenizer, encoding.ids[first : last + 1])
    asked = QuestionInput(question=question, context=context)
    return answer_text(asked, encoding.offsets[first], encoding.offsets[last], pieces)


def text_around(tokenizer, context, part, question="Wer?"):
    begin = context.index(part)
    return text_of(tokenizer, context, begin, begin + len(part), question)


@pytest.fixture(scope="module")
def uncased(data_dir) -> Tokenizer:
    vocabulary = data_dir / "tokenizers" / "bert-base-multilingual-cased" / "vocab.txt"
    if not vocabulary.is_file():
        pytest.skip(f"the real vocabulary is not here: {vocabulary}")
    fast = BertTokenizerFast(str(vocabulary), do_lower_case=True)
    return Tokenizer.from_str(fast.backend_tokenizer.to_str())


@pytest.mark.parametrize(
    ("context", "part", "text"),
    [
        ("Er lebte in (Köln), sagt man.", "Köln", "Köln"),
        ("Damals lebte «Élodie Müller-Weiß» dort.", "Élodie Müller-Weiß", "Élodie Müller-Weiß"),
        ("Es waren 5,3% mehr.", "5,3", "5,3"),
        ("Die Donaudampfschifffahrt ruht.", "schiff", "Donaudampfschifffahrt"),
        ("西蒙今天在图书馆。", "图书馆", "图书馆"),
        ("เขาอยู่ที่กรุงเทพ วันนี้", "กรุงเทพ", "เขาอยู่ที่กรุงเทพ"),
        ("Sie sagte 😀 heute.", "heute", "heute"),
        ("Sie sagte 🦩 heute.", "🦩 heute", "🦩 heute."),
        ("eine\n schwarze\tKiste", "eine\n schwarze", "eine schwarze"),
        ("rund 10\u202f000 Leute", "10\u202f000", "10 000"),
        ("rund 10\u00a0000 Leute", "10", "10\u00a0000"),
        ("kein\u200bwunder, sagt er", "sagt", "sagt"),
    ],
)
def test_the_text_of_word_pieces(mbert, context, part, text) -> None:
    """The span where it begins and ends with a word of BERT's, the whole words otherwise."""
    assert text_around(mbert.plain, context, part) == text


@pytest.mark.parametrize(
    ("word", "after"),
    [("क\u093cिला", " है"), ("\u0958िला", " है।")],
    ids=["decomposed", "composed"],
)
def test_hindi_is_found_as_it_is_written(mbert, word, after) -> None:
    """Nothing is composed or decomposed; mBERT does not know the composed letter."""
    assert text_around(mbert.plain, f"दिल्ली में {word} है।", f"{word} है") == word + after


@pytest.mark.parametrize(
    ("context", "part", "text"),
    [
        ("Dün İstanbul'a gitti.", "İstanbul", "İstanbul"),
        ("«ÉLODIE» war da.", "ÉLODIE", "ÉLODIE"),
        ("Re\u0301union, sagt er", "Re\u0301union", "Re\u0301union,"),
    ],
)
def test_an_uncased_tokenizer_finds_the_original(uncased, context, part, text) -> None:
    """Case and accents come back, except where an accent was a character of its own."""
    assert text_around(uncased, context, part) == text


@pytest.mark.parametrize(
    ("context", "part", "text"),
    [
        ("in Köln, in Köln", "Köln", "Köln"),
        ("in Köln, in Köln", "Köln,", "Köln,"),
        ("in Köln-Deutz (in Köln)", "Köln-Deutz", "Köln-Deutz"),
        ("in (Köln-Deutz) in", "Köln-Deutz", "(Köln-Deutz)"),
        ("in (Köln) in", "Köln", "Köln"),
        ("in Bonn, in Köln", "Bonn", "Bonn,"),
    ],
)
def test_the_text_of_sentence_pieces(context, part, text) -> None:
    """A span with punctuation in it, or unknown, is not found, and its words stay whole."""
    pieces = ["<unk>", "▁in", "▁Köln", "Köln", "Deutz", ",", "-", "▁(", ")"]
    tokenizer = Tokenizer(models.Unigram([(piece, -1.0) for piece in pieces], unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    assert text_around(tokenizer, context, part) == text


def test_a_chinese_answer_of_sentence_pieces_is_their_text(xlmr) -> None:
    """The published scores of XLM-R in Chinese come of this; elsewhere the sentence stays."""
    context = "西蒙今天晚上在图书馆里。丹尼尔在厨房里。"
    asked = {"zh": "西蒙在哪里?", "ja": "西蒙はどこ?", "ko": "西蒙은 어디에?", "de": "Wo ist er?"}
    found = {key: text_around(xlmr.plain, context, "晚上", ask) for key, ask in asked.items()}
    assert len(found.pop("zh")) < 8
    assert set(found.values()) == {context}


def test_a_context_without_a_word_has_no_text() -> None:
    """There is nothing to keep whole."""
    assert whole_words(" \n ", (0, 1), (1, 2)) == ""


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((0, 2), (0, 2), "ab"),
        ((2, 3), (2, 3), "cde"),
        ((0, 2), (2, 3), "ab cde"),
        ((4, 8), (4, 8), "cde fg"),
        ((9, 10), (9, 10), "fg"),
    ],
    ids=["a word", "a space", "to a space", "over a space", "after the last word"],
)
def test_a_token_of_white_space_belongs_to_the_next_word(first, last, words) -> None:
    """There the slow tokenizers, which see one word at a time, make it."""
    assert whole_words("ab cde fg  ", first, last) == words


SCRAPS = st.text(
    st.sampled_from("aÀİβΣ .,-'«»$不Ｗ．\u0301\u0958\u200b\u00a0\u3000ำ😀"), max_size=12
)


@given(pieces=SCRAPS, words=SCRAPS, lower_case=st.booleans())
@example(pieces="", words="a", lower_case=False)
@example(pieces="a", words="", lower_case=False)
def test_the_projection_is_transformers(pieces, words, lower_case) -> None:
    """On any texts `get_final_text` gives the same."""
    pieces, words = (" ".join(text.split()) for text in (pieces, words))
    with uncomposed():
        expected = get_final_text(pieces, words, lower_case)
    assert project(pieces, words, lower_case=lower_case) == expected


@given(data=st.data())
@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_real_spans_have_the_references_text(tokenizers, real_text, data) -> None:
    """Random spans of real contexts, in words and pieces made as transformers makes them."""
    language = data.draw(st.sampled_from(sorted(real_text.questions)))
    question, context = data.draw(st.sampled_from(real_text.questions[language]))
    tokenizer = tokenizers.plain
    encoding = subwords(tokenizer, context)
    first = data.draw(st.integers(0, len(encoding.ids) - 1))
    last = data.draw(st.integers(first, min(first + 8, len(encoding.ids) - 1)))
    pieces = detokenise(tokenizer, encoding.ids[first : last + 1])
    asked = QuestionInput(question=question, context=context)
    found = answer_text(asked, encoding.offsets[first], encoding.offsets[last], pieces)
    # A span of nothing but the mark of a space has no text, in Chinese neither.
    if language == "zh" and pieces.text and tokenizer.token_to_id("[CLS]") is None:
        assert found == pieces.text
        return
    squad = SquadExample("q", question, context, None, None, "")
    place = squad.char_to_word_offset
    begin, end = (place[encoding.offsets[token][0]] for token in (first, last))
    words = " ".join(squad.doc_tokens[begin : end + 1])
    with uncomposed():
        expected = get_final_text(pieces.text, words, do_lower_case=False)
    assert found == expected
