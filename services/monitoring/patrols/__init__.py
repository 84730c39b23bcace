"""Patrols 巡查走访: which households were seen, and which should have been."""
