"""Rows of slow sale: what is known of series, the alerts, and who is exposed."""
