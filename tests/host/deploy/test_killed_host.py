"""The host's process dies in the middle of an upload: the next one goes on where it was."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from pathlib import Path

from device_agent.layout import Layout
from host.deploy.ship import ship
from host.inventory import Device
from host.transport.connect import connect
from tests.devices.proxy import CuttingProxy
from tests.host.deploy.conftest import MakeBlob

_HOST = """
import sys
from pathlib import Path, PurePosixPath
from device_agent.layout import Layout
from host.deploy.content import Blob
from host.deploy.ship import ship
from host.inventory import Device
from host.transport.connect import connect

address, port, user, key, host_key, root, path, digest, size = sys.argv[1:]
device = Device(
    name="virtual", address=address, port=int(port), user=user, key=key, host_key=host_key
)
blob = Blob(digest=digest, path=Path(path), size_bytes=int(size), name="large")
with connect(device) as session:
    ship(session, Layout(PurePosixPath(root)), [blob])
"""


def test_what_a_killed_host_had_sent_is_not_sent_again(
    device: Device, layout: Layout, make_blob: MakeBlob
) -> None:
    """SIGKILL in the middle of a large blob; the next ship sends the rest, and it is right."""
    blob = make_blob(bytes(range(251)) * (24 * (1 << 20) // 251))
    assert device.port is not None
    proxy = CuttingProxy(device.port)
    behind = dataclasses.replace(device, port=proxy.port)
    words = (behind.address, behind.port, behind.user, behind.key, behind.host_key)
    what = (layout.root, blob.path, blob.digest, blob.size_bytes)
    process = subprocess.Popen([sys.executable, "-c", _HOST, *map(str, (*words, *what))])
    deadline_s = time.monotonic() + 60
    while proxy.sent_bytes < 8 << 20:
        assert process.poll() is None
        assert time.monotonic() < deadline_s
        time.sleep(0.001)
    process.kill()
    process.wait()
    with connect(behind) as session:
        shipped = ship(session, layout, [blob])
    proxy.close()
    assert shipped.sent_bytes < blob.size_bytes
    assert Path(layout.blob(blob.digest)).read_bytes() == blob.path.read_bytes()
    assert list(Path(layout.incoming).iterdir()) == []
