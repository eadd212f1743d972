import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB } from '../../model/bytes.ts'
import { endingOf, meaningOf } from './verdict.ts'
import type { EndedFor, EndMeaning, EndSeen } from './verdict.ts'

const KILLED: EndSeen = {
  code: null,
  signal: 'SIGKILL',
  lastWords: '',
  endedFor: null,
  kernelKills: 0,
  limitBytes: 4 * GIB,
}

/** What Node 24 says last when its heap is full, shortened in the middle. */
const HEAP = `<--- Last few GCs --->

[1432:0x7f2c4c000000]    12034 ms: Mark-Compact (reduce) 46.1 (49.6) -> 46.1 (48.9) MB, pooled: 0 MB

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xe36196 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
 2: 0x7f2c5a029d90  [/lib/x86_64-linux-gnu/libc.so.6]`

describe('out of memory', () => {
  it('is what the kernel killed in the group of the worker', () => {
    expect(meaningOf({ ...KILLED, kernelKills: 1 })).toEqual({
      outcome: 'oom',
      restart: 'oom',
      says: 'out of memory: the kernel killed the worker at its limit of 4 GiB',
    })
  })

  it('is what V8 gave up for, before the kernel had to', () => {
    expect(meaningOf({ ...KILLED, signal: 'SIGABRT', lastWords: HEAP })).toEqual({
      outcome: 'oom',
      restart: 'oom',
      says: 'out of memory: heap exhausted within the limit of 4 GiB',
    })
  })

  it.each([
    'RangeError: Array buffer allocation failed',
    'RangeError: Invalid array buffer length',
    "Error [ERR_MEMORY_ALLOCATION_FAILED]: Failed to allocate memory\n  code: 'ERR_MEMORY_ALLOCATION_FAILED'",
  ])('is what a buffer could not be had for: %s', (lastWords) => {
    expect(meaningOf({ ...KILLED, code: 1, signal: null, lastWords }).outcome).toBe('oom')
  })

  it('is what we ended it for, where nothing else keeps the limit', () => {
    expect(meaningOf({ ...KILLED, endedFor: 'over-limit' })).toEqual({
      outcome: 'oom',
      restart: 'oom',
      says: 'out of memory: the worker had more than its 4 GiB resident, and was ended',
    })
  })
})

describe('a crash', () => {
  it.each<[string, Partial<EndSeen>, string]>([
    ['a kill by somebody else', {}, 'the worker ended with SIGKILL'],
    ['a fault', { signal: 'SIGSEGV' }, 'the worker ended with SIGSEGV'],
    ['an end by itself', { signal: null, code: 0 }, 'the worker ended with exit code 0'],
    [
      'an error, with its last line',
      { signal: null, code: 1, lastWords: 'Error: no such module\n\nNode.js v24.21.0' },
      'the worker ended with exit code 1 (Node.js v24.21.0)',
    ],
    [
      'a program that is not there',
      { signal: null, lastWords: 'spawn /opt/node ENOENT' },
      'the worker could not be started (spawn /opt/node ENOENT)',
    ],
  ])('is %s, and no lack of memory', (_, seen, says) => {
    expect(meaningOf({ ...KILLED, ...seen })).toEqual({ outcome: 'crash', restart: 'crash', says })
  })

  it('is told in few words, however many the worker had', () => {
    expect(meaningOf({ ...KILLED, lastWords: 'x'.repeat(4_000) }).says.length).toBeLessThan(300)
  })
})

it.each<[Exclude<EndedFor, null>, EndMeaning['outcome'], EndMeaning['restart'], string]>([
  ['timeout', 'timeout', 'timeout', 'the scan took too long'],
  ['cancelled', 'cancelled', null, 'the job was cancelled'],
  ['manual', 'lost', 'manual', 'its worker was started again'],
  ['config', 'lost', 'config', 'its worker was started again'],
  ['stop', 'lost', null, 'the scanner was stopped'],
])('what we ended for %s is %s', (endedFor, outcome, restart, says) => {
  expect(meaningOf({ ...KILLED, endedFor })).toEqual({ outcome, restart, says })
})

it('every end has a meaning; without a kill, last words or a word of ours nothing is out of memory', () => {
  const seen = fc.record<EndSeen>({
    code: fc.option(fc.nat(255)),
    signal: fc.option(fc.constantFrom('SIGKILL', 'SIGTERM', 'SIGABRT')),
    lastWords: fc.string({ unit: 'binary' }),
    endedFor: fc.constantFrom(
      null,
      'timeout',
      'over-limit',
      'cancelled',
      'manual',
      'config',
      'stop',
    ),
    kernelKills: fc.nat(3),
    limitBytes: fc.nat(2 ** 40),
  })
  fc.assert(
    fc.property(seen, (end) => {
      const { outcome, says } = meaningOf(end)
      expect(says).not.toBe('')
      const isShown =
        end.endedFor === 'over-limit' || (end.endedFor === null && end.kernelKills > 0)
      expect(outcome === 'oom').toBe(isShown)
    }),
  )
})

describe('what is kept of an end', () => {
  it.each<[string, Partial<EndSeen>, number | null, string, RegExp]>([
    ['the kernel, at the limit', { kernelKills: 1 }, 137, 'kernel', /its limit of 4 GiB$/],
    ['a kill by somebody', {}, 137, 'somebody', /somebody killed it, or the machine ran out/],
    ['a polite end', { signal: 'SIGTERM' }, 143, 'somebody', /ended with SIGTERM$/],
    ['a fault', { signal: 'SIGSEGV' }, 139, 'itself', /ended with SIGSEGV$/],
    ['a full heap', { signal: 'SIGABRT', lastWords: HEAP }, 134, 'itself', /heap exhausted/],
    ['an exit', { signal: null, code: 3 }, 3, 'itself', /exit code 3$/],
    ['no beginning', { signal: null, code: null }, null, 'itself', /could not be started$/],
    ['a timeout', { endedFor: 'timeout' }, 137, 'scanner', /took too long$/],
    ['a restart', { endedFor: 'manual' }, 137, 'scanner', /somebody asked for it/],
    ['another limit', { endedFor: 'config' }, 137, 'scanner', /another limit$/],
  ])('tells %s', (_, change, exitCode, by, says) => {
    const end = endingOf({ ...KILLED, ...change }, 5)
    expect(end).toMatchObject({ at: 5, exitCode, by, says: expect.stringMatching(says) })
  })
})
