"""What happens inside one transaction. Each step takes a `Tx` and the time, and waits for nothing."""
