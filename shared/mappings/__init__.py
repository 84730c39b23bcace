"""Mappings 字段对照表: files as another system has them, in and out, from data: its headings, its words, its sheets.

`files/` holds one file for each system, and docs/mappings.md tells how to write one; `reading` reads them, `applying`
makes of the columns of a file those of the other system.
"""
