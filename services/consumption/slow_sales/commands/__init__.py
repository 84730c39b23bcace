"""What is done about slow sale: judging, reporting, acting."""
