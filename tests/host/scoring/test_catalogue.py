"""The benchmark's tasks in words and as plain values."""

from __future__ import annotations

from host.scoring.catalogue import catalogue_json, catalogue_text


def test_every_task_has_a_paragraph() -> None:
    """Head, metric, source, size, and the languages of the suites that have it."""
    paragraphs = catalogue_text().split("\n\n")
    assert len(paragraphs) == 12
    xcopa = next(text for text in paragraphs if text.startswith("xcopa"))
    assert xcopa.splitlines()[1:] == [
        "  head      multiple-choice",
        "  metric    accuracy",
        "  source    XCOPA; English training data: COPA and SocialIQA",
        "  test set  about 500 questions a language",
        "  XTREME-R  11: et ht id it qu sw ta th tr vi zh",
    ]
    assert max(len(line) for text in paragraphs for line in text.splitlines()) <= 100


def test_plain_values_say_the_same() -> None:
    """For machines."""
    values = catalogue_json()["tasks"]
    udpos = values["udpos"]  # type: ignore[index]
    assert (udpos["primary"], udpos["head"]) == ("f1", "token-classification")
    assert udpos["metrics"] == ["f1", "precision", "recall"]
    assert len(udpos["languages"]["xtreme"]) == 33
    assert udpos["examples_per_language"] == {"least": 47, "most": 20_436, "unit": "sentences"}
    assert values["lareqa"]["languages"]["xtreme"] == []  # type: ignore[index]
