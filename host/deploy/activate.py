"""Puts a release in force, or the one before it back: valid from the first deploy on."""

from __future__ import annotations

from textwrap import indent

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.facts import DeviceFacts
from device_agent.layout import Layout
from host.agent import Agent
from host.deploy.golden_sets import Tell, check_golden_sets
from host.deploy.health import START_TIMEOUT_S, Unhealthy, check_health
from host.deploy.plan import Activate
from host.deploy.remote_script import run_script
from host.deploy.supervisor import Supervisor
from host.transport.session import ConnectionLost, Session

# $1 state folder, $2 release. `ln -sfn` removes before it makes; a rename does not.
SWITCH = r"""
set -e
cd "$1"
rm -f current.new
ln -s "releases/$2" current.new
mv -T current.new current
sync -d .
"""
WITHDRAW = 'rm -f "$1/current"'
REMOVE = r"""
cd "$1/releases" && shift
for release in "$@"; do rm -rf "./$release"; done
rm -rf ./.new-*
"""


class Activation:
    """Activates releases on one device.

    Args:
        session: The connection.
        layout: Where the agent lies.
        device: Its name, for messages.
        supervisor: Who starts and stops the daemon.
        start_timeout_s: How long the daemon may take to begin to serve.
        tell: Told in words what goes on, where it may take long.
    """

    def __init__(
        self,
        session: Session,
        layout: Layout,
        device: str,
        supervisor: Supervisor,
        *,
        start_timeout_s: float = START_TIMEOUT_S,
        tell: Tell | None = None,
    ) -> None:
        self._session = session
        self._layout = layout
        self._device = device
        self._supervisor = supervisor
        self._start_timeout_s = start_timeout_s
        self._tell = tell

    def activate(self, step: Activate, *, keep_failed: bool = False) -> DeviceFacts:
        """Stop, switch, start and check, golden sets included; on failure roll back.

        Args:
            step: To what, and from what.
            keep_failed: Leave a release that failed where it is.

        Raises:
            DeviceError: The release is not well; the one before it is in force again, or none.
            ConnectionLost: Nothing is known; deploy again.
        """
        try:
            facts = self._put_in_force(step.release)
            self.check_golden_sets(step.golden)
        except ConnectionLost:
            raise
        except XtremeEdgeError as error:
            outcome = self._roll_back(step, keep_failed=keep_failed)
            raise DeviceError(
                f"{self._device}: release {step.release} failed its health check: "
                f"{error.message.removeprefix(f'{self._device}: ')}\n  {outcome}",
                remedy=error.remedy,
            ) from error
        except BaseException:
            # Interrupted in the middle: what was in force before is the better place to stop.
            self._roll_back(step, keep_failed=keep_failed)
            raise
        return facts

    def check_golden_sets(self, artifacts: tuple[str, ...]) -> None:
        """Have the agent in force run the golden sets; raises `GoldenSetsFailed`."""
        if artifacts:
            agent = Agent(self._session, self._layout, self._device)
            check_golden_sets(agent, artifacts, self._tell)

    def check(self, release: str) -> DeviceFacts:
        """Return the facts of a device whose agent serves already; raises `Unhealthy`."""
        facts = check_health(
            self._session, self._layout, self._device, release, log_tail=self._log_tail
        )
        if not self._supervisor.is_as_installed(self._session, self._layout):
            raise Unhealthy(
                "the agent serves, but its service was changed or disabled since it was deployed",
                remedy=f"Put it in order: `host deploy --target {self._device}`.",
            )
        return facts

    def remove(self, releases: tuple[str, ...]) -> None:
        """Remove release folders, and half-made ones."""
        self._script(REMOVE, *releases, doing="remove releases")

    def _put_in_force(self, release: str) -> DeviceFacts:
        self._supervisor.stop(self._session, self._layout)
        self._script(SWITCH, release, doing=f"switch to release {release}")
        try:
            starting = self._supervisor.start(self._session, self._layout)
        except DeviceError as error:
            log = self._log_tail()
            told = f"\n  end of the agent's log:\n{indent(log, '    ')}" if log else ""
            raise DeviceError(f"{error.message}{told}", remedy=error.remedy) from error
        return check_health(
            self._session,
            self._layout,
            self._device,
            release,
            log_tail=self._log_tail,
            starting=starting,
            timeout_s=self._start_timeout_s,
        )

    def _log_tail(self) -> str:
        return self._supervisor.log_tail(self._session, self._layout)

    def _roll_back(self, step: Activate, *, keep_failed: bool) -> str:
        """Go back and say in words to where; never raises an expected error."""
        try:
            if step.previous is not None:
                self._put_in_force(step.previous)
                if not keep_failed:
                    self.remove((step.release,))
                return f"Rolled back: release {step.previous} is in force and well."
            self._supervisor.stop(self._session, self._layout)
            if step.is_in_force:
                return "There is no other release to go back to; this one is left, stopped."
            self._supervisor.withdraw(self._session, self._layout)
            self._script(WITHDRAW, doing="withdraw the release")
            self.remove((step.release,))
        except XtremeEdgeError as error:
            reason = error.message.removeprefix(f"{self._device}: ")
            return f"Rolling back failed as well: {reason}"
        return "Rolled back: there was no release before it, so none is in force now."

    def _script(self, script: str, *arguments: str, doing: str) -> None:
        run_script(self._session, script, str(self._layout.root), *arguments, doing=doing)
