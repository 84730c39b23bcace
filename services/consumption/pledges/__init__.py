"""Pledges 采购承诺: what was pledged to a county, ordered from it and settled, month by month."""
