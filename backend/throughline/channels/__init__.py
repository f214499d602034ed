"""One folder per way to reach a person."""
