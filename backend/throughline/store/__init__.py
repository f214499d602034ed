"""What is remembered: the log, and what hangs on it."""
