"""What is done with households: registered, changed, ended."""
