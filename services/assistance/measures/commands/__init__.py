"""What is done with measures. Reading order: request, answer, cancel, overdue."""
