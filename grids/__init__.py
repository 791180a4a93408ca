"""Who is responsible, and the cases.

Owns areas, editions, postings, ``locate`` (over ``gis_match``), reports, cases and who may see
them.  Knows ``gis`` and nothing above: no HTTP, no HTML.
"""
