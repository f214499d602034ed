"""Stand-ins for the outside world, as real HTTP servers: for the demo, for tests, for stories.

`python -m sandbox` serves them on a loopback port of the system's choice and prints it.
"""
