"""风险消除条件: one criterion is one file."""
