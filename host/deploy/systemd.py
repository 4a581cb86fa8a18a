"""The daemon as a service of systemd: the system's, with a user of its own, or the login user's."""

from __future__ import annotations

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.layout import Layout
from host.deploy import systemd_scripts as scripts
from host.deploy.remote_script import run_script
from host.deploy.supervisor import Starting
from host.deploy.unit import SERVICE_USER, Scope
from host.transport.session import Session

_START_TIMEOUT_S = 180.0
_LOG_LINES = 15


class SystemdSupervisor:
    """Drives `systemctl` on the device; root is asked for through sudo, and only where it must.

    Args:
        scope: Whose service manager.
        device: The device's name, for messages.
    """

    def __init__(self, scope: Scope, device: str) -> None:
        self._scope: Scope = scope
        self._device = device

    def prepare(self, session: Session, layout: Layout) -> tuple[str, ...]:
        """Make the service's user and the state folder; let the login user into its group."""
        self._require_rights(session)
        done = self._run(session, scripts.PREPARE[self._scope], layout, doing="prepare the service")
        if self._scope == "user":
            return (_ENDS_AT_LOGOUT,) if "ends at logout" in done else ()
        if not self._is_member(session):
            # Groups are given at login.
            session.renew()
            if not self._is_member(session):
                raise DeviceError(
                    f"{self._device}: this login is not in the group {SERVICE_USER} yet.",
                    remedy="Log out of the device and in again, then run the same command again.",
                )
        return ()

    def start(self, session: Session, layout: Layout) -> Starting:
        """Install the unit of the release in force and start it; systemd waits until it serves."""
        self._run(
            session,
            scripts.START,
            layout,
            doing="start the service",
            timeout_s=_START_TIMEOUT_S,
        )
        return lambda: self._state(session, layout) in ("active", "activating", "reloading")

    def stop(self, session: Session, layout: Layout) -> None:
        """Stop the service, and an automatic restart that is due."""
        self._run(
            session, scripts.STOP, layout, doing="stop the service", timeout_s=_START_TIMEOUT_S
        )

    def is_as_installed(self, session: Session, layout: Layout) -> bool:
        """Say whether the unit is that of the release in force, and enabled."""
        script = scripts.IS_AS_INSTALLED
        return bool(self._run(session, script, layout, doing="look at the service").strip())

    def withdraw(self, session: Session, layout: Layout) -> None:
        """Disable the unit and remove it."""
        self._run(session, scripts.WITHDRAW, layout, doing="remove the service")

    def log_tail(self, session: Session, layout: Layout) -> str:
        """Return the end of what the journal has of the service."""
        try:
            return self._run(
                session, scripts.LOG, layout, str(_LOG_LINES), doing="read the journal"
            ).strip()
        except XtremeEdgeError:
            return ""

    def remove(self, session: Session, layout: Layout, *, keep_results: bool) -> tuple[str, ...]:
        """Remove unit, state folder, and the service's user and group."""
        self._require_rights(session)
        unit = self._run(session, scripts.WITHDRAW, layout, doing="remove the service")
        keep = "keep" if keep_results else ""
        script = scripts.REMOVE[self._scope]
        done = self._run(session, script, layout, keep, doing="remove the agent", timeout_s=300.0)
        return (*unit.splitlines(), *done.splitlines())

    def _state(self, session: Session, layout: Layout) -> str:
        return self._run(session, scripts.STATE, layout, doing="ask for the service").strip()

    def _is_member(self, session: Session) -> bool:
        done = session.run(["id", "-Gn"])
        return SERVICE_USER in done.stdout.decode().split() or _is_root(session)

    def _require_rights(self, session: Session) -> None:
        """Raise where the service manager cannot be told anything, before anything is changed."""
        script = scripts.FUNCTIONS[self._scope] + scripts.RIGHTS
        done = session.run(["sh", "-c", script])
        if done.exit_status == 0:
            return
        reason = " ".join(done.stderr.split()) or f"exit status {done.exit_status}"
        if self._scope == "user":
            raise DeviceError(
                f"{self._device}: systemd runs no services of this user: {reason}",
                remedy="Install `libpam-systemd` and `dbus-user-session` on the device, or write "
                "`service: process` into the device's entry.",
            )
        raise DeviceError(
            f"{self._device}: a system service needs root, and sudo refuses: {reason}",
            remedy="Allow this user sudo without a password on the device (`sudo visudo -f "
            "/etc/sudoers.d/deploy`: `USER ALL=(ALL) NOPASSWD: ALL`), or deploy without root: "
            f"`host deploy --target {self._device} --user`.",
        )

    def _run(
        self,
        session: Session,
        script: str,
        layout: Layout,
        *arguments: str,
        doing: str,
        timeout_s: float = 60.0,
    ) -> str:
        return run_script(
            session,
            scripts.FUNCTIONS[self._scope] + script,
            str(layout.root),
            *arguments,
            doing=doing,
            timeout_s=timeout_s,
        )


_ENDS_AT_LOGOUT = (
    "The agent ends when its user logs out, and does not start after a reboot: `loginctl "
    "enable-linger` was refused on the device. Have an administrator run it once with the "
    "user's name."
)


def _is_root(session: Session) -> bool:
    return session.run(["id", "-u"]).stdout.strip() == b"0"
