"""A picture that is drawn again and again in a terminal, and not at all elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.live import Live

if TYPE_CHECKING:
    from typing_extensions import Self


class LiveDisplay:
    """A context manager that draws for as long as it lasts; views derive from it.

    Args:
        console: Where to; not drawn upon where it is no terminal.
        refresh_per_second: How often it is drawn.
        picture: Makes the picture; None where it is given to `_live.update` instead.
        full_screen: Take the whole terminal, and give it back as it was.
    """

    def __init__(
        self,
        console: Console,
        *,
        refresh_per_second: float,
        picture: Callable[[], RenderableType] | None = None,
        full_screen: bool = False,
    ) -> None:
        self._console = console
        self._refresh_per_second = refresh_per_second
        self._make = picture
        self._full_screen = full_screen
        self._live: Live | None = None

    def __enter__(self) -> Self:
        # Made here: it asks for its first picture at once, which a view has when it is whole.
        if self._console.is_terminal:
            self._live = Live(
                console=self._console,
                get_renderable=self._make,
                refresh_per_second=self._refresh_per_second,
                transient=True,
                screen=self._full_screen,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
