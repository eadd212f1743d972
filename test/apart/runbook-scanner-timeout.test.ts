/** The runbook of scans that take too long, on a scan that really does. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { until } from '../support/testbed.ts'

let data = ''
let image = ''
let serving: Serving
let scanner: Scanner
let job = ''

const timeouts = (): Book => book('scanner-timeout', { image, job }, { STELLA_DATA: data })

async function limit(): Promise<string | null | undefined> {
  const settings = await scanner.desk.settings()
  return settings.find(({ key }) => key === 'timeouts.scan')?.value
}

describe.skipIf(requireParts('root', 'cgroup-v1'))('the runbook scanner-timeout', () => {
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'stella-test-scanner-timeout-'))
    image = await largeImage(data, 2)
    serving = await startServing(data)
    scanner = scannerOf(serving)
    await scanner.set('timeouts.scan', '1s')
    const pid = await until('a worker is idle', async () => {
      const [worker] = await scanner.desk.workers()
      return worker?.state === 'idle' && worker.pid
    })
    // No scan is so slow on every machine: this one stands still, and is ended when its time is over.
    process.kill(pid, 'SIGSTOP')
    const [late] = await scanner.ended([await scanner.submit(image)])
    expect(late?.state).toBe('timeout')
    job = late?.id ?? ''
  })
  afterAll(async () => {
    await serving.stop()
    rmSync(data, { recursive: true, force: true })
  })

  it('sees what took too long, and waits before it gives it more', async () => {
    const looked = await timeouts().start()
    expect(looked.states, looked.told).toMatchObject({
      doctor: 'problem',
      size: 'ok',
      longer: 'waits',
    })
    expect(looked.code).toBe(4)
    expect(await limit()).toBe('1s')
  })

  it('gives scans more time, tries the job again, and sees that it ends', async () => {
    const looked = await timeouts().start()
    const mended = await timeouts().approve(looked, '--step', 'longer', '--step', 'again')
    expect(mended.states, mended.told).toMatchObject({
      longer: 'ok',
      again: 'ok',
      once: 'skipped',
      scanned: 'ok',
      holds: 'ok',
    })
    expect([mended.verdict, mended.code]).toEqual(['resolved', 0])
    expect(await limit()).toBe('1h')
  })

  it('finds nothing then, and changes nothing', async () => {
    const well = await timeouts().start()
    expect(well.states['longer'], well.told).toBe('skipped')
    expect([well.verdict, well.code]).toEqual(['well', 0])
    expect((await scanner.desk.job(job))?.attempts).toHaveLength(2)
  })
})
