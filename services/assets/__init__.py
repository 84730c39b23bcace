"""Assets 资产: project assets, their five rights, and the distribution of their income.

The floor plan stands; its rooms are furnished next.
"""
