"""The register as of a day 时点: who was registered where, of all households at once."""
