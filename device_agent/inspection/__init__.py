"""What `host doctor` sends to a device that has nothing of ours, and runs there from memory.

These modules, the boards and the sensors use Python 3.8 and its standard library alone, write
nothing, and start no process.
"""
