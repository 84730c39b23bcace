"""Files of rows 表格: Excel and CSV, in and out, from columns as data.

`columns` is what a topic says of its files; `values` is how a value stands in a cell; `reading` makes documents of
rows, as a request would hold them; `writing` makes rows of answers.
"""
