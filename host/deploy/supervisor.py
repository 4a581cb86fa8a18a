"""Who keeps the agent's daemon running on a device: a service manager, or a shell of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from device_agent.layout import Layout
from host.transport.session import Session

Starting = Callable[[], bool]
"""Whether a daemon that was started may still come to serve."""


class Supervisor(Protocol):
    """Starts and stops the daemon of whichever release the state folder points to."""

    def prepare(self, session: Session, layout: Layout) -> tuple[str, ...]:
        """Make what the daemon needs besides its release: user, group, state folder.

        Returns:
            What people should know of it.

        Raises:
            DeviceError: The login user may not.
        """

    def start(self, session: Session, layout: Layout) -> Starting:
        """Start the daemon; it need not serve yet.

        Raises:
            DeviceError: It did not start.
        """

    def stop(self, session: Session, layout: Layout) -> None:
        """End the daemon, whatever release it is of, and wait for its end.

        None running is no error.
        """

    def is_as_installed(self, session: Session, layout: Layout) -> bool:
        """Say whether it would start the release in force again, after a reboot too if it can."""

    def withdraw(self, session: Session, layout: Layout) -> None:
        """Make sure that nothing starts the daemon again; it is stopped already."""

    def log_tail(self, session: Session, layout: Layout) -> str:
        """Return the end of the daemon's log, "" where there is none."""

    def remove(self, session: Session, layout: Layout, *, keep_results: bool) -> tuple[str, ...]:
        """Remove the state folder and all that `prepare` and `start` made; say what it was.

        Args:
            session: The connection.
            layout: The state folder.
            keep_results: Leave the runs, and give them to the login user.
        """
