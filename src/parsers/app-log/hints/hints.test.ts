import { describe, expect, it } from 'vitest'

import { hintsOf, readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

describe('a killed child', () => {
  it.each([
    ['shell/killed-bash', 2],
    ['shell/killed-dash', 1],
    ['shell/killed-script', 1],
    ['shell/gunicorn-worker', 1],
  ])('%s names it', (name, count) => {
    expect(hintsOf(readRecorded(name), 'child-killed')).toHaveLength(count)
  })

  it.each([
    '2026/11/21 07:43:05 [alert] 1#1: worker process 29 exited on signal 9',
    '[21-Nov-2026 07:43:05] WARNING: [pool www] child 12 exited on signal 9 (SIGKILL) after 3.4 seconds from start',
    'DAMN ! worker 1 (pid: 12) died, killed by signal 9 :( trying respawn ...',
    'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 0.',
    'g++: fatal error: Killed signal terminated program cc1plus',
    'make: *** [Makefile:3: all] Killed',
  ])('is named by "%s" (hand-written)', (line) => {
    expect(hintsOf(readText(`${line}\n`), 'child-killed')).toHaveLength(1)
  })

  it.each(['Killed 12 zombies in level 3', 'The job was Killed by the operator', 'signal 9 bars'])(
    'is not seen in "%s"',
    (line) => {
      expect(hintsOf(readText(`${line}\n`), 'child-killed')).toEqual([])
    },
  )
})

describe('a stop that was asked for', () => {
  it.each([
    'Received SIGTERM, shutting down gracefully',
    '[notice] 1#1: signal 15 (SIGTERM) received from 42, exiting',
    'npm error signal received: got signal: terminated',
    '2026-11-21 07:43:05.640 UTC [1] LOG:  received fast shutdown request',
    'AH00491: caught SIGTERM, shutting down',
  ])('is seen in "%s" (hand-written)', (line) => {
    expect(hintsOf(readText(`${line}\n`), 'shutdown-signal')).toHaveLength(1)
  })

  it('is not seen where somebody only speaks of the signal', () => {
    const line = 'installing a handler for SIGTERM\n'
    expect(hintsOf(readText(line), 'shutdown-signal')).toEqual([])
  })
})

describe('the Java heap', () => {
  it('has its limit and its last use in the log of the collector', () => {
    const log = readRecorded('java/gc-log')
    expect(hintsOf(log, 'heap-limit')).toMatchObject([{ bytes: 32 * 2 ** 20 }])
    expect(hintsOf(log, 'heap-used')).toHaveLength(1)
    expect(hintsOf(log, 'heap-used')[0]?.bytes).toBeLessThanOrEqual(32 * 2 ** 20)
  })

  it('has its use in the log of JDK 8 (hand-written)', () => {
    const line =
      '[Full GC (Ergonomics) [PSYoungGen: 65536K->10748K(76288K)] [ParOldGen: 170K->99K(175104K)] 65706K->10847K(251392K), 0.0145 secs]\n'
    expect(hintsOf(readText(line), 'heap-used')[0]?.bytes).toBe(10_847 * 1024)
  })
})

describe('a write without memory', () => {
  it('is seen beside the error itself (hand-written)', () => {
    const log = readText("cp: error writing 'out.bam': Cannot allocate memory\n")
    expect(hintsOf(log, 'write-failed')).toHaveLength(1)
    expect(reportsOf(log)).toEqual(['system-call, fatal'])
  })
})

describe('a container that did not start', () => {
  it('is seen in the words of runc (hand-written)', () => {
    const line =
      'runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?)\n'
    expect(hintsOf(readText(line), 'container-start-failed')).toHaveLength(1)
  })
})
