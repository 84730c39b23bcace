"""Findings in the database: what the rules look at, and the rows of what they found."""
