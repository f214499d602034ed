"""The rules of one conversation: values and `now` in, values out. No I/O, no clock, no randomness."""
