"""The daemon as a plain detached process, kept alive by a shell: needs no rights whatever."""

from __future__ import annotations

from device_agent.contract.errors import DeviceError
from device_agent.layout import RELEASE_VARIABLE, Layout
from host.deploy.release import LAUNCHER
from host.deploy.remote_script import run_script
from host.deploy.removal import REMOVE_CONTENT, REMOVE_FOLDER
from host.deploy.supervisor import Starting
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
  pid=$(head -n 1 "$1" 2>/dev/null)
  if [ -n "$pid" ] && tr '\0' '\n' 2>/dev/null < "/proc/$pid/environ" | grep -q "^$2="; then
    end "$grace"
  fi
  shift 2
done
"""

_GRACE_S = 30
_LOG_LINES = 15
# A process that has ended but was not waited for (a zombie) does not run.
_RUNS = 'kill -0 "$1" && ! grep -qs "^State:.Z" "/proc/$1/status"'


class ProcessSupervisor:
    """Starts the daemon with `setsid`, so that it outlives the connection (but not a reboot)."""

    def prepare(self, session: Session, layout: Layout) -> tuple[str, ...]:
        """Do nothing: the deploy makes the folder, and the login user is who runs the daemon."""
        del session, layout
        return ()

    def start(self, session: Session, layout: Layout) -> Starting:
        """Start the daemon of the release in force, and its keeper."""
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
            keeper = int(answer)
        except ValueError as error:
            raise DeviceError(
                f"The device does not tell the agent's process id, but {answer[:100]!r}.",
                remedy=f"Look at {layout.log} on the device.",
            ) from error
        return lambda: session.run(["sh", "-c", _RUNS, "sh", str(keeper)]).exit_status == 0

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

    def is_as_installed(self, session: Session, layout: Layout) -> bool:
        """Say yes: nothing is installed that somebody could change."""
        del session, layout
        return True

    def withdraw(self, session: Session, layout: Layout) -> None:
        """Do nothing: a daemon that was stopped is started by nobody."""
        del session, layout

    def log_tail(self, session: Session, layout: Layout) -> str:
        """Return the end of the log file."""
        done = session.run(["tail", "-n", str(_LOG_LINES), str(layout.log)])
        return done.stdout.decode("utf-8", errors="replace").strip()

    def remove(self, session: Session, layout: Layout, *, keep_results: bool) -> tuple[str, ...]:
        """Remove the state folder."""
        script = 'privileged() { "$@"; }\n' + REMOVE_CONTENT + REMOVE_FOLDER
        keep = "keep" if keep_results else ""
        done = run_script(
            session, script, str(layout.root), keep, doing="remove the agent", timeout_s=300.0
        )
        return tuple(done.splitlines())
