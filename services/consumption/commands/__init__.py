"""What consumption does: keep producers and products, take orders, and bring their money home."""
