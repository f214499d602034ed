"""The faults: a module each, with what is done, what must hold, and its figure."""
