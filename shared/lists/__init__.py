"""Lists: one model says what a list can be asked for, in which order it comes, and whose rows it shows.

A list is a `ListQuery` in the `queries` of its topic. Its route takes the model as its query parameters; `page` limits
the rows to the regions of the caller, applies the filters, and cuts one page.
"""
