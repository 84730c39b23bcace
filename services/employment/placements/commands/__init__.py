"""What is done with placements, one file for each verb."""
