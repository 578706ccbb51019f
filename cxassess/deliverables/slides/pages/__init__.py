"""The slides, one module a matter: what the report says on it in, slides out."""
