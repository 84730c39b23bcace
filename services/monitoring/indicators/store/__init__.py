"""What the ledgers hold of a region and a span of days, counted in SQL."""
