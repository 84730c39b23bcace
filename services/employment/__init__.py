"""Employment 就业: labour transfer: workers, vacancies, placements, wages."""
