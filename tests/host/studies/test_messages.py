"""Tests of what the schema refuses, in words and in place."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ("study: demo\n", "study: »a b\n", ["study: found 'a b'", "letters, digits"]),
        ("study: demo\n", "study: »-a\n", ["begins with a letter or digit"]),
        ("study: demo\n", f"study: »{'a' * 97}\n", ["at most 96", "…"]),
        ("study: demo\n", "»", ["the study: study is missing, expected a name"]),
        ("study: demo\n", "study: »[a]\n", ["found a list of 1 item"]),
        ("question: Is it as fast?\n", "question:»\n", ["found nothing (empty or null)"]),
        ("question: Is it as fast?\n", "question: »''\n", ["found ''", "one sentence"]),
        ("study: demo\n", "study: demo\nsplit: »tests\n", ["expected test or dev", "mean test?"]),
        ("study: demo\n", "study: demo\nmargin: »2\n", ["found '2'", "0.02 is 2 %"]),
        ("study: demo\n", "study: demo\nmargin: »2 %\n", ["found '2 %'"]),
        ("study: demo\n", "study: demo\nmargin: »0\n", ["above 0"]),
        ("study: demo\n", "study: demo\nmargin: ».nan\n", ["above 0"]),
        ("study: demo\n", "study: demo\nmargin: »nan\n", ["above 0"]),
        ("study: demo\n", "study: demo\nscore-margin: »-1\n", ["points of score above 0"]),
        ("study: demo\n", "study: demo\n»score_margin: 1\n", ["did you mean score-margin?"]),
        ("study: demo\n", "study: demo\n»Margin: 0.1\n", ["did you mean margin?"]),
        ("study: demo\n", "»stduy: demo\n", ["unknown key 'stduy'; did you mean study?"]),
        ("study: demo\n", "study: demo\n»threads: 4\n", ["it belongs under runtime"]),
        ("study: demo\n", "study: demo\n»limit: 4\n", ["it belongs under each task's settings"]),
        ("study: demo\n", "study: demo\n»digest: 4\n", ["unknown key 'digest', expected one of"]),
        ("study: demo\n", "study: demo\ncontrol: »maybe\n", ["expected true or false"]),
        ("study: demo\n", "study: demo\nmodes: »[]\n", ["accuracy, performance or both"]),
        ("study: demo\n", "study: demo\nmodes: [»accurracy]\n", ["did you mean accuracy?"]),
        ("study: demo\n", "study: demo\nmodes: »accuracy\n", ["expected a list of accuracy"]),
        ("study: demo\n", "study: demo\nruntime: »cpu\n", ["a mapping of name, provider"]),
        ("study: demo\n", "study: demo\nruntime: {provider: »gpu}\n", ["cpu, cuda or tensorrt"]),
        ("study: demo\n", "study: demo\nruntime: {threads: »0}\n", ["at least 1"]),
        ("study: demo\n", "study: demo\nseeds: {order: »x}\n", ["seeds.order: found 'x'"]),
        ("study: demo\n", "study: demo\nseeds: {order: »1.5}\n", ["a whole number"]),
        ("study: demo\n", f"study: demo\nseeds: {{order: »{2**63}}}\n", ["a whole number"]),
        ("study: demo\n", f"study: demo\nseeds: {{order: »{'9' * 5000}}}\n", ["whole number"]),
        ("study: demo\n", "study: demo\nperformance: {rounds: »0}\n", ["at least 1"]),
        ("study: demo\n", "study: demo\nperformance: {»warmup: 0}\n", ["unknown key 'warmup'"]),
        ("study: demo\n", "study: demo\ntarget: »my pi\n", ["target: found 'my pi'"]),
        ("study: demo\n", "study: demo\ntarget: »[]\n", ["target: found a list of 0 items"]),
        ("study: demo\n", "study: demo\ntarget: »[pi5, my pi]\n", ["a device, or a list"]),
        ("limit: 50", "limit: »0", ["tasks.xnli.limit: found '0'", "at least 1"]),
        ("limit: 50", "limit: »many", ["found 'many'", "a whole number of samples"]),
        (
            "  tatoeba:\n",
            "  tatoeba: {candidates: »0}\n",
            ["tasks.tatoeba.candidates: found '0'", "candidates to look up among, at least 1"],
        ),
        ("limit: 50", "»limits: 50", ["did you mean limit?"]),
        ("languages: [en, de]", "languages: »en", ["a list of language codes such as [en, de]"]),
        ("languages: [en, de]", "languages: »[]", ["found a list of 0 items"]),
        ("languages: [en, de]", "languages: [en, »~]", ["languages[1]: found nothing"]),
        ("  tatoeba:\n", "  tatoeba: »[en]\n", ["expected a mapping of languages, limit"]),
        ("    regime: english\n", "    regime: »englsh\n", ["did you mean english?"]),
        ("    intermediate-tasks: [mnli]\n", "    intermediate-tasks: »mnli\n", ["[mnli, squad]"]),
        ("    regime: english\n", "    regime: english\n    format: »tflite\n", ["onnx"]),
        ("  multilingual:\n", "  »multi lingual:\n", ["found the name 'multi lingual'"]),
        ("      xnli: checkpoints/english\n", "      xnli:»\n", ["found nothing", "folder"]),
        ("{method: mean, layer: 3}", "{method: »max, layer: 3}", ["mean or pooler"]),
        ("{method: mean, layer: 3}", "{method: mean, layer: »-1}", ["counted from 1"]),
        ("{method: mean, layer: 3}", "»mean", ["pooling: found 'mean'", "method, layer"]),
    ],
)
def test_what_has_the_wrong_form_is_one_mistake_in_its_place(
    refuses_change: Callable[..., None], old: str, new: str, fragments: list[str]
) -> None:
    """Each wrong value or key is shown where it stands, with what was found and expected."""
    refuses_change(old, new, *fragments)


def test_what_a_variant_lacks_is_shown_at_that_variant(
    refuses_change: Callable[..., None],
) -> None:
    """A missing key has no line of its own, so its variant's line is named."""
    refuses_change(
        "  multilingual:\n    regime: multilingual\n",
        "  »multilingual:\n",
        "variants.multilingual: regime is missing, expected direct, english or multilingual",
    )


def test_a_variant_without_content_says_what_it_takes(refuses: Callable[..., None]) -> None:
    """A name with nothing below it is told the keys of a variant."""
    refuses(
        "study: demo\nquestion: q?\ndata: data\nbaseline: a\ntasks: [xnli]\nvariants:\n  a:»\n",
        "variants.a: found nothing",
        "expected a mapping of regime",
        "checkpoints",
    )


@pytest.mark.parametrize("variants", ["»", " »{}", " »[a]", " »a"])
def test_a_study_without_variants_is_refused(refuses: Callable[..., None], variants: str) -> None:
    """At least one variant is needed, and a list is not a mapping."""
    refuses(
        f"study: demo\nquestion: q?\ndata: data\nbaseline: a\ntasks: [xnli]\nvariants:{variants}\n",
        "variants: found",
        "expected a mapping from names to variants, at least one",
    )
