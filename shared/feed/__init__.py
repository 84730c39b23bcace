"""The change feed 变更流 of a house: what it published, in the order of its commits, for the clients who may see it."""
