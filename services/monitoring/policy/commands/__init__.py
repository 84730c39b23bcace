"""What is done with policy values: propose one, take its steps, judge by what holds, try what would hold."""
