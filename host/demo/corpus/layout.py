"""Writes samples as the benchmark's download has them: inputs, and beside them `labels/`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from host.demo.corpus.causality import CausalQuestion
from host.demo.corpus.inference import Pair
from host.demo.corpus.lexicon import Lexicon
from host.demo.corpus.meaning import Clause
from host.demo.corpus.passages import ANSWERS, Passage
from host.demo.corpus.realise import realise, realise_later


def pairs(items: Sequence[Pair], lexicon: Lexicon) -> list[tuple[str, str, str]]:
    """Say each pair: premise, hypothesis, label."""
    return [
        (realise(p.premise, lexicon).text, realise(p.hypothesis, lexicon).text, p.label)
        for p in items
    ]


def choices(items: Sequence[CausalQuestion], lexicon: Lexicon) -> list[dict[str, Any]]:
    """Say each question in XCOPA's form; the choices refer to the person by a pronoun."""
    return [
        {
            "premise": realise(q.premise, lexicon).text,
            "choice1": realise_later(q.choices[0], lexicon).text,
            "choice2": realise_later(q.choices[1], lexicon).text,
            "question": q.asks,
            "label": q.label,
            "idx": number,
            "changed": False,
        }
        for number, q in enumerate(items)
    ]


def paragraphs(items: Sequence[Passage], lexicon: Lexicon) -> list[dict[str, Any]]:
    """Say each passage in SQuAD's form; ids are equal in all languages."""
    said = []
    for number, passage in enumerate(items):
        context, answer = "", (0, 0)
        for event in passage.events:
            sentence = realise(event, lexicon)
            context += lexicon.joiner if context else ""
            if event == passage.question.about:
                span = sentence.span(ANSWERS[passage.question.word])
                assert span is not None
                answer = (len(context) + span[0], len(context) + span[1])
            context += sentence.text
        gold = {"answer_start": answer[0], "text": context[slice(*answer)]}
        question = realise(passage.question, lexicon).text
        asked = {"id": f"{number:05}", "question": question, "answers": [gold]}
        said.append({"paragraphs": [{"context": context, "qas": [asked]}]})
    return said


def tagged(items: Sequence[Clause], lexicon: Lexicon) -> list[list[tuple[str, str]]]:
    """Say each clause as (word, tag)."""
    sentences = (realise(clause, lexicon) for clause in items)
    return [list(zip(said.tokens, said.tags, strict=True)) for said in sentences]


def without_answers(articles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return SQuAD articles as the official download strips them."""
    stripped: list[dict[str, Any]] = json.loads(json.dumps(articles))
    for article in stripped:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                asked["answers"] = [{"answer_start": 0, "text": ""}]
    return stripped


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines as UTF-8, each with a final newline."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write tab-separated rows."""
    write_lines(path, ("\t".join(row) for row in rows))


def write_tags(path: Path, sentences: Iterable[Sequence[Sequence[str]]]) -> None:
    """Write a word a line and an empty line after each sentence."""
    write_lines(path, (line for s in sentences for line in (*("\t".join(w) for w in s), "")))


def write_json_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Write a JSON object a line."""
    write_lines(path, (json.dumps(record, ensure_ascii=False) for record in records))


def write_squad(path: Path, articles: Sequence[dict[str, Any]]) -> None:
    """Write SQuAD 1.1."""
    content = json.dumps({"version": "1.1", "data": articles}, ensure_ascii=False)
    write_lines(path, [content])
