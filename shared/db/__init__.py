"""One database per house: base, engines, unit of work, write lane, floor tables, migrations."""
