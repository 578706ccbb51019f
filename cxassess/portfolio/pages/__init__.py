"""The pages of a portfolio's report, one module each."""
