"""Who keeps the agent's daemon running on a device; a service manager will be a second way."""

from __future__ import annotations

from typing import Protocol

from device_agent.layout import Layout
from host.transport.session import Session


class Supervisor(Protocol):
    """Starts and stops the daemon of whichever release the state folder points to."""

    def start(self, session: Session, layout: Layout) -> int:
        """Start the daemon; it need not serve yet.

        Returns:
            The process id whose end means that it will not serve any more.
        """

    def stop(self, session: Session, layout: Layout) -> None:
        """End the daemon, whatever release it is of, and wait for its end.

        None running is no error.
        """
