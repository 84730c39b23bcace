"""Outlets 专柜、专馆、专区: places of their own for goods of the cooperation."""
