"""Rows of risks, of the facts that explain them, and what the rules are asked about."""
