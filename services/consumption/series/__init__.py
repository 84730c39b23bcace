"""Series 序列 of a commodity in a county: what is reported of it is recorded once, corrected by another report."""
