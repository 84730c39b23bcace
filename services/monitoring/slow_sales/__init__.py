"""Slow sale 滞销: which households live from what does not sell."""
