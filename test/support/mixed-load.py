"""Memory of every kind that tools tell differently: page cache that was read once and page cache that is read again,
tmpfs, anonymous memory, and children that share pages with their parent. Says `ready`, then waits."""

import mmap
import os
import signal

MIB = 1 << 20


def write(path, mebibytes):
    with open(path, 'wb') as file:
        for _ in range(mebibytes):
            file.write(os.urandom(MIB))
        file.flush()
        if not path.startswith('/dev/shm'):
            os.fsync(file.fileno())


write('/tmp/cold', 30)
write('/tmp/hot', 20)
for _ in range(4):
    with open('/tmp/hot', 'rb') as file:
        while file.read(MIB):
            pass
write('/dev/shm/shared', 15)
mine = bytearray(os.urandom(MIB)) * 25
file = open('/dev/shm/shared', 'r+b')
shared = mmap.mmap(file.fileno(), 0)
touched = sum(shared[at] for at in range(0, len(shared), mmap.PAGESIZE))
for child in range(3):
    if os.fork() == 0:
        touched += sum(shared[at] for at in range(0, len(shared), mmap.PAGESIZE))
        own = bytearray(os.urandom(MIB)) * (4 + child)
        print('child', flush=True)
        signal.pause()
print('ready', flush=True)
signal.pause()
