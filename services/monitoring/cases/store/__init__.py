"""Rows of cases and standings, what decides about them, and how they are shown."""
