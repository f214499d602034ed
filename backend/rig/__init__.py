"""What benchmarks and faults both stand on: processes that cannot outlive us, what they use, accounts of stand-ins."""
