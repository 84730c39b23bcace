"""What a series of prices and supplies says. Pure decisions."""
