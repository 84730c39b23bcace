"""Reports 报表: what a region owes and when, the figures of each, and those that were submitted."""
