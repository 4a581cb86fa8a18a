"""Clauses become correct sentences in eight languages."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.demo.corpus import concepts
from host.demo.corpus.lexicon import load
from host.demo.corpus.markup import fill, word
from host.demo.corpus.meaning import Asked, Clause, Event, Located, State
from host.demo.corpus.realise import realise, realise_later

EVENT = Event("anna", "buy", "bag", "red", place="market", time="at_6", companion="peter")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Anna kauft um 6 Uhr mit Peter auf dem Markt eine rote Tasche."),
        ("en", "Anna is buying a red bag with Peter at the market at 6 o'clock."),
        ("es", "Anna compra una bolsa roja con Peter en el mercado a las 6."),
        ("hi", "अन्ना 6 बजे पीटर के साथ बाज़ार में लाल थैला खरीद रही है।"),
        ("ru", "Анна в 6 часов покупает красную сумку с Питером на рынке."),
        ("tr", "Anna saat 6'da Peter ile pazarda kırmızı bir çanta alıyor."),
        ("vi", "Anna đang mua túi màu đỏ với Peter ở chợ lúc 6 giờ."),
        ("zh", "安娜6点和彼得一起在市场里买红色的包。"),
    ],
)
def test_every_language_says_a_whole_event(language: str, text: str) -> None:
    """Word order, case, gender and spacing are the language's own."""
    assert realise(EVENT, load(language)).text == text


@pytest.mark.parametrize(
    ("clause", "language", "text"),
    [
        (Event("peter", "read", "newspaper", negated=True), "de", "Peter liest keine Zeitung."),
        (Event("peter", "read", "newspaper", negated=True), "tr", "Peter gazete okumuyor."),
        (Event("peter", "paint", "map"), "hi", "पीटर नक्शा बना रहा है।"),
        (Event("nina", "paint", "map"), "hi", "नीना नक्शा बना रही है।"),
        (State("david", "sick"), "es", "David está enfermo."),
        (State("eva", "sick"), "es", "Eva está enferma."),
        (State("woman", "old"), "ru", "Женщина стара."),
        (Located("teacher", "kitchen", negated=True), "ru", "Учитель не на кухне."),
        (Event("someone", "drink", "tea"), "zh", "有人喝茶。"),
        (Event("lena", "eat", "something"), "vi", "Lena đang ăn gì đó."),
        (Asked(EVENT, "where"), "es", "¿Dónde está Anna?"),
        (Asked(EVENT, "when"), "tr", "Anna ne zaman kırmızı bir çanta alıyor?"),
    ],
)
def test_negation_agreement_and_questions(clause: Clause, language: str, text: str) -> None:
    """The parts of grammar that differ most between the languages come out right."""
    assert realise(clause, load(language)).text == text


def test_a_later_sentence_has_a_pronoun_or_none() -> None:
    """English says she, Turkish drops the subject and writes its dotted capital."""
    drink = Event("anna", "drink", "milk")
    assert realise_later(drink, load("en")).text == "She is drinking milk."
    assert realise_later(drink, load("tr")).text == "Süt içiyor."
    assert realise_later(State("anna", "artist"), load("ru")).text == "Она работает художником."


@pytest.mark.parametrize("language", concepts.LANGUAGES)
def test_spans_cut_what_they_name(language: str) -> None:
    """A slot's span in the text holds exactly the slot's words."""
    sentence = realise(EVENT, load(language))
    for slot in ("subject", "object", "place", "time"):
        span = sentence.span(slot)
        assert span is not None
        said = "".join(w.text for w in sentence.words if w.slot == slot)
        assert sentence.text[slice(*span)].replace(" ", "") == said


@pytest.mark.parametrize("language", concepts.LANGUAGES)
def test_every_concept_can_be_said(language: str) -> None:
    """No verb, noun, place, time or predicate makes a lexicon stumble."""
    lexicon = load(language)
    for person in (*concepts.PERSONS, concepts.SOMEONE):
        assert realise(Located(person, "park"), lexicon).text
    for verb, nouns in concepts.OBJECTS.items():
        for noun in nouns:
            assert realise(Event("anna", verb, noun), lexicon).text
    for place in concepts.PLACES:
        assert realise(Located("anna", place), lexicon).text
    for time in concepts.TIMES:
        assert realise(Event("anna", "read", "book", time=time), lexicon).text
    for predicate in concepts.PREDICATES:
        assert realise(State("peter", predicate), lexicon).text


def test_an_unknown_language_is_refused() -> None:
    """The message lists the languages that there are."""
    with pytest.raises(DataError, match="no lexicon for 'fr'"):
        load("fr")


@pytest.mark.parametrize("piece", ["Haus", "Haus/HOUSE", "/NOUN"])
def test_a_word_without_a_proper_tag_is_refused(piece: str) -> None:
    """Every word of a lexicon carries a universal tag."""
    with pytest.raises(DataError, match="part-of-speech"):
        word(piece)


def test_an_unclosed_group_is_refused() -> None:
    """A template's bracket must be closed."""
    with pytest.raises(DataError, match="not closed"):
        fill("[in/ADP {place}", {})
