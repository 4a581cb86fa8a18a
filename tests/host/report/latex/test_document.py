"""The LaTeX is well formed whatever a bundle says, and marks what the verdicts say."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.analysis.results import Comparison
from host.report.latex.document import latex, write_latex
from host.report.latex.text import escape
from tests.host.bundles import SMALL, Plan, VariantPlan
from tests.host.report.conftest import PLAN, comparison_of

_COMMANDS = {
    *("begin", "end", "centering", "caption", "label", "footnotesize", "scriptsize"),
    *("setlength", "tabcolsep", "toprule", "midrule", "bottomrule", "providecommand"),
    *(
        "textbf",
        "underline",
        "xebetter",
        "xeworse",
        "xetable",
        "belowcaptionskip",
        "textbackslash",
        "textasciicircum",
    ),
    *("textasciitilde", "textless", "textgreater", "textbar", "textasciigrave"),
    *("textquotesingle", "cdot", "times", "pm", "to", "dag", "mu", "textdegree", "leq"),
}
_ENGINES = ("tectonic", "lualatex", "pdflatex", "xelatex")


def check(source: str) -> None:
    """Fail on what LaTeX would: unknown commands, open groups, rows of another width."""
    text = "\n".join(line for line in source.splitlines() if not line.startswith("%"))
    check_tokens(text)
    check_environments(text)
    for spec, body in re.findall(
        r"\\begin\{tabular\}\{@\{\}(\w+)@\{\}\}(.*?)\\end\{tabular\}", text, re.DOTALL
    ):
        for line in body.strip().splitlines():
            if line.endswith(r"\\"):
                assert len(re.findall(r"(?<!\\)&", line)) == len(spec) - 1


def check_tokens(text: str) -> None:
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= _COMMANDS
    plain = re.sub(r"\\(?:[A-Za-z]+|[\\{}$&#%_,])", "", text)
    assert "\\" not in plain
    assert not set(plain) & set("%_^")
    assert all(ord(character) < 0x180 for character in plain)
    assert plain.count("#") == plain.count("#1")
    assert plain.count("$") % 2 == 0
    depth = 0
    for character in plain:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0


def check_environments(text: str) -> None:
    left = []
    for kind, name in re.findall(r"\\(begin|end)\{(\\?\w+)\}", text):
        if kind == "begin":
            left.append(name)
        else:
            assert left.pop() == name
    assert left == []


@given(st.text())
def test_any_text_becomes_well_formed(text: str) -> None:
    """Whatever stands in a bundle, in any script."""
    check(escape(text))


def test_the_document_is_well_formed(comparison: Comparison, tmp_path: Path) -> None:
    """All tables of four variants; the file is what the function returns."""
    path = write_latex(comparison, tmp_path / "new" / "report.tex")
    source = path.read_text(encoding="utf-8")
    assert source == latex(comparison)
    check(source)
    labels = re.findall(r"\\label\{(.*?)\}", source)
    assert len(set(labels)) == len(labels) == source.count(r"\toprule") == 2 + 3 * 2


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """A device's name is no command."""
    plan = replace(SMALL, model="\\input{/etc/passwd} 100% & #1 ~^_ {開} $x$\n% rest")
    check(latex(comparison_of(tmp_path, plan)))


def test_captions_state_n_margin_and_correction(comparison: Comparison) -> None:
    """What a reader of the table needs to trust it."""
    source = latex(comparison)
    tested = len(comparison.runs[0].candidates[0].accuracy.tested)
    assert r"n = 12 valid rounds" in source
    assert r"equivalence margin $\pm$2\,\% registered before the run" in source
    assert r"(TOST at 5~\%)" in source
    assert f"Holm's correction over all {tested} task--language pairs" in source
    assert r"xnli 15 of 1\,000" in source
    assert r"Non{-}inferiority margin of the average: 1 point." in source


def test_marks_are_the_verdicts(tmp_path: Path) -> None:
    """As many cells are marked as differences stand after Holm; the best number alone is not."""
    variants = (VariantPlan("a"), VariantPlan("b", gain=30.0), VariantPlan("c", gain=-30.0))
    plan = replace(PLAN, variants=variants, baseline="a", samples=80, modes=("accuracy",))
    comparison = comparison_of(tmp_path, plan)
    source = latex(comparison)
    check(source)
    cells = [cell for c in comparison.runs[0].candidates for cell in c.accuracy.cells]
    captions = source.count("}; anything else")
    for verdict, mark in (("BETTER", r"\xebetter"), ("WORSE", r"\xeworse")):
        shown = sum(cell.verdict == verdict for cell in cells)
        assert shown > 10
        assert source.count(mark + "{") == shown + captions


@pytest.mark.parametrize(
    "changes",
    [
        {"modes": ("performance",)},
        {"modes": ("accuracy",)},
        {"variants": (Plan().variants[0], Plan().variants[4])},
        {"stop_after": 2},
        {"rounds": 1},
    ],
)
def test_every_kind_of_run_has_tables(tmp_path: Path, changes: dict[str, object]) -> None:
    """Whatever was not measured is a dash."""
    check(latex(comparison_of(tmp_path, replace(SMALL, **changes))))


@pytest.mark.slow
def test_an_engine_sets_it(comparison: Comparison, tmp_path: Path) -> None:
    """Where there is one, TeX itself takes the tables without an error."""
    engine = next(filter(shutil.which, _ENGINES), None)
    if engine is None:
        pytest.skip(f"no TeX engine among {', '.join(_ENGINES)}")
    write_latex(comparison, tmp_path / "report.tex")
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\n\\usepackage{booktabs,textcomp}\n\\begin{document}\n"
        "\\input{report}\n\\end{document}\n",
        encoding="utf-8",
    )
    flags = () if engine == "tectonic" else ("-halt-on-error", "-interaction=nonstopmode")
    done = subprocess.run(
        [engine, *flags, "paper.tex"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
