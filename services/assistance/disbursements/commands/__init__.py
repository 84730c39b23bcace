"""What is done with disbursements: record one, or withdraw it."""
