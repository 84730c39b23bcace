"""Sales 销售额: what was ordered and settled, for whoever sums it. Orders write it, nobody here does."""
