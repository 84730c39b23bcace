"""The floor the five houses stand on: mechanism, published contracts and dated policy packs. No business verb."""
