"""The report is one safe, accessible file that says no more than the numbers do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.results import Comparison
from host.report.html import write_report
from tests.host.bundles import SMALL, VARIANTS, Plan, make_bundle, with_speed
from tests.host.report.conftest import PLAN, comparison_of

_VOID = {"meta", "br", "img", "link", "input", "hr"}


class Outline(HTMLParser):
    """What a browser or a screen reader would find in the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="session")
def page(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("html") / "sub" / "report.html"
    return write_report(comparison, path).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def outline(page: str) -> Outline:
    return Outline(page)


def report_of(folder: Path, *plans: Plan) -> Outline:
    path = write_report(comparison_of(folder, *plans), folder / "report.html")
    return Outline(path.read_text(encoding="utf-8"))


def test_the_verdict_is_the_first_heading(outline: Outline, comparison: Comparison) -> None:
    """The page opens with the claim, before anything that supports it."""
    headings = [tag for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    claim = comparison.runs[0].claim
    assert claim in outline.text
    assert outline.text.index(claim) < outline.text.index("Variants")


def test_the_page_needs_nothing_but_itself(page: str, outline: Outline) -> None:
    """No script, no style sheet, image or font from elsewhere, and a policy that forbids them."""
    assert not outline.all("script")
    assert not outline.all("link")
    assert not outline.all("img")
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    assert {a.get("http-equiv") for a in outline.all("meta")} >= {"Content-Security-Policy"}
    addresses = {a["href"] for a in outline.all("a")} | {
        value
        for _, attributes in outline.tags
        for name, value in attributes.items()
        if name in {"src", "srcset", "data", "action", "xlink:href"}
    }
    assert all(address is not None and address.startswith("#") for address in addresses)


def test_the_page_is_small(page: str) -> None:
    """Four variants, five tasks and eight languages take well under a megabyte."""
    assert len(page.encode()) < 1_000_000


def test_ids_are_unique_and_links_lead_somewhere(outline: Outline) -> None:
    """Every fragment link has its target, and no two elements share an id."""
    ids = Counter(a["id"] for _, a in outline.tags if a.get("id"))
    assert max(ids.values()) == 1
    assert {(a["href"] or "")[1:] for a in outline.all("a")} <= set(ids)


def test_headings_leave_no_level_out(outline: Outline) -> None:
    """Screen readers jump by level."""
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_and_language_are_there(outline: Outline) -> None:
    """One main, one header, one footer, a named navigation, a skip link, a language."""
    for landmark in ("main", "header", "footer", "nav"):
        assert len(outline.all(landmark)) == 1
    assert outline.all("nav")[0]["aria-label"]
    assert outline.all("html")[0]["lang"] == "en"
    assert outline.all("a")[0]["class"] == "skip"


def test_every_chart_is_told_in_words(outline: Outline) -> None:
    """Each chart comes wide and narrow, as an image with a label."""
    charts = outline.all("svg")
    assert len(charts) == 2 * len(outline.all("figure")) == 10
    assert all(chart["role"] == "img" and chart["aria-label"] for chart in charts)
    assert all(chart["viewbox"] for chart in charts)


def test_tables_scroll_in_a_box_that_the_keyboard_reaches(outline: Outline) -> None:
    """On a phone a wide table scrolls by itself, with a name and a tab stop."""
    boxes = [a for a in outline.all("div") if a.get("class") == "scroll"]
    assert len(boxes) == len(outline.all("table"))
    assert all(b["tabindex"] == "0" and b["role"] == "region" and b["aria-label"] for b in boxes)


def test_table_heads_have_a_scope(outline: Outline) -> None:
    """Every header cell says whether it is of a row or of a column."""
    assert {a.get("scope") for a in outline.all("th")} == {"row", "col"}


@pytest.mark.parametrize(
    "text",
    [
        "Variants",
        "Latency by language",
        "Parity on the device",
        "Conditions",
        "Provenance",
        "What it cannot say",
        "A/A control",
        "noise floor",
        "Invalid rounds",
        "the board signalled throttling or under-voltage",
        "15 of 1\u202f000 samples",
        "memory pressure (unsupported: the kernel was built without PSI)",
        "Nothing is claimed about the regimes as such.",
        "MLPerf",
        "Cortex-A76",
        "onnxruntime 1.31.1",
        "PASSED",
    ],
)
def test_the_page_has_what_supports_the_verdict(outline: Outline, text: str) -> None:
    """Conditions, reasons, subsets, parity, provenance and limits stand on the page."""
    assert text in outline.text


def test_a_refused_percentile_has_no_number(outline: Outline) -> None:
    """288 queries do not carry p99, and the table says so."""
    assert "refused288 queries, 662 needed" in outline.text


def test_unscored_is_said_and_never_zero(outline: Outline) -> None:
    """The cell without gold is called unscored, with its reason below the table."""
    cells = [a for a in outline.all("td") if a.get("class") == "unscored"]
    assert len(cells) == 4 + 3
    assert "xnli hi: the data has no gold for this language" in outline.text


def test_provenance_names_the_bundle(outline: Outline, comparison: Comparison) -> None:
    """The bundle's digest leads from the page back to the evidence."""
    assert comparison.runs[0].bundle.digest in outline.text


def test_the_same_comparison_gives_the_same_bytes(
    page: str, comparison: Comparison, tmp_path: Path
) -> None:
    """No time stamp, no random id: a report can be made again and compared."""
    again = write_report(comparison, tmp_path / "again.html").read_text(encoding="utf-8")
    assert again == page


def test_what_a_device_says_never_becomes_markup(tmp_path: Path) -> None:
    """Hostile texts from a bundle stand on the page as text, in charts and labels too."""
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    bundle = load_bundle(make_bundle(tmp_path / "b", replace(SMALL, model=evil, stop_after=None)))
    manifest = msgspec.structs.replace(
        bundle.manifest, state="failed", reason=evil, missing=(evil,)
    )
    spec = msgspec.structs.replace(
        bundle.spec,
        datasets=tuple(msgspec.structs.replace(d, split=evil) for d in bundle.spec.datasets),
    )
    hostile = replace(bundle, manifest=manifest, spec=spec)
    path = write_report(compare([hostile], resamples=50), tmp_path / "report.html")
    outline = Outline(path.read_text(encoding="utf-8"))
    assert not outline.all("script")
    assert not outline.all("img")
    assert evil in outline.text


def test_devices_stand_side_by_side(tmp_path: Path) -> None:
    """Two bundles give two parts with sections of their own."""
    jetson = replace(
        with_speed(PLAN, "multilingual-int8", 1.3), model="Jetson Orin Nano", run_id="r2"
    )
    outline = report_of(tmp_path, PLAN, jetson)
    assert "2 devices, side by side" in outline.text
    assert "Jetson Orin Nano" in outline.text
    ids = Counter(a["id"] for _, a in outline.tags if a.get("id"))
    assert max(ids.values()) == 1
    assert {"run1-latency", "run2-latency"} <= set(ids)


def test_a_run_without_any_valid_round_has_a_page(tmp_path: Path) -> None:
    """Every round is shown as invalid, and no latency is claimed."""
    bundle = load_bundle(make_bundle(tmp_path / "b", SMALL))
    events = tuple(
        msgspec.structs.replace(
            event, body=msgspec.structs.replace(event.body, invalid=("the clock fell",))
        )
        if isinstance(event.body, RoundDone)
        else event
        for event in bundle.events
    )
    comparison = compare([replace(bundle, events=events)], resamples=50)
    path = write_report(comparison, tmp_path / "report.html")
    text = Outline(path.read_text(encoding="utf-8")).text
    assert text.count("the clock fell") == 8  # every round, and how many
    assert "None of 7 rounds passed the validity gate" in text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"modes": ("accuracy",)}, "Not measured (accuracy mode only)."),
        ({"modes": ("performance",)}, "Not scored (performance mode only)"),
        ({"stop_after": 700}, "The run is cancelled: cancelled by the user."),
        ({"stop_after": 2}, "The run is cancelled: cancelled by the user."),
        ({"rounds": 3}, "3 valid rounds, at least 5 are needed"),
        ({"round_noise": 0.1}, "noise floor of"),
        ({"variants": Plan().variants[:2]}, "There is no A/A control"),
        ({"cells": {"xcopa": ("tr",), "tatoeba": ("de",)}}, "No task has all timed languages"),
        ({"variants": (VARIANTS[0], VARIANTS[4])}, "there is nothing to compare it with"),
        ({"throttled": ()}, "All 12 rounds passed the validity gate."),
    ],
)
def test_every_kind_of_run_has_a_page(
    tmp_path: Path, changes: dict[str, object], text: str
) -> None:
    """Whatever is missing is said in words, and the page stands."""
    assert text in report_of(tmp_path, replace(PLAN, samples=6, **changes)).text
