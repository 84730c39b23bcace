"""What is done with clues: taken in, answered, matched, withdrawn, and followed to the tasks of their risks."""
