"""Low income 低收入人口: in which class each household stands, by what is known of it."""
