"""Charts: results in, a Matplotlib figure out, one figure family per file.

A figure is a page of its own: the title states the finding in words computed from the numbers drawn, the
footer says of what and how many. Nothing here computes a metric, shows a window or writes a file.
"""
