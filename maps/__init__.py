"""Pictures of areas and cases, read only.

Owns vector tiles and the style of the maps.  Changes nothing; knows ``grids`` and ``gis``.
"""
