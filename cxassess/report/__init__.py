"""The report: pages of blocks, rendered in a notebook, as PDF and as HTML, for one organisation or for many."""
