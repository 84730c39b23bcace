"""Clients and their proofs, over HTTP: the routes of whoever takes partners on."""
