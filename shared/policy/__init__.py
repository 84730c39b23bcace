"""Dated parameters of law and practice, kept in packs by region."""
