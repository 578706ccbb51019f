"""The pages of the report, one module each: a view of the shown scores in, a page of blocks out."""
