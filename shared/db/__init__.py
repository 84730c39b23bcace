"""One database per house: base, engines, unit of work, write lane, system tables, migrations."""
