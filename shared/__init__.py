"""What the five houses share: mechanism, published contracts, dated policy packs, and what several of them do alike."""

VERSION = "0.1.0"
"""What runs, as the package, the APIs and the metrics name it."""
