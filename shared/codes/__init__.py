"""Code lists that are published: every house and every outside reader knows these identifiers by the same meaning.

A file for each house, or a folder of files, holds the lists whose values that house gives. A code is never renamed or
reused.
"""
