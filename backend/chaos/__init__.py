"""The fault harness: real gateways, real stand-ins, a network that breaks on purpose, and a checker of what was kept."""
