"""Loss of work 失业: what the placements of its members mean for a household."""
