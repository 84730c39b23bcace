"""Registers 登记簿: what is put as a whole under its code, and keeps a version.

`entries` is the row of a register; `commands` is the one command that puts it; `api` is the answer to a PUT.
"""
