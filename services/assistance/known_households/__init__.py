"""Households 农户 that assistance has heard of: every topic asks here where one lives now."""
