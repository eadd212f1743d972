import { MIB } from '../../src/model/bytes.ts'

/** A program whose memory is recorded, and what is known of it because we wrote it. */
export interface Workload {
  name: string
  limitBytes: number
  /** Started again when it was killed. */
  restarts: boolean
  /** What counts as its load: tasks that carry this name. Null: none is told. */
  loadTask: string | null
  argv(paths: { hog: string; disk: string; tmpfs: string }): readonly string[]
}

function python(text: string): readonly string[] {
  return ['/usr/bin/python3', '-c', text]
}

/** Keys that are asked for at random fill a cache fast at first, and ever more slowly: what is there already is not added. */
const CACHE = `
import random, time
cache = {}
while True:
    for _ in range(40):
        key = random.randrange(6000)
        if key not in cache: cache[key] = bytearray(16384)
    time.sleep(0.02)
`

/** Asks for much at once, now and then, and gives it back. */
const BURSTS = `
import time
base = bytearray(40 << 20)
while True:
    time.sleep(11)
    job = bytearray(120 << 20)
    time.sleep(0.8)
    del job
`

/** A snapshot as Redis takes it: a child holds the state, the parent writes on. */
const SNAPSHOTS = `
import os, time
data = bytearray(80 << 20)
while True:
    time.sleep(12)
    child = os.fork()
    if child == 0:
        time.sleep(5)
        os._exit(0)
    for page in range(0, len(data), 4096):
        data[page] = (data[page] + 1) % 256
        if page % (4096 * 400) == 0: time.sleep(0.05)
    os.waitpid(child, 0)
`

/** Objects live for some seconds, long enough to leave the young generation, and are collected together. */
const GARBAGE = `
let ring = []
setInterval(() => {
  for (let i = 0; i < 1500; i++) ring.push({ at: Date.now(), text: 'x'.repeat(40) + i, more: new Array(40).fill(i) })
  if (ring.length > 150000) ring = []
}, 10)
`

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'leak',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: null,
    argv: ({ hog }) => [hog, 'anon=24M', 'grow=1M,250,400M', 'stay'],
  },
  {
    name: 'leak-restart-loop',
    limitBytes: 64 * MIB,
    restarts: true,
    loadTask: null,
    argv: ({ hog }) => [hog, 'anon=8M', 'grow=1M,250,400M', 'stay'],
  },
  {
    name: 'steady',
    limitBytes: 256 * MIB,
    restarts: false,
    loadTask: null,
    argv: ({ hog }) => [hog, 'anon=96M', 'stay'],
  },
  {
    name: 'page-cache',
    limitBytes: 256 * MIB,
    restarts: false,
    loadTask: null,
    argv: ({ disk }) => ['sh', '-c', fill(2), 'sh', disk],
  },
  {
    name: 'tmpfs',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: null,
    argv: ({ tmpfs }) => ['sh', '-c', fill(1), 'sh', tmpfs],
  },
  {
    name: 'workers',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: 'hog',
    argv: ({ hog }) => [
      'sh',
      '-c',
      'for wait in 5 5 5 5 5 5 5 5 5 5; do timeout 38 "$0" anon=24M stay & sleep $wait; done; wait',
      hog,
    ],
  },
  {
    name: 'warm-up',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: null,
    argv: () => python(CACHE),
  },
  {
    name: 'burst',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: null,
    argv: () => python(BURSTS),
  },
  {
    name: 'fork-copy-on-write',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: null,
    argv: () => python(SNAPSHOTS),
  },
  {
    name: 'garbage-collector',
    limitBytes: 512 * MIB,
    restarts: false,
    loadTask: null,
    argv: () => ['/usr/bin/node', '-e', GARBAGE],
  },
]

/** A file of so many MiB every quarter of a second. */
function fill(mebibytes: number): string {
  return `i=0; while true; do head -c ${mebibytes}M /dev/zero >"$1/$i"; i=$((i+1)); sleep 0.25; done`
}
