"""The floor the five houses stand on: mechanism, published contracts and dated policy packs. No business verb."""

VERSION = "0.1.0"
"""What runs, as the package, the APIs and the metrics name it."""
