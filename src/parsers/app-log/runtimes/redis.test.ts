import { expect, it } from 'vitest'

import { hintsOf, readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

it('knows a server that got no memory and aborted, as Redis 7.0 writes it', () => {
  expect(reportsOf(readRecorded('redis/allocation'))).toEqual(['native, fatal'])
})

it('knows a refused write at maxmemory, which ends nothing', () => {
  expect(reportsOf(readRecorded('redis/maxmemory'))).toEqual(['maxmemory, may be caught'])
})

it('sees the fork for a snapshot and the stop that was asked for', () => {
  const log = readRecorded('redis/snapshot-and-sigterm')
  expect(reportsOf(log)).toEqual([])
  expect(hintsOf(log, 'fork-snapshot')).toHaveLength(2)
  expect(hintsOf(log, 'shutdown-signal')).toHaveLength(1)
})

it('knows a fork that the system refused (hand-written)', () => {
  const line =
    "1:M 21 Nov 2026 05:59:12.836 # Can't save in background: fork: Cannot allocate memory\n"
  expect(reportsOf(readText(line))).toEqual(['fork, may be caught'])
})

it('reads how much memory a snapshot copied (hand-written)', () => {
  const line =
    '11:C 21 Nov 2026 05:59:21.508 * Fork CoW for RDB: current 52 MB, peak 53 MB, average 43 MB\n'
  expect(hintsOf(readText(line), 'fork-snapshot')[0]?.bytes).toBe(53 * 2 ** 20)
})
