"""Registers as reports: the register of a village 村有册, the file of a county 县电子档案, and books of income."""
