"""Geometry and storage.

Owns coordinates and datums, reading and drawing boundaries, the spatial match
(``gis_match``), the database engine, the embedded cluster and ``gis.migrations``, the one
place that names all tables.  Knows no people, no cases and no HTTP.
"""
