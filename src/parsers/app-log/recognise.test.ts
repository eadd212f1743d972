import { expect, it } from 'vitest'

import { recogniseLog } from './recognise.ts'

const HEAP = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n'

it.each([
  'app.log',
  'var/log/app.log.1',
  'logs-web.txt',
  'stdout',
  'stderr',
  'nohup.out',
  'out.txt',
])('knows %s by its name', (path) => {
  expect(recogniseLog('starting\n', path)).toBe(true)
})

it.each(['notes.txt', 'host.txt', 'data', 'config'])('does not take %s for a log', (path) => {
  expect(recogniseLog('the machine has 4 cores\n', path)).toBe(false)
})

it('knows other texts by the words of a runtime, or by the times of their lines', () => {
  expect(recogniseLog(`starting\n${HEAP}`, 'web.txt')).toBe(true)
  const stamped = '2026-11-21T07:43:05Z a\n2026-11-21T07:43:06Z b\n2026-11-21T07:43:07Z c\n'
  expect(recogniseLog(stamped, 'web.txt')).toBe(true)
})

it.each(['README', 'README.md', 'runbook.md', 'truth.json', 'LICENSE'])(
  'does not take %s for a log, whatever it quotes',
  (path) => {
    expect(recogniseLog(HEAP, path)).toBe(false)
  },
)

it('does not take a binary for a log, whatever its name', () => {
  expect(recogniseLog('\u0000\u0001\u0002ELF', 'app.log')).toBe(false)
  expect(recogniseLog('\ufffd\u0001'.repeat(100), 'app.log')).toBe(false)
  expect(recogniseLog('', 'app.log')).toBe(false)
})
