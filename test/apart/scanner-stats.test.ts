import { afterAll, beforeAll, expect, it } from 'vitest'
import { GIB } from '../../src/model/bytes.ts'
import { stellaOnTerminal } from '../support/pty.ts'
import { startScanner, testWorker } from '../support/scanner.ts'
import type { TestScanner } from '../support/scanner.ts'

let scanner: TestScanner
let url = ''
beforeAll(async () => {
  scanner = await startScanner()
  url = await scanner.serve()
})
afterAll(() => scanner.end())

function watching() {
  const args = ['scanner', 'workers', 'stats', '--watch', '--interval', '1s', '--server', url]
  return stellaOnTerminal(args, { columns: 80, rows: 24 })
}

it('stays current on one screen, and an interrupt is no failure', async () => {
  await scanner.store.pools.tell('one', [testWorker({ usageBytes: GIB })])
  const stella = watching()
  try {
    await stella.shows(/^default-1 +one +1 GiB +4 GiB +25%/m)
    await scanner.store.pools.tell('one', [testWorker({ usageBytes: 3 * GIB })])
    await stella.shows(/^default-1 +one +3 GiB +4 GiB +75%/m)
    process.kill(await stella.pid(), 'SIGINT')
    await stella.ended
    expect(stella.sent()).toContain('code=0')
    expect(stella.terminal).toMatchObject({ isAlternate: false, cursorShown: true, wraps: true })
  } finally {
    stella.kill()
  }
})

it('is left with a key', async () => {
  const stella = watching()
  try {
    await stella.shows(/q leaves/)
    stella.type('q')
    await stella.ended
    expect(stella.sent()).toContain('code=0')
  } finally {
    stella.kill()
  }
})
