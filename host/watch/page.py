"""Renders the state as a page, and each device as a fragment that takes the old one's place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import jinja2

from host.watch import words
from host.watch.state import DeviceState


def render_page(devices: Sequence[DeviceState]) -> str:
    """Return the whole page; what it needs besides comes from the same server."""
    fragments = [(device.name, render_device(device)) for device in devices]
    return _environment().get_template("page.html.j2").render(fragments=fragments)


def render_device(device: DeviceState) -> str:
    """Return what stands in one device's section."""
    template = _environment().get_template("device.html.j2")
    return template.render(device=device, words=words, is_live=device.link == "connected")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("host.watch"),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
