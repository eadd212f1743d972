"""Two processes with the same 8 MiB that may be merged (KSM); says `ready`, then waits."""

import mmap
import os
import signal

SIZE = 8 << 20
pages = b''.join(bytes([number % 251]) * mmap.PAGESIZE for number in range(SIZE // mmap.PAGESIZE))
os.fork()
memory = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_MERGEABLE)
memory.write(pages)
print('ready', flush=True)
signal.pause()
