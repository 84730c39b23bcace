"""How the houses are run: containers, one host without containers, local servers for tests."""
