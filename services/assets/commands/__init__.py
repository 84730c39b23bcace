"""What assets does: enter assets with the rights in them, and share out what they earn."""
