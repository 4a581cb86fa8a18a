"""Builds the wheel that goes to the device: `device_agent` alone, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import device_agent
from device_agent.contract.errors import DeviceError
from device_agent.digest import digest_bytes
from device_agent.version import DISTRIBUTION, __version__
from host.deploy.cache import cache_folder, keep
from host.deploy.content import Blob

# The oldest time that a zip can hold; a true one would change the digest with every build.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
ENGINES: Mapping[str, str] = {"litert": "ai-edge-litert"}
"""Distribution of each format's engine that a device gets only where a study needs it: 60 MB."""
_NAME_END = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class AgentWheel:
    """The built wheel.

    Attributes:
        requirements: The base dependencies, such as "numpy>=1.26".
        engines: Requirement of each format's engine that is no base dependency.
    """

    blob: Blob
    version: str
    requirements: tuple[str, ...]
    engines: Mapping[str, str] = field(default_factory=dict)

    @property
    def package_names(self) -> tuple[str, ...]:
        """The base dependencies without versions, such as "numpy"."""
        return tuple(
            re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in self.requirements
        )


def build_wheel() -> AgentWheel:
    """Build the wheel from the package that this process imports, and keep it in the user's cache.

    Raises:
        DeviceError: The distribution is not installed, so its requirements are not known.
    """
    try:
        found = metadata.metadata(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise DeviceError(
            f"{DISTRIBUTION} is not installed here, so the agent's requirements are not known.",
            remedy="Install it: `pip install -e '.[host]'`.",
        ) from error
    lines = found.get_all("Requires-Dist") or []
    requirements = tuple(line for line in lines if "extra ==" not in line)
    data = pack(
        Path(device_agent.__file__).parent, __version__, requirements, found["Requires-Python"]
    )
    digest = digest_bytes(data)
    path = keep(cache_folder("wheels") / f"{digest}.whl", data)
    name = f"{_file_name(__version__)}-py3-none-any.whl"
    return AgentWheel(Blob.of(digest, path, name), __version__, requirements, _engines(lines))


def pack(package: Path, version: str, requirements: tuple[str, ...], requires_python: str) -> bytes:
    """Return a wheel with the package's files; pure, apart from reading them.

    Stored, not deflated: compressed bytes would differ between zlib builds.
    """
    info = f"{_file_name(version)}.dist-info"
    files = {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    lines = [f"Requires-Dist: {requirement}" for requirement in requirements]
    head = ["Metadata-Version: 2.1", f"Name: {DISTRIBUTION}", f"Version: {version}"]
    head += [f"Requires-Python: {requires_python}"]
    files[f"{info}/METADATA"] = "\n".join([*head, *lines, ""]).encode()
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {DISTRIBUTION}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ).encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as wheel:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _MODE
            wheel.writestr(entry, data)
    return packed.getvalue()


def _engines(lines: Sequence[str]) -> Mapping[str, str]:
    """Read from the extras what a device needs of them: the engine, not what makes its models."""
    found = {}
    for line in lines:
        requirement, _, marker = line.partition(";")
        for extra, distribution in ENGINES.items():
            if requirement.startswith(distribution) and marker.strip(" '\"").endswith(extra):
                found[extra] = requirement.strip()
    return found


def _record(files: dict[str, bytes], own_name: str) -> bytes:
    lines = []
    for name, data in files.items():
        sha = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={sha},{len(data)}")
    return "\n".join([*lines, f"{own_name},,", ""]).encode()


def _file_name(version: str) -> str:
    return f"{DISTRIBUTION.replace('-', '_')}-{version}"
