"""Attributions 归属: for which household counts what was said of one that split or merged."""
