"""Commodities 大宗品类: what products of several producers have in common."""
