"""What is done with cases: open one, take its steps, follow its household."""
