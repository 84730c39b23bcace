"""What is done with wages, one file for each verb."""
