"""Evidence 证据: the types of facts, one file each, and what the rules see of them."""
