"""The fault harness: real gateways and stand-ins, a network that breaks on purpose, a checker of what was kept."""
