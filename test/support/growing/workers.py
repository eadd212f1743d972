"""A master and its workers: `workers.py WORKERS LEAKING MIB_PER_SECOND`. One worker keeps all that it works on, the others
give it back. The master says the PID of the leaking one, as the container counts it, then `ready`."""

import os
import sys
import time

MIB = 1 << 20
workers, leaking, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])


def work(leaks):
    kept = []
    while True:
        piece = bytearray(os.urandom(4096)) * (MIB // 4 // 4096)
        if leaks:
            kept.append(piece)
        time.sleep(0.25 / rate)


for index in range(workers):
    pid = os.fork()
    if pid == 0:
        work(index == leaking)
    if index == leaking:
        print(pid, flush=True)
print('ready', flush=True)
os.wait()
