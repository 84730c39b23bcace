"""What is done with household events: recorded, by whatever door, and carried out."""
