"""Persons 人员: who is behind the members of a household, present and former."""
