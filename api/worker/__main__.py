"""The worker as ``gridwarden serve`` starts it: it ends with its standard input, so it never outlives the service."""

from api.worker.running import run_worker

if __name__ == "__main__":
    run_worker(beside=True)
