"""What the houses publish to each other: code lists, payloads, the envelope and the catalogue."""
