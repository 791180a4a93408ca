"""Delivery: the HTTP application, its pages and static assets, and the command line.

Decides nothing about areas or cases; it translates requests into calls of ``grids`` and
``maps``, and their answers into JSON, HTML or lines of a terminal.
"""
