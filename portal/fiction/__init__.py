"""People who do not exist, for tests, benchmarks and demonstrations: names, numbers and accounts that look true."""
