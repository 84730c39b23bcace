"""HTTP bodies of consumption, in and out."""
