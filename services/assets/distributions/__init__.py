"""Distributions 收益分配: what an asset earned in a year, shared out step by step."""
