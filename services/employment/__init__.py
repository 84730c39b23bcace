"""Employment 就业: labour transfer: workers, vacancies, placements, wages.

The floor plan stands; its rooms are furnished next.
"""
