"""Lists of reports from other systems: read in batches, matched at once, filed by sets.

Owns the way from a file to reports and cases.  No row is handled alone: columns are checked as arrays, rows reach the
database by COPY, and each table gets its rows by one statement (``sql/*.sql``).
"""
