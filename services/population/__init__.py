"""A prefecture that nobody lives in, laid into the database of a system that stands still."""
