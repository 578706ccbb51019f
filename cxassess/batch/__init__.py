"""The report run: many organisations, in many processes, safe to stop at any moment and to go on with."""
