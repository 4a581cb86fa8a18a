"""Says a clause in a language: concepts and templates in, tagged words and text out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from host.demo.corpus import concepts
from host.demo.corpus.lexicon import Lexicon
from host.demo.corpus.markup import Phrase, Word, fill
from host.demo.corpus.meaning import Asked, Clause, Event, Located, State

_CLOSING = frozenset(".,?!。，？！।")
_OPENING = frozenset("¿¡")


@dataclass(frozen=True)
class Sentence:
    """A sentence as words, and as the text that a person would write."""

    words: Phrase
    joiner: str

    @property
    def text(self) -> str:
        """The running text."""
        return self._prefix(len(self.words))

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words alone."""
        return tuple(word.text for word in self.words)

    @property
    def tags(self) -> tuple[str, ...]:
        """One universal part-of-speech tag a word."""
        return tuple(word.tag for word in self.words)

    def span(self, slot: str) -> tuple[int, int] | None:
        """Return where a slot's words lie in the text; None where the sentence has none."""
        inside = [index for index, word in enumerate(self.words) if word.slot == slot]
        if not inside:
            return None
        end = len(self._prefix(inside[-1] + 1))
        first = len(self._prefix(inside[0] + 1)) - len(self.words[inside[0]].text)
        return first, end

    def _prefix(self, count: int) -> str:
        text = ""
        for word in self.words[:count]:
            attached = not text or word.text in _CLOSING or text[-1] in _OPENING
            text += word.text if attached else self.joiner + word.text
        return text


def realise(clause: Clause, lexicon: Lexicon) -> Sentence:
    """Say the clause in the lexicon's language."""
    return assemble(clause, lexicon, slots_of(clause, lexicon), lexicon.joiner)


def assemble(
    clause: Clause, lexicon: Lexicon, slots: Mapping[str, Phrase], joiner: str
) -> Sentence:
    """Put a clause's phrases into the lexicon's template for it."""
    form = int(_about(clause).subject in concepts.FEMALE)
    words = fill(lexicon.templates[_template(clause)], slots, form)
    return Sentence(_capitalised(words, lexicon.language), joiner)


def slots_of(clause: Clause, lexicon: Lexicon) -> dict[str, Phrase]:
    """Return the phrases that a clause's template has room for."""
    event = _about(clause)
    form = int(event.subject in concepts.FEMALE)
    slots = {"subject": _subject(event.subject, lexicon, form)}
    if isinstance(event, State):
        slots["predicate"] = fill(lexicon.predicates[event.predicate], {}, form)
    elif isinstance(event, Located):
        slots["place"] = fill(lexicon.places[event.place], {})
    else:
        slots |= _event_slots(event, lexicon, form)
    return slots


def _about(clause: Clause) -> Event | Located | State:
    return clause.about if isinstance(clause, Asked) else clause


def _template(clause: Clause) -> str:
    if isinstance(clause, Asked):
        return clause.word
    if isinstance(clause, State):
        return "state"
    if isinstance(clause, Located):
        return "located_not" if clause.negated else "located"
    if clause.negated:
        return "event_not"
    return "state_event" if clause.state else "event"


def realise_later(clause: Event | State, lexicon: Lexicon) -> Sentence:
    """Say the clause with a pronoun for its subject, as the second sentence of a text does."""
    sentence = realise(clause, lexicon)
    rest = tuple(word for word in sentence.words if word.slot != "subject")
    first = next(index for index, word in enumerate(sentence.words) if word.slot == "subject")
    form = int(clause.subject in concepts.FEMALE)
    spoken = fill(lexicon.roles[concepts.PRONOUN], {}, form)
    pronoun = tuple(replace(word, slot="subject") for word in spoken)
    words = rest[:first] + pronoun + rest[first:]
    return Sentence(_capitalised(words, lexicon.language), lexicon.joiner)


def _event_slots(event: Event, lexicon: Lexicon, form: int) -> dict[str, Phrase]:
    slots = {
        "verb": fill(lexicon.verbs[event.verb], {}),
        "verb_not": fill(lexicon.verbs_not[event.verb], {}),
        "object": _object(event, lexicon, negated=False),
        "object_not": _object(event, lexicon, negated=True),
    }
    if event.place:
        slots["place"] = fill(lexicon.places[event.place], {})
    if event.time:
        slots["time"] = _time(event.time, lexicon)
    if event.companion:
        slots["companion"] = (Word(lexicon.companions[event.companion], "PROPN"),)
    if event.state:
        slots["predicate"] = fill(lexicon.predicates[event.state], {}, form)
    return slots


def _subject(subject: str, lexicon: Lexicon, form: int) -> Phrase:
    if subject in lexicon.names:
        return (Word(lexicon.names[subject], "PROPN"),)
    return fill(lexicon.roles[subject], {}, form)


def _object(event: Event, lexicon: Lexicon, *, negated: bool) -> Phrase:
    if event.noun == concepts.SOMETHING:
        return fill(lexicon.something, {})
    form = lexicon.forms.get(event.noun, 0)
    kind = "mass" if event.noun in concepts.MASS else "count"
    template = lexicon.objects[kind]
    if negated:
        template = lexicon.objects.get(f"{kind}_not", template)
    slots = {"noun": _words(lexicon.nouns[event.noun], "NOUN")}
    if event.colour:
        slots["colour"] = _words(lexicon.colours[event.colour], "ADJ", form)
    return fill(template, slots, form)


def _words(text: str, tag: str, form: int = 0) -> Phrase:
    return fill(" ".join(f"{part}/{tag}" for part in text.split()), {}, form)


def _time(time: str, lexicon: Lexicon) -> Phrase:
    if time in lexicon.times:
        return fill(lexicon.times[time], {})
    hour = lexicon.hours[int(time.removeprefix("at_"))]
    return fill(lexicon.times["clock"], {"hour": (Word(hour, "NUM"),)})


def _capitalised(words: Phrase, language: str) -> Phrase:
    """Write the first word with a capital, which in Turkish has an i with a dot."""
    first = next(index for index, word in enumerate(words) if word.tag != "PUNCT")
    text = words[first].text
    initial = "İ" if language == "tr" and text[0] == "i" else text[0].upper()
    return (*words[:first], replace(words[first], text=initial + text[1:]), *words[first + 1 :])
