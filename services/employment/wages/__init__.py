"""Wages 务工月报: what placements paid, month by month."""
