"""The daemon as a plain detached process, kept alive by a shell: needs no rights whatever."""

from __future__ import annotations

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy.release import LAUNCHER, RELEASE_VARIABLE
from host.deploy.remote_script import run_script
from host.transport.session import Session

KEEPER_FILE = "keeper.pid"
"""Below the state folder: the process that starts the daemon again when it is killed."""
_KEEPER_VARIABLE = "XTREME_EDGE_KEEPER"

# $1 launcher, $2 state folder. A daemon that was killed comes back; one that ends by itself right
# after its start does not, nor one that is killed again and again, so a broken release is noticed.
# /proc/uptime, because boards without a real-time clock jump in time.
_KEEPER = r"""
uptime() { read -r seconds _ < /proc/uptime && echo "${seconds%%.*}"; }
echo $$ > "$2/keeper.pid"
killed=0
while :; do
  since=$(uptime)
  "$1" serve --state "$2"
  status=$?
  [ $status -ne 0 ] || exit 0
  if [ $(($(uptime) - since)) -ge 10 ]; then
    killed=0
  else
    killed=$((killed + 1))
    [ $status -gt 128 ] && [ $killed -lt 5 ] || exit $status
  fi
  echo "the agent ended with status $status; it is started again" >&2
  sleep 1
done
"""

# $1 keeper's script, $2 launcher, $3 state folder, $4 log.
START = r"""
cd /
true >>"$4" || exit 1
XTREME_EDGE_KEEPER=1 setsid sh -c "$1" keeper "$2" "$3" </dev/null >>"$4" 2>&1 &
echo $!
"""

# $1 seconds of grace, then pairs: a file that holds a process id, and the variable that only our
# processes have. A process that ended but was not waited for (a zombie) counts as ended.
STOP = r"""
running() { kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$pid/status"; }
end() {
  for signal in TERM KILL; do
    kill -$signal "$pid" 2>/dev/null
    tries=$(($1 * 10))
    while running && [ $tries -gt 0 ]; do
      sleep 0.1
      tries=$((tries - 1))
    done
    running || return 0
  done
  echo "process $pid does not end" >&2
  exit 1
}
grace=$1
shift
while [ $# -gt 0 ]; do
  pid=$(cat "$1" 2>/dev/null)
  if [ -n "$pid" ] && tr '\0' '\n' 2>/dev/null < "/proc/$pid/environ" | grep -q "^$2="; then
    end "$grace"
  fi
  shift 2
done
"""

_GRACE_S = 30


class ProcessSupervisor:
    """Starts the daemon with `setsid`, so that it outlives the connection (but not a reboot)."""

    def start(self, session: Session, layout: Layout) -> int:
        """Start the daemon of the release in force and return its keeper's process id."""
        answer = run_script(
            session,
            START,
            _KEEPER,
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
            str(_GRACE_S),
            # First, or it would start the daemon again.
            *(str(layout.root / KEEPER_FILE), _KEEPER_VARIABLE),
            *(str(layout.lock), RELEASE_VARIABLE),
            timeout_s=60.0 + 4 * _GRACE_S,
            doing="stop the agent",
        )
