import { expect, it } from 'vitest'
import { kernelLog } from './index.ts'

/** Whether its silence counts, for times in which it was written. */
function covers(text: string): boolean {
  const reader = kernelLog.open({ from: 'messages', readAt: null, source: null })
  reader.push(new TextEncoder().encode(text))
  return reader.finish().some(({ fact }) => fact.kind === 'kernel-log-coverage')
}

const at = (minute: number, words: string): string =>
  `2026-11-02T11:${String(minute).padStart(2, '0')}:00+0000 host ${words}\n`

const PROGRAMS = [
  at(20, 'systemd[1]: Started app.'),
  at(21, 'sshd[22]: Accepted publickey for root'),
  at(22, 'cron[23]: (root) CMD (true)'),
].join('')

it('of programs alone says nothing about the kernel: their units, or the journal as a plain user sees it', () => {
  expect(covers(PROGRAMS)).toBe(false)
  const json = { __REALTIME_TIMESTAMP: '1762082400000000', SYSLOG_IDENTIFIER: 'sshd', MESSAGE: 'x' }
  expect(covers(JSON.stringify(json))).toBe(false)
})

it('in which the kernel speaks counts, wherever it does so', () => {
  const kernel = at(30, 'kernel: eth0: link becomes ready')
  expect(covers(PROGRAMS + kernel)).toBe(true)
  expect(covers(PROGRAMS.repeat(40_000) + kernel + PROGRAMS.repeat(1_000))).toBe(true)
})

it('of the kernel alone counts, and so does one without any mark', () => {
  expect(covers('[  12.000001] eth0: link becomes ready\n')).toBe(true)
  expect(covers('eth0: link becomes ready\n')).toBe(true)
})
