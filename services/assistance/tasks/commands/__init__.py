"""What is done with tasks. Reading order: follow_risks, transition, request_measure, recount."""
