"""What the helping houses have in common: the households they know, and the measures they are asked for."""
