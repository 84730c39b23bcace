"""Workers 劳动力: the members of households who can work."""
