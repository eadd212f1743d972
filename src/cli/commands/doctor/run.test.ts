import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { CASE_ID, startScanner, testWorker } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'
import { GIB } from '../../../model/bytes.ts'

const REQUEST = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
let scanner: TestScanner
let url = ''
let empty = ''
beforeAll(async () => {
  empty = mkdtempSync(join(tmpdir(), 'stella-doctor-'))
  scanner = await startScanner()
  url = await scanner.serve()
  await scanner.store.pools.tell('one', [testWorker({ usageBytes: 3.9 * GIB })])
  for (const image of ['a:1', 'b:1', 'c:1']) await scanner.desk.submit({ ...REQUEST, image }, 'x')
  await scanner.fail('default', 'failed')
  await scanner.finish('default', {})
}, 60_000)
afterAll(async () => {
  await scanner.end()
  rmSync(empty, { recursive: true, force: true })
})

function doctor(...args: readonly string[]) {
  return stella(['doctor', ...args, '--server', url])
}

function about(...ids: readonly string[]): string[] {
  return ids.flatMap((id) => ['--check', `check.scanner.${id}`])
}

describe('one check', () => {
  it('answers with what it found, what to do, and its runbook', async () => {
    const { code, out } = await doctor(...about('memory-usage'), '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      schema: 'stella.doctor/1',
      checks: [
        {
          id: 'check.scanner.memory-usage',
          title: expect.any(String),
          severity: 'high',
          status: 'fail',
          says: expect.stringMatching(
            /^default-1 uses 97\.5 % of its limit .*; a:1 could not be scanned/,
          ),
          do: 'stella scanner workers stats --watch',
          runbook: 'runbooks/scanner-oom.md',
          problems: [
            { status: 'fail', says: expect.any(String), do: expect.any(String), fix: null },
            {
              status: 'fail',
              says: expect.stringMatching(/^a:1 could not be scanned/),
              do: expect.stringContaining('worker.memory_limit 8Gi'),
              fix: 'stella doctor fix --check check.scanner.memory-usage',
            },
            { status: 'warn', says: expect.any(String), do: expect.any(String), fix: null },
          ],
          evidence: expect.objectContaining({
            outOfMemory: [expect.objectContaining({ image: 'a:1', case: CASE_ID })],
          }),
        },
      ],
    })
    const upstream = await doctor('--check', 'check.scanner.resources', '--json')
    expect(JSON.parse(upstream.out)).toEqual(JSON.parse(out))
  })

  it('that passes has nothing to do, and exit code 0', async () => {
    const { code, out } = await doctor(...about('routing'), '--format', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ checks: [{ status: 'pass', do: 'nothing' }] })
  })

  it('that there is not leads to the one that was meant', async () => {
    expect(await doctor('--check', 'check.scanner.memory')).toEqual({
      code: 2,
      out: '',
      err: "stella: --check: there is no check 'check.scanner.memory'; did you mean 'check.scanner.memory-usage'?\n",
    })
  })
})

it('tells the worst first, with what to do below', async () => {
  const { code, out } = await doctor(...about('routing', 'queue', 'worker-health'))
  expect(code).toBe(1)
  const lines = out.trimEnd().split('\n')
  expect(lines[0]).toBe('Checks: 1 fails, 1 warns, 1 passes')
  expect(lines.slice(2).map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([
    ['fail', 'check.scanner.queue'],
    ['1', 'of'],
    ['do:', 'stella'],
    ['read:', 'stella'],
    ['warn', 'check.scanner.worker-health'],
    ['1', 'worker'],
    ['do:', 'stella'],
    ['read:', 'stella'],
    ['pass', 'check.scanner.routing'],
  ])
  const quiet = await doctor(...about('routing', 'queue', 'worker-health'), '--quiet')
  expect(quiet.out).toBe('fail check.scanner.queue\nwarn check.scanner.worker-health\n')
})

it('leads on to what can be read from any folder', async () => {
  const { out } = await doctor(...about('queue'))
  const [, command = ''] = /^ +read: stella (runbook show .+)$/m.exec(out) ?? []
  const shown = await stella(command.split(' '))
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('scanner-queue') })
  // Nobody has watched in this folder: that is told with a page of the docs.
  const watch = await stella(['doctor', '--check', 'check.stella.watch', '--data', empty])
  const [, page = ''] = /^ +read: (\/.+)$/m.exec(watch.out) ?? []
  expect(readFileSync(page, 'utf8')).toContain('stella watch')
})

it('writes a table for a ticket, and the evidence of what is not well', async () => {
  const { out } = await doctor(...about('queue', 'routing'), '--format', 'markdown')
  expect(out).toMatch(/^# stella doctor: 1 fails, 1 passes\n\n\| status \|/)
  expect(out).toMatch(
    /^\| fail \| `check\.scanner\.queue` \| 1 of 2 jobs that ended .* \(50 %\) \|/m,
  )
  const [, block = ''] = /```json\n([^]*?)```/.exec(out) ?? []
  expect(JSON.parse(block)).toMatchObject({
    depth: 1,
    failedJobs: 1,
    endedJobs: 2,
    failureRate: 0.5,
  })
  expect(out.match(/^## /gm)).toHaveLength(1)
})

it('fits 80 columns, as text and as a table, in colour at a terminal alone', async () => {
  for (const format of ['text', 'table']) {
    const args = ['doctor', '--check', 'scanner', '--server', url, '--format', format]
    const { out } = await stella(args, { columns: 80, env: { NO_COLOR: '1' } })
    // Commands stay whole, so that they can be copied.
    const long = out.split('\n').filter((line) => line.length > 80 && !line.includes(' stella '))
    expect(long).toEqual([])
    expect(out).not.toContain('\u001b')
  }
  const coloured = await stella(['doctor', ...about('queue'), '--server', url], { columns: 80 })
  expect(coloured.out).toContain('\u001b[')
})

it('writes a row for each check, the worst first', async () => {
  const { code, out } = await doctor(...about('routing', 'queue'), '--format', 'table')
  expect(code).toBe(1)
  const rows = out.split('\n').filter((line) => !line.startsWith(' '))
  expect(rows.map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['STATUS', 'SEVERITY', 'CHECK'],
    ['fail', 'high', 'check.scanner.queue'],
    ['pass', 'medium', 'check.scanner.routing'],
    [''],
  ])
})

it('is told by the server as well, check by check', async () => {
  const told = await fetch(new URL('api/doctor?check=scanner.memory-usage', url))
  const { out } = await doctor(...about('memory-usage'), '--json')
  expect(await told.json()).toEqual(JSON.parse(out))
  const none = await fetch(new URL('api/doctor?check=nonsense', url))
  expect([none.status, await none.json()]).toEqual([
    400,
    expect.objectContaining({ error: "there is no check 'nonsense'" }),
  ])
})

it('asks the server for the alerts that it has heard of', async () => {
  const { out } = await doctor('--check', 'stella.alerts', '--json')
  expect(JSON.parse(out)).toMatchObject({
    checks: [{ status: 'warn', evidence: { lastAlertHeardAt: null } }],
  })
  const away = await stella([
    'doctor',
    '--check',
    'stella.alerts',
    '--server',
    'http://127.0.0.1:9',
  ])
  expect(away.code).toBe(3)
})

describe('a scanner that cannot be asked', () => {
  it('because nobody has used one here is skipped, and none is made', async () => {
    const { code, out } = await stella(['doctor', ...about('queue'), '--data', empty, '--json'])
    expect(code).toBe(4)
    expect(JSON.parse(out)).toMatchObject({
      checks: [
        {
          status: 'skip',
          says: 'no scanner has been used here',
          do: expect.stringContaining('--server'),
        },
      ],
    })
  })

  it('because its server is away is told as out of reach', async () => {
    const { code, out, err } = await stella([
      'doctor',
      ...about('queue', 'routing'),
      '--server',
      'http://127.0.0.1:9',
    ])
    expect([code, err]).toEqual([3, ''])
    expect(out).toMatch(/^skip {2}check\.scanner \(2 checks\) {2}http:\/\/127\.0\.0\.1:9: /m)
    expect(out.match(/ do: +see that 'stella serve' runs there/g)).toHaveLength(1)
  })

  it('because its address is none is a wrong call', async () => {
    const { code, err } = await stella(['doctor', ...about('queue'), '--database', 'nonsense'])
    expect([code, err]).toEqual([2, expect.stringContaining('--database')])
  })
})
