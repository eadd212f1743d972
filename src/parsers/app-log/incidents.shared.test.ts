import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { hintsOf, readBytes, reportsOf } from '../../../fixtures/app-log/read.ts'
import { recogniseLog } from './recognise.ts'

// Recorded incidents lie outside of this repository.
const INCIDENTS = new URL('../../../../shared/incidents/', import.meta.url)
const here = existsSync(INCIDENTS)
if (!here) console.log('skipped: no recorded incidents beside this repository')

function read(path: string) {
  return readBytes(readFileSync(new URL(path, INCIDENTS)))
}

describe.runIf(here)('recorded incidents', () => {
  it.each([
    ['jvm-heap-oome-exit1/logs-j1.txt', 'heap, fatal'],
    ['jvm-heap-exitonoome-exit3/logs-j2.txt', 'heap, fatal'],
    ['jvm-metaspace-oome-exit1/logs-j7.txt', 'metaspace, fatal'],
    ['node-heap-oom-init-134/logs-n1b.txt', 'heap, fatal'],
  ])('%s: the runtime gave up by itself', (path, report) => {
    expect(reportsOf(read(path))).toEqual([report])
  })

  it.each([
    'jvm-heap-above-limit-oomkill/logs-j4.txt',
    'jvm-direct-memory-oomkill/logs-j5.txt',
    'jvm-steady-near-limit-no-oom/logs-j10.txt',
    'node-heap-cgroup-oomkill/logs-n2.txt',
    'redis-bgsave-survives/redis.log',
    'v1-docker-swap-thrash-no-kill/logs-s2.txt',
  ])('%s: the log itself tells of no lack of memory', (path) => {
    expect(reportsOf(read(path))).toEqual([])
  })

  it.each([
    'v1-docker-child-killed-pid1-survives/logs-c2.txt',
    'v1-docker-tmpfs-shm-oom/logs-c10.txt',
    'v1-bare-pipes-oom/out.txt',
    'guest-k6.1-global-oom/stderr',
  ])('%s: a shell saw its child killed', (path) => {
    expect(hintsOf(read(path), 'child-killed')).toHaveLength(1)
  })

  it('are not told by the notes that lie beside them', () => {
    for (const incident of readdirSync(INCIDENTS, { withFileTypes: true })) {
      if (!incident.isDirectory()) continue
      for (const file of ['README', 'truth.json', 'host.txt']) {
        const path = new URL(`${incident.name}/${file}`, INCIDENTS)
        if (!existsSync(path)) continue
        expect(recogniseLog(readFileSync(path, 'utf8'), `${incident.name}/${file}`), file).toBe(
          false,
        )
      }
    }
  })
})
