import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { kernelLog } from '../../parsers/kernel-log/index.ts'
import { readKernelLog } from './index.ts'

const zone = process.env['TZ']

beforeEach(() => {
  process.env['TZ'] = 'America/New_York'
})
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

async function timeOf(line: string, changed: string): Promise<string> {
  using reader = fakeReader({ files: { 'var/log/messages': `${line}\n` } })
  const at = Date.parse(changed) / 1000
  utimesSync(join(reader.root, 'var/log/messages'), at, at)
  const options = { since: null, signal: new AbortController().signal, maxBytes: 1_000_000 }
  const { observations } = await readKernelLog(reader, kernelLog, options)
  const kill = observations.find(({ fact }) => fact.kind === 'kernel-oom')
  return new Date(kill?.at ?? Number.NaN).toISOString()
}

const KILL =
  'Memory cgroup out of memory: Killed process 7 (app) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0'

it('takes the time of traditional syslog for what it is: local, and of the year before the last change', async () => {
  const line = `Dec 31 23:30:00 host kernel: [   12.500000] ${KILL}`
  expect(await timeOf(line, '2026-01-01T04:31:00Z')).toBe('2026-01-01T04:30:00.000Z')
  const summer = `Jul 10 08:00:00 host kernel: [   12.500000] ${KILL}`
  expect(await timeOf(summer, '2025-07-10T12:00:01Z')).toBe('2025-07-10T12:00:00.000Z')
})

it('takes a time with a zone as it stands', async () => {
  const line = `2026-07-10T08:00:00.250000+02:00 host kernel: [   12.500000] ${KILL}`
  expect(await timeOf(line, '2026-07-10T12:00:01Z')).toBe('2026-07-10T06:00:00.250Z')
})
