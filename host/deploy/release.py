"""One release of the agent: what it is made of, its name, and how the device makes it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from device_agent.contract import codec
from device_agent.digest import digest_bytes
from device_agent.layout import RELEASE_VARIABLE, Layout
from host.deploy.content import Blob
from host.deploy.remote_script import run_script
from host.deploy.unit import UNIT_NAME, Unit
from host.deploy.wheelhouse import Wheelhouse
from host.transport.session import Session

LAUNCHER = "device-agent"

_LAUNCH = r"""#!/bin/sh
# Starts the agent of this release; `current/device-agent` leads here.
here=$(dirname "$(readlink -f "$0")")
export {variable}="$here"
{shared}{environment}
cd /
exec {python} -m device_agent.cli "$@"
"""

# What a system service and the login user write, both may change.
_SHARED = "umask 007\n"

# $1 state folder, $2 release, $3 interpreter, $4 digest of the agent's wheel, $5 the unit's text or
# "", $6 its name; launcher on stdin.
_MAKE_SITE = r"""
set -eu
releases=$1/releases new=$1/releases/.new-$2
blob() { printf '%s' "$state/blobs/${1%"${1#??}"}/$1"; }
state=$1
case $3 in "~/"*) python=$HOME/${3#??} ;; *) python=$3 ;; esac
rm -rf "$new"
mkdir -p "$new"
"$python" -m zipfile -e "$(blob "$4")" "$new/site"
cat > "$new/device-agent"
chmod 755 "$new/device-agent"
[ -z "$5" ] || printf %s "$5" > "$new/$6"
"$python" -m compileall -q "$new/site" || true
sync -f "$new"
mv -T "$new" "$releases/$2"
"""

# As above, and $7 the digest of the installer's wheel, then digest and name of every wheel, the
# agent's first. Where an earlier release has some of the others, and none but these, its files are
# linked and only what it lacks is installed: nothing there is ever written to, and installing numpy
# again takes a board a minute.
_MAKE_ENVIRONMENT = r"""
set -eu
releases=$1/releases new=$1/releases/.new-$2
blob() { printf '%s' "$state/blobs/${1%"${1#??}"}/$1"; }
state=$1 release=$2 python=$3 uv=$7
rm -rf "$new"
mkdir -p "$new/wheels"
cd "$new"
cat > device-agent
chmod 755 device-agent
[ -z "$5" ] || printf %s "$5" > "$6"
"$python" -m zipfile -e "$(blob "$uv")" installer
shift 7
fetch() { ln "$(blob "$1")" "wheels/$2" || cp "$(blob "$1")" "wheels/$2"; }
fetch "$1" "$2"
shift 2
printf '%s\n' "python $python" > dependencies
printf '%s %s\n' "$@" >> dependencies
linked=/dev/null lines=0
for old in "$releases"/*/dependencies; do
  [ -f "$old" ] && ! grep -qvxFf dependencies "$old" || continue
  [ "$(wc -l < "$old")" -gt "$lines" ] || continue
  linked=$old lines=$(wc -l < "$old")
done
if [ "$lines" -gt 0 ] && ! cp -al "${linked%/*}/venv" venv; then
  rm -rf venv
  linked=/dev/null
fi
while [ $# -gt 0 ]; do
  grep -qxF "$1 $2" "$linked" || fetch "$1" "$2"
  shift 2
done
uv=$(echo "$new"/installer/uv-*.data/scripts/uv)
chmod 755 "$uv"
export UV_OFFLINE=1 UV_NO_CACHE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never
[ -d venv ] || "$uv" --quiet venv --relocatable --python "$python" venv
# Reinstalled, because an agent's version may be that of the linked one.
"$uv" --quiet pip install --no-index --no-deps --reinstall --link-mode copy \
  --python venv/bin/python wheels/*.whl
rm -rf installer wheels
sync -f "$new"
mv -T "$new" "$releases/$release"
"""


@dataclass(frozen=True)
class Release:
    """What the device is to run.

    Attributes:
        id: Version and a digest of everything below: equal content has an equal name.
        python: The interpreter, or the one that the environment is made from.
        wheelhouse: None where the interpreter has the dependencies already.
        unit: By which systemd starts it; None for a plain process.
        engines: What its environment has beyond the base dependencies, such as "ai-edge-litert".
    """

    id: str
    python: str
    wheel: Blob
    wheelhouse: Wheelhouse | None
    unit: Unit | None = None
    engines: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        version: str,
        python: str,
        wheel: Blob,
        wheelhouse: Wheelhouse | None,
        unit: Unit | None = None,
        *,
        engines: tuple[str, ...] = (),
    ) -> Release:
        """Name a release by its content."""
        wheels = sorted(blob.digest for blob in wheelhouse.wheels) if wheelhouse else None
        made = cls("", python, wheel, wheelhouse, unit, engines)
        identity = [wheel.digest, python, wheels, made.launcher, unit.text if unit else None]
        digest = digest_bytes(codec.encode(identity))
        return replace(made, id=f"{version}-{digest[:12]}")

    @property
    def launcher(self) -> str:
        """The script that starts it."""
        is_shared = self.unit is not None and self.unit.scope == "system"
        return launcher(self.python, made=self.wheelhouse is not None, shared=is_shared)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """What must be on the device before it can be made."""
        if self.wheelhouse is None:
            return (self.wheel,)
        return (self.wheel, *self.wheelhouse.wheels, self.wheelhouse.installer)

    @property
    def unpacked_bytes(self) -> int:
        """Room that it takes, estimated from the wheels (compressed about four to one)."""
        factor = 2 if self.wheelhouse is None else 4
        return factor * sum(blob.size_bytes for blob in self.blobs)


def launcher(python: str, *, made: bool, shared: bool = False) -> str:
    """Return the launcher script.

    Args:
        python: The interpreter.
        made: Whether the release has an environment of its own.
        shared: Whether the daemon runs as another user than those who log in.
    """
    if made:
        environment, command = "unset PYTHONPATH PYTHONHOME", '"$here/venv/bin/python"'
    else:
        environment = 'export PYTHONPATH="$here/site"'
        home, path = python.startswith("~/"), python.removeprefix("~/")
        command = f'"$HOME"/{shlex.quote(path)}' if home else shlex.quote(python)
    return _LAUNCH.format(
        variable=RELEASE_VARIABLE,
        shared=_SHARED if shared else "",
        environment=environment,
        python=command,
    )


def make_release(session: Session, layout: Layout, release: Release) -> None:
    """Make the release's folder on the device: whole or not at all.

    Raises:
        DeviceError: The device could not unpack or install it.
    """
    unit = release.unit.text if release.unit else ""
    arguments = [str(layout.root), release.id, release.python, release.wheel.digest]
    arguments += [unit, UNIT_NAME]
    script = _MAKE_SITE
    if release.wheelhouse is not None:
        script = _MAKE_ENVIRONMENT
        arguments.append(release.wheelhouse.installer.digest)
        for blob in (release.wheel, *release.wheelhouse.wheels):
            arguments += [blob.digest, blob.name]
    run_script(
        session,
        script,
        *arguments,
        stdin=release.launcher.encode(),
        timeout_s=900.0,
        doing=f"make release {release.id}",
    )
