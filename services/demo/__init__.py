"""Demo data and the demonstration; development only. `households` who, `registration` at start, `show` by HTTP."""
