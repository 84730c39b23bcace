"""What assistance does. Reading order: history, measures, tasks, disbursements, credits."""
