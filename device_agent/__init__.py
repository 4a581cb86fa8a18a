"""All that runs on the device: tasks, runtimes, measurement, journal and service."""
