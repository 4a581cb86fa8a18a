"""Draws the state in a terminal of any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from host.watch import words
from host.watch.state import DeviceState, LiveRun, VariantProgress

_STYLES = {"plain": "", "good": "green", "warn": "yellow", "bad": "bold red"}
_BAR_WIDTH = 16
_NAME_WIDTHS = (12, 28)
_BESIDE_NAME = 36
_OTHERS = 3
_GAP = 2


class Picture:
    """All devices; what does not fit below is said, not cut off silently.

    Args:
        devices: In their order.
        note: The last line.
        full_screen: Keep to the terminal's height.
    """

    def __init__(
        self, devices: Sequence[DeviceState], note: str | None = None, *, full_screen: bool = False
    ) -> None:
        self._devices = devices
        self._note = note
        self._full_screen = full_screen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        body = Group(*(_device(one, options.max_width) for one in self._devices))
        lines = console.render_lines(body, options.update(height=None), pad=False)
        foot = []
        if self._note is not None:
            foot.append(Text(self._note, style="dim", no_wrap=True, overflow="ellipsis"))
        if self._full_screen:
            room = console.size.height - len(foot)
            if len(lines) > room:
                hidden = len(lines) - room + 1
                lines = lines[: room - 1]
                more = f"… {hidden} more lines: make the window taller, or name one --target"
                foot.insert(0, Text(more, style="yellow", no_wrap=True, overflow="ellipsis"))
        for line in lines:
            yield from line
            yield Segment.line()
        yield from foot


def _device(device: DeviceState, width: int) -> RenderableType:
    is_live = device.link == "connected"
    head = Text(device.name, style="bold reverse")
    head.append("  ", style="not reverse")
    for chip in (words.link(device), *words.agent(device)):
        _append(head, chip)
    rows: list[RenderableType] = [head]
    sensors = Text("", style="" if is_live else "dim")
    for chip in words.readings(device):
        _append(sensors, chip)
    if sensors.plain:
        rows.append(_indented(sensors))
    told = words.trouble(device)
    if told:
        rows.append(_indented(Text(told, style=_STYLES["bad"])))
    for run in device.live:
        rows += [_indented(row) for row in _run(run, width - _GAP, is_live=is_live)]
    rows += [
        _indented(_line(other.run_id, words.other(other))) for other in device.others[:_OTHERS]
    ]
    if device.serving is not None and not device.live and not device.others:
        rows.append(_indented(Text("no runs", style="dim")))
    more = len(device.others) - _OTHERS
    if more > 0:
        rows.append(Text(f"  and {more} more: host status --target {device.name}", style="dim"))
    return Group(*rows, Text(""))


def _run(run: LiveRun, width: int, *, is_live: bool) -> Iterator[RenderableType]:
    yield _line(run.run_id, words.where(run))
    bars = Table.grid(padding=(0, 1))
    bars.add_column(no_wrap=True)
    bars.add_column(width=_BAR_WIDTH)
    bars.add_column()
    part = words.share(run.done, run.total)
    if part is not None or run.done:
        bars.add_row("samples", _bar(part), words.samples(run).removesuffix(" samples"))
    if run.rounds is not None:
        shown = words.share(run.rounds.valid, run.rounds.wanted)
        bars.add_row("rounds", _bar(shown), words.rounds(run.rounds))
    if bars.row_count:
        yield bars
    told = Text("")
    for chip in words.when(run, is_live=is_live):
        _append(told, chip)
    if told.plain:
        yield told
    if run.variants:
        yield _variants(run.variants, width)
    for invalid in run.rounds.latest_invalid if run.rounds else ():
        yield Text(words.invalid_round(invalid), style=_STYLES["warn"])


def _variants(variants: Sequence[VariantProgress], width: int) -> Table:
    """Return done and total by variant and task, in the widest form that fits."""
    names = words.task_names(variants)
    wide = [[words.cell(task) for task in words.row(one, names)] for one in variants]
    narrow = [[words.percent(task) for task in words.row(one, names)] for one in variants]
    least = [[words.tasks(one.tasks)] for one in variants]
    fixed = [_fixed(one) for one in variants]
    least_width, most_width = _NAME_WIDTHS
    name_width = min(max(width - _BESIDE_NAME, least_width), most_width)
    for heads, cells in ((names, wide), (names, narrow), (["tasks"], least)):
        table = [["variant", "q/s", "p50 ms", *heads]]
        table += [[*left, *right] for left, right in zip(fixed, cells, strict=True)]
        if _width(table, name_width) <= width:
            break
    grid = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for number, head in enumerate(table[0]):
        is_text = number == 0 or head == "tasks"
        grid.add_column(
            Text(head),
            justify="left" if is_text else "right",
            no_wrap=head != "tasks",
            overflow="ellipsis",
            max_width=name_width if number == 0 else None,
        )
    for name, *others in table[1:]:
        grid.add_row(Text(_shortened(name, name_width)), *map(Text, others))
    return grid


def _shortened(name: str, width: int) -> str:
    """Return a name cut in its middle: regimes differ at its beginning, seeds at its end."""
    if len(name) <= width:
        return name
    tail = (width - 1) // 2
    return f"{name[: width - 1 - tail]}…{name[len(name) - tail :]}"


def _fixed(one: VariantProgress) -> list[str]:
    return [words.variant(one), words.throughput(one.pace), words.median_ms(one.pace)]


def _width(table: Sequence[Sequence[str]], name_width: int) -> int:
    columns = [max(map(len, column)) for column in zip(*table, strict=True)]
    columns[0] = min(columns[0], name_width)
    return sum(columns) + _GAP * len(columns)


def _indented(row: RenderableType) -> Padding:
    return Padding.indent(row, _GAP)


def _bar(part: float | None) -> RenderableType:
    if part is None:
        return Text("")
    return ProgressBar(total=1.0, completed=part, width=_BAR_WIDTH)


def _line(name: str, chip: words.Chip) -> Text:
    return Text.assemble((name, "bold"), "  ", (chip.text, _STYLES[chip.tone]))


def _append(text: Text, chip: words.Chip) -> None:
    if text.plain and not text.plain.endswith("  "):
        text.append(" · ", style="dim")
    text.append(chip.text, style=_STYLES[chip.tone])
