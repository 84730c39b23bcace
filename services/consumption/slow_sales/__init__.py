"""Slow sale 滞销: alerts of series that are judged, and of what villages report; what is done about each."""
