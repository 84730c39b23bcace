"""Vacancies 岗位: work that employers offer, and whom it fits."""
