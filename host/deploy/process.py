"""The daemon as a plain detached process: needs no rights and no service manager."""

from __future__ import annotations

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy.release import LAUNCHER, RELEASE_VARIABLE
from host.deploy.remote_script import run_script
from host.transport.session import Session

# $1 launcher, $2 state folder, $3 log.
START = r"""
cd /
setsid "$1" serve --state "$2" </dev/null >>"$3" 2>&1 &
echo $!
"""

# $1 file that holds the process id, $2 the variable that only our daemons have, $3 seconds.
# A process that has ended but was not waited for (a zombie) counts as ended.
STOP = r"""
pid=$(cat "$1" 2>/dev/null)
[ -n "$pid" ] || exit 0
tr '\0' '\n' 2>/dev/null < "/proc/$pid/environ" | grep -q "^$2=" || exit 0
running() { kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$pid/status"; }
for signal in TERM KILL; do
  kill -$signal "$pid" 2>/dev/null
  tries=$(($3 * 10))
  while running && [ $tries -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
  running || exit 0
done
echo "process $pid does not end" >&2
exit 1
"""

_GRACE_S = 30


class ProcessSupervisor:
    """Starts the daemon with `setsid`, so that it outlives the connection."""

    def start(self, session: Session, layout: Layout) -> int:
        """Start the daemon of the release in force and return its process id."""
        answer = run_script(
            session,
            START,
            str(layout.current / LAUNCHER),
            str(layout.root),
            str(layout.log),
            doing="start the agent",
        )
        try:
            return int(answer)
        except ValueError as error:
            raise DeviceError(
                f"The device does not tell the agent's process id, but {answer[:100]!r}.",
                remedy=f"Look at {layout.log} on the device.",
            ) from error

    def stop(self, session: Session, layout: Layout) -> None:
        """End the daemon: politely for half a minute, then not."""
        run_script(
            session,
            STOP,
            str(layout.lock),
            RELEASE_VARIABLE,
            str(_GRACE_S),
            timeout_s=3.0 * _GRACE_S,
            doing="stop the agent",
        )
