"""Placements 输送就业: a worker in a vacancy, from the match to the end of the work."""
