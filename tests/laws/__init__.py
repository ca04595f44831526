"""What holds for every value: one law per test, and the law is its name."""
