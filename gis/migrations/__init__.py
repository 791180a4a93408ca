"""The one place that names all tables.  Each revision runs hand-read SQL from ``sql/``."""
