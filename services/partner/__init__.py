"""A partner city 东莞 as an outside client: a month of buying over a bad line, with books of its own."""
