"""What is done without a fact: all of a region are screened, the night rolls on, what is undecided is told."""
