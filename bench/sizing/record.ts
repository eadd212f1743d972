/**
 * Records the workloads of the comparison from real memory groups: `node bench/sizing/record.ts`
 * Each runs for two minutes under a limit that it does not reach, all at the same time; one sample every half second goes to
 * fixtures/workloads/NAME.jsonl. Needs root, Python, Node and Redis; the groups are removed again.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GIB } from '../../src/model/bytes.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import type { TestGroup } from '../../test/support/cgroups.ts'
import { run } from '../../test/support/testbed.ts'

const SECONDS = 120
const STEP_MS = 500
const STAT =
  /^(total_(rss|cache|shmem|dirty|writeback|swap|inactive_file|active_file)|anon|file|shmem|file_dirty|file_writeback|inactive_file|active_file|kernel_stack|pagetables|percpu|sock|vmalloc|slab_unreclaimable)$/

/** Files that stand on disk and in nobody's page cache: whoever reads them first is charged. */
const FILES = `
import os, sys
for name in range(12):
    with open(f'{sys.argv[1]}/{name}', 'wb') as file:
        file.write(os.urandom(24 << 20))
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
`

/** Reads files again and again beside a small heap: most of what is charged is page cache in use. */
const READER = `
import random, sys, time
folder, held = sys.argv[1], bytearray(36 << 20)
while True:
    with open(f'{folder}/{random.randrange(12)}', 'rb') as file:
        while file.read(1 << 18): pass
    request = bytearray(random.randrange(4 << 20, 24 << 20))
    time.sleep(0.2)
`

/** Workers that come and go with a load that swings. */
const WORKERS = `
import math, os, random, time
base = bytearray(30 << 20)
def work():
    held = bytearray(random.randrange(6 << 20, 18 << 20))
    time.sleep(random.uniform(1, 4))
    os._exit(0)
start = time.time()
while True:
    wanted = 4 + 3 * math.sin((time.time() - start) / 9)
    try:
        while os.waitpid(-1, os.WNOHANG)[0]: pass
    except ChildProcessError: pass
    if random.random() < wanted / 12 and os.fork() == 0: work()
    time.sleep(0.15)
`

/** A server of Node whose garbage collector lets the heap swing. */
const SERVER = `
const cache = new Map()
setInterval(() => {
  for (let i = 0; i < 400; i++) cache.set(Math.floor(Math.random() * 4000), 'x'.repeat(2000 + i) + Math.random())
  let junk = []
  for (let i = 0; i < 30000; i++) junk.push({ at: i, text: 'y' + i })
}, 40)
`

const folder = mkdtempSync(join(tmpdir(), 'workloads-'))
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  'file-reader': ['/usr/bin/python3', '-c', READER, folder],
  workers: ['/usr/bin/python3', '-c', WORKERS],
  'node-server': [process.execPath, '-e', SERVER],
  'redis-writes': [
    'sh',
    '-c',
    'redis-server --port 0 --unixsocket "$0/s" --save "" --maxmemory 64mb --maxmemory-policy allkeys-lru --dir "$0" > /dev/null & ' +
      'sleep 1; while :; do redis-benchmark -q -s "$0/s" -t set -r 200000 -d 400 -n 8000 > /dev/null; sleep 2; done',
    folder,
  ],
}

run(['/usr/bin/python3', '-c', FILES, folder])
const groups: TestGroup[] = []
try {
  await Promise.all(Object.entries(WORKLOADS).map(([name, argv]) => record(name, argv)))
} finally {
  for (const group of groups) await group.remove()
  rmSync(folder, { recursive: true })
}

async function record(name: string, argv: readonly string[]): Promise<void> {
  const group = createGroup(`workload-${name}`, GIB)
  groups.push(group)
  group.start(argv)
  const lines: string[] = []
  for (const end = Date.now() + SECONDS * 1_000; Date.now() < end; await sleep(STEP_MS)) {
    lines.push(JSON.stringify(sample(group)))
  }
  writeFileSync(
    join(import.meta.dirname, `../../fixtures/workloads/${name}.jsonl`),
    `${lines.join('\n')}\n`,
  )
}

/** What `stella size --series` reads: files by their names, and of memory.stat what it needs. */
function sample(group: TestGroup) {
  const t = Date.now() / 1_000
  const number = (file: string): number => Number(group.read(file))
  const stat = Object.fromEntries(
    group
      .read('memory.stat')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([key = '']) => STAT.test(key))
      .map(([key = '', value]) => [key, Number(value)]),
  )
  return group.version === 1
    ? {
        t,
        'memory.usage_in_bytes': number('memory.usage_in_bytes'),
        'memory.max_usage_in_bytes': number('memory.max_usage_in_bytes'),
        'memory.limit_in_bytes': number('memory.limit_in_bytes'),
        stat,
      }
    : {
        t,
        'memory.current': number('memory.current'),
        'memory.peak': number('memory.peak'),
        'memory.max': number('memory.max'),
        stat,
      }
}
