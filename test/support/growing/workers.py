"""A master and its workers: `workers.py WORKERS LEAKING MIB_PER_SECOND [always]`. One worker keeps all that it works on, the others
give it back. The master says the PID of the leaking one, as the container counts it, then `ready`. A worker that ends is replaced by
another one, which leaks with `always` alone."""

import os
import signal
import sys
import time

MIB = 1 << 20
workers, leaking, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
always = sys.argv[4:] == ['always']


def work(leaks):
    kept = []
    while True:
        piece = bytearray(os.urandom(4096)) * (MIB // 4 // 4096)
        if leaks:
            kept.append(piece)
        time.sleep(0.25 / rate)


def start(index, leaks):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work(leaks)
    if index == leaking:
        print(pid, flush=True)
    return pid


# As PID 1 of a container it would not end at all.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
pids = {start(index, index == leaking): index for index in range(workers)}
print('ready', flush=True)
while True:
    pid, _ = os.wait()
    index = pids.pop(pid)
    pids[start(index, always and index == leaking)] = index
