"""What is done with distributions: propose one, take its steps, withdraw a paid line."""
