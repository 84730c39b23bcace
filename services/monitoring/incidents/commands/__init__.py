"""What is done with incidents: those who wait are told of, hour by hour or by an officer, and it ends."""
