"""The worker: reads the outbox, sends letters, calls programs, and does what is due at its time.

One process, or several; each of the modules here does one of these.  What is told to whom stands in ``grids.letters``,
when it is tried again in ``grids.deliveries``.  Nothing here is on the path of a request.
"""
