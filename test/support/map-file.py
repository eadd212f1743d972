"""Maps a file and reads every page of it; says `ready`, then waits. Usage: map-file.py FILE"""

import mmap
import signal
import sys

with open(sys.argv[1], 'rb') as file:
    mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
touched = sum(mapped[at] for at in range(0, len(mapped), mmap.PAGESIZE))
print('ready', flush=True)
signal.pause()
