"""Evidence: the facts of the domain, and what the rules see of them."""
