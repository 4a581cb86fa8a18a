"""Facts, plan, apply: how a device gets its agent and what a run needs."""
