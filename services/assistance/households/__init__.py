"""Households 农户: what happened to them and what came of it; their help moves and ends with them."""
