"""Households 农户: registered, kept true, ended; their income and their verdicts shown."""
