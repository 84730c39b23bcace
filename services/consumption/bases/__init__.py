"""Bases 菜篮子基地: where vegetables grow for the Greater Bay Area, under certificates that end."""
