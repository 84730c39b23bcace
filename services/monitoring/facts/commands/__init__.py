"""What is done with facts: recorded, checked at the door, credited by other houses."""
