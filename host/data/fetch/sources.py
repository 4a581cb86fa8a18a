"""Where on the Hugging Face hub each task lies: identifier, configuration, splits and columns.

Taken from the datasets' own cards and, for what their columns mean, from the loading scripts that
they had before they became Parquet (`datasets/xtreme/xtreme.py` of huggingface/datasets).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from host.data.fetch.bitext import bitext_files
from host.data.fetch.choices import choice_files
from host.data.fetch.pairs import pair_files
from host.data.fetch.questions import question_files
from host.data.fetch.rows import Files, Row
from host.data.fetch.tagged import tagged_files

Write = Callable[[str, str, str, Iterable[Row]], Files]
"""Takes task, language, split and rows."""


@dataclass(frozen=True)
class Source:
    """One dataset on the hub, as far as a task takes it.

    Attributes:
        identifier: The dataset's name on the hub.
        configs: Language to configuration.
        splits: Our split to the dataset's.
        columns: What a row must have.
        write: Makes the files of one language and split.
        id_prefixes: Language to the beginning of its rows' ids, where all languages lie in one
            configuration.
        caveat: How what is fetched differs from the official download; None where it does not.
    """

    identifier: str
    configs: Mapping[str, str]
    splits: Mapping[str, str]
    columns: tuple[str, ...]
    write: Write
    id_prefixes: Mapping[str, str] | None = None
    caveat: str | None = None


_XTREME = "google/xtreme"
_BOTH = {"test": "test", "dev": "validation"}
_DEV_IS_TEST = {"test": "validation"}
_SQUAD = ("id", "context", "question", "answers")


def _named(form: str, languages: str) -> dict[str, str]:
    """Return a configuration a language, its code in place of `{}`."""
    return {language: form.format(language) for language in languages.split()}


def _mapped(form: str, names: str) -> dict[str, str]:
    """Return a configuration a language from `de=German fr=French`."""
    pairs = (pair.split("=") for pair in names.split())
    return {language: form.format(name) for language, name in pairs}


_UD_NAMES = (
    "af=Afrikaans ar=Arabic bg=Bulgarian de=German el=Greek en=English es=Spanish et=Estonian "
    "eu=Basque fa=Persian fi=Finnish fr=French he=Hebrew hi=Hindi hu=Hungarian id=Indonesian "
    "it=Italian ja=Japanese kk=Kazakh ko=Korean mr=Marathi nl=Dutch pt=Portuguese ru=Russian "
    "ta=Tamil te=Telugu th=Thai tl=Tagalog tr=Turkish ur=Urdu vi=Vietnamese yo=Yoruba zh=Chinese"
)
_TATOEBA_NAMES = (
    "af=afr ar=ara bg=bul bn=ben de=deu el=ell es=spa et=est eu=eus fa=pes fi=fin fr=fra he=heb "
    "hi=hin hu=hun id=ind it=ita ja=jpn jv=jav ka=kat kk=kaz ko=kor ml=mal mr=mar nl=nld pt=por "
    "ru=rus sw=swh ta=tam te=tel th=tha tl=tgl tr=tur ur=urd vi=vie zh=cmn"
)
_PANX = (
    "af ar bg bn de el en es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr ms my nl pt ru sw "
    "ta te th tl tr ur vi yo zh"
)
_TYDIQA_PREFIXES = {
    "ar": "arabic",
    "bn": "bengali",
    "en": "english",
    "fi": "finnish",
    "id": "indonesian",
    "ko": "korean",
    "ru": "russian",
    "sw": "swahili",
    "te": "telugu",
}

SOURCES: Mapping[str, tuple[Source, ...]] = {
    "xnli": (
        # Classes entailment, neutral, contradiction.
        Source(
            identifier="facebook/xnli",
            configs=_named("{}", "ar bg de el en es fr hi ru sw th tr ur vi zh"),
            splits=_BOTH,
            columns=("premise", "hypothesis", "label"),
            write=partial(pair_files, sentences=("premise", "hypothesis")),
        ),
    ),
    "pawsx": (
        # Classes 0 and 1; -1 for the few rows without one.
        Source(
            identifier="google-research-datasets/paws-x",
            configs=_named("{}", "de en es fr ja ko zh"),
            splits=_BOTH,
            columns=("sentence1", "sentence2", "label"),
            write=partial(pair_files, sentences=("sentence1", "sentence2")),
        ),
    ),
    "xcopa": (
        # English is COPA and not in it.
        Source(
            identifier="cambridgeltl/xcopa",
            configs=_named("{}", "et ht id it qu sw ta th tr vi zh"),
            splits=_BOTH,
            columns=("premise", "choice1", "choice2", "question", "label"),
            write=choice_files,
        ),
    ),
    "udpos": (
        Source(
            identifier=_XTREME,
            configs=_mapped("udpos.{}", _UD_NAMES),
            splits=_BOTH,
            columns=("tokens", "pos_tags"),
            write=partial(tagged_files, tags="pos_tags"),
            caveat="made of Universal Dependencies 2.5 with contractions taken apart, the official "
            "download of 2.7 with them fused: other words, other scores",
        ),
    ),
    "panx": (
        # WikiANN in the splits of Rahimi et al.; the languages that XTREME-R adds lie in WikiANN's
        # own dataset.
        Source(
            identifier=_XTREME,
            configs=_named("PAN-X.{}", _PANX),
            splits=_BOTH,
            columns=("tokens", "ner_tags"),
            write=partial(tagged_files, tags="ner_tags"),
        ),
        Source(
            identifier="unimelb-nlp/wikiann",
            configs=_named("{}", "az gu lt pa pl qu ro uk"),
            splits=_BOTH,
            columns=("tokens", "ner_tags"),
            write=partial(tagged_files, tags="ner_tags"),
        ),
    ),
    "xquad": (
        # Its only split is called validation; google/xtreme has it too, but without ro.
        Source(
            identifier="google/xquad",
            configs=_named("xquad.{}", "ar de el en es hi ro ru th tr vi zh"),
            splits=_DEV_IS_TEST,
            columns=_SQUAD,
            write=question_files,
        ),
    ),
    "mlqa": (
        # MLQA.<context>.<question>.
        Source(
            identifier=_XTREME,
            configs=_named("MLQA.{0}.{0}", "ar de en es hi vi zh"),
            splits=_BOTH,
            columns=_SQUAD,
            write=question_files,
        ),
    ),
    "tydiqa": (
        # GoldP in one configuration; an id begins with its language's name.
        Source(
            identifier=_XTREME,
            configs=dict.fromkeys(_TYDIQA_PREFIXES, "tydiqa"),
            splits=_DEV_IS_TEST,
            columns=_SQUAD,
            write=question_files,
            id_prefixes=_TYDIQA_PREFIXES,
        ),
    ),
    "tatoeba": (
        # LASER's files; source is the foreign side. The languages that XTREME-R adds are taken
        # from MTEB's copy of the same files.
        Source(
            identifier=_XTREME,
            configs=_mapped("tatoeba.{}", _TATOEBA_NAMES),
            splits=_DEV_IS_TEST,
            columns=("source_sentence", "target_sentence"),
            write=partial(bitext_files, sides=("source_sentence", "target_sentence")),
        ),
        Source(
            identifier="mteb/tatoeba-bitext-mining",
            configs=_mapped("{}-eng", "az=aze lt=lit pl=pol ro=ron uk=ukr"),
            splits={"test": "test"},
            columns=("sentence1", "sentence2"),
            write=partial(bitext_files, sides=("sentence1", "sentence2")),
        ),
    ),
}
"""Task to its datasets, no language in two of them."""

NOT_ON_THE_HUB: Mapping[str, str] = {
    "bucc2018": "google/xtreme (bucc18.*) has only the sentences that have a partner, so mining "
    "them would be another, easier task",
    "lareqa": "google-research-datasets/xquad_r lacks the sentence breaks, and so the candidates",
    "mewslix": "its articles are rebuilt from Wikinews dumps, its candidate set is a file of its "
    "own",
}
"""Task to why it cannot be fetched."""
