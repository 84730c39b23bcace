"""What events do to the help of households, and the money they tell of."""
