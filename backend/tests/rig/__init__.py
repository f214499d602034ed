"""What benchmarks and faults stand on."""
