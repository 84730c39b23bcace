"""Backtests 回测 of the judgement of slow sale: each day of the past on what was known then."""
