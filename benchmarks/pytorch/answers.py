"""How a baseline speaks with `mor bench`: lines of JSON on standard input and output."""

import json
import resource
import sys
import time


def answer(run, synchronise=None):
    """Says that it is ready, then answers each {"steps": n} with the seconds and results of n calls of `run`, to the end of input.
    `run` returns a number, or a function that is called after the clock has stopped and returns one; `synchronise` waits for the
    device before it stops."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        seconds, results = [], []
        for _ in range(json.loads(line)["steps"]):
            began = time.perf_counter()
            result = run()
            if synchronise is not None:
                synchronise()
            seconds.append(time.perf_counter() - began)
            results.append(result() if callable(result) else result)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": seconds, "losses": results, "peak_bytes": peak}), flush=True)
