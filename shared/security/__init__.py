"""Who is calling and what they may do: actors, tokens, the built-in issuer."""
