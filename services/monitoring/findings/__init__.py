"""Findings 疑点: what is registered or reported of a household and cannot well be true together. They open no task."""
