"""The sample: Langfang with real names and codes, and everything else drawn or invented.

Owns what ``gridwarden demo`` builds: divisions, drawn areas, postings, sites, reports and the invented
nursery story, and how they get into the database.  The service itself never imports it.
"""
