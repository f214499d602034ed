"""The fault harness: its checker and proxy by themselves, and a short selection of its faults."""
