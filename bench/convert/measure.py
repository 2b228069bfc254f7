"""Runs a command and prints its resource usage as JSON. usage: measure.py COMMAND [ARGUMENT ...]"""

import json
import os
import sys
import time

started = time.monotonic()
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(process, 0)
print(
    json.dumps(
        {
            "exitCode": os.waitstatus_to_exitcode(status),
            "wallSeconds": time.monotonic() - started,
            "cpuSeconds": used.ru_utime + used.ru_stime,
            # Kilobytes on Linux.
            "peakMiB": used.ru_maxrss / 1024,
        }
    )
)
