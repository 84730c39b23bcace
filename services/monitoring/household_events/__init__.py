"""Household life 农户变动: splits, merges, moves, who comes, leaves and dies, and the end."""
