"""What is shipped for the tests of hosts is tested itself."""
