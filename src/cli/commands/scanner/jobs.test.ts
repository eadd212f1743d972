import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { NOW, stella } from '../../../../test/support/command-line.ts'
import { CASE_ID, KILLED_MEMORY, LAYER, startScanner } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'
import { userName } from '../../scanner-desk.ts'

let scanner: TestScanner
let url = ''
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stella-jobs-'))
  scanner = await startScanner()
  url = await scanner.serve()
}, 60_000)
afterAll(async () => {
  await scanner.end()
  rmSync(folder, { recursive: true, force: true })
})

function jobs(...args: readonly string[]) {
  return stella(['scanner', 'jobs', ...args, '--server', url])
}

const Job = z.looseObject({ schema: z.literal('stella.scanner-job/1'), id: z.string() })

async function submitted(...args: readonly string[]) {
  const { code, out } = await jobs('submit', ...args, '--json')
  expect(code).toBe(0)
  return Job.parse(JSON.parse(out))
}

async function listed(...args: readonly string[]): Promise<string[]> {
  const { code, out } = await jobs('list', ...args, '--quiet')
  expect(code).toBe(0)
  return out.split('\n').flatMap((line) => line.split(/\s+/)[1] ?? [])
}

describe('submit', () => {
  it('keeps what was asked for, and in whose name', async () => {
    const options = ['--priority', '7', '--platform', 'arm64', '--timeout', '1h', '--read-again']
    expect(await submitted('shop:1', ...options)).toMatchObject({
      state: 'queued',
      image: 'shop:1',
      priority: 7,
      platform: 'linux/arm64',
      timeoutMs: 3_600_000,
      readsAgain: true,
      createdBy: userName(),
      createdAt: new Date(NOW).toISOString(),
    })
  })

  it('says where it went, and that nobody works', async () => {
    const { code, out, err } = await jobs('submit', 'away:1')
    expect(code).toBe(0)
    expect(out).toMatch(/^queued {2}away:1\n {2}Id +[\da-f-]{36}\n/)
    expect(out).toContain('its size is not known: the registry is out of reach')
    expect(err).toContain('no workers run')
    const { out: id } = await jobs('submit', 'quiet:1', '--quiet')
    expect(id).toMatch(/^[\da-f-]{36}\n$/)
  })

  it('makes a path whole, for the scanner may run in another folder', async () => {
    expect((await submitted('./src')).image).toBe(resolve('src'))
    expect((await submitted('oci:some/image:1')).image).toBe(`oci:${resolve('some/image:1')}`)
    expect((await submitted('dir:here')).image).toBe(`dir:${resolve('here')}`)
  })

  it('waits for the end: 0 where it is done, 1 where it is not', async () => {
    const waiting = jobs('submit', 'wait:1', '--priority', '900', '--wait', '--quiet')
    await expect.poll(() => listed('--image', 'wait:1')).toHaveLength(1)
    await scanner.finish('default', {})
    expect((await waiting).code).toBe(0)
    const failing = jobs('submit', 'wait:2', '--priority', '900', '--wait')
    await expect.poll(() => listed('--image', 'wait:2')).toHaveLength(1)
    await scanner.fail('default', 'timeout')
    const { code, out } = await failing
    expect([code, out.split(' ')[0]]).toEqual([1, 'timeout'])
  })
})

describe('list', () => {
  it('shows what is needed to choose one, newest first', async () => {
    const { code, out } = await jobs('list', '--image', 'wait:2')
    expect(code).toBe(0)
    const [head, ...rows] = out.trimEnd().split('\n')
    expect(head).toMatch(/^JOB +CREATED +STATUS +POOL +SIZE +ATTEMPTS +IMAGE +NOTE$/)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatch(
      /^[\da-f]{8} +2026-05-01 .* timeout +default +256 MiB +1 +wait:2 +out of memory at 4 GiB$/,
    )
  })

  it('finds those that failed lately, under either word', async () => {
    await submitted('bad:1', '--priority', '900')
    await scanner.fail('default', 'failed')
    expect(await listed('--status', 'failed', '--since', '1h')).toEqual(['bad:1'])
    expect(await listed('--status', 'sbom_failed')).toEqual(['bad:1'])
    expect(await listed('--status', 'timeout', '--last', '1h')).toEqual(['wait:2'])
    expect(await listed('--status', 'failed,timeout', '--image', 'BAD')).toEqual(['bad:1'])
  })

  it('says what is left out, and that there is nothing', async () => {
    expect((await jobs('list', '--limit', '2')).out).toContain('newest 2; --limit shows more')
    const document = JSON.parse((await jobs('list', '--limit', '2', '--json')).out)
    expect(document).toMatchObject({ schema: 'stella.scanner-jobs/1', next: expect.any(String) })
    expect(document.jobs).toHaveLength(2)
    expect((await jobs('list', '--image', 'nobody')).out).toMatch(/^No job is of this kind/)
  })
})

describe('show', () => {
  it('tells of each attempt, and which case explains it', async () => {
    const { id } = await submitted('story:1', '--priority', '900')
    await scanner.fail('default', 'failed')
    const { code, out } = await jobs('show', id.slice(0, 8))
    expect(code).toBe(0)
    expect(out).toMatch(/^failed {2}story:1\n/)
    expect(out).toMatch(/1 +\w+ +default +default-1 +4 GiB +4 GiB +oom +out of memory at 4 GiB/)
    expect(out).toContain(`stella cases show ${CASE_ID}`)
    const details = await stella(['scanner', 'job', 'details', id, '--server', url, '--json'])
    expect(JSON.parse(details.out)).toMatchObject({
      schema: 'stella.scanner-job/1',
      attempts: [{ outcome: 'oom', limitBytes: 4 * 2 ** 30, caseId: CASE_ID }],
    })
  })

  it('tells the course of its memory, phase by phase, and of its layers', async () => {
    const { id } = await submitted('course:1', '--priority', '900')
    await scanner.fail('default', 'failed')
    const { out } = await jobs('show', id)
    expect(out).toContain(
      'Memory of attempt 1: 4 GiB of 4 GiB at most; it ended with 1 of 3 layers known',
    )
    expect(out).toMatch(/\n {2}open +0\.4 s +256 MiB +▁▁\n {2}read layers +9\.6 s +4 GiB +▅█\n/)
    expect(JSON.parse((await jobs('show', id, '--json')).out)).toMatchObject({
      memory: [{ attempt: 1, ...KILLED_MEMORY }],
      layers: [],
    })
    const { id: done } = await submitted('layers:1', '--priority', '900')
    await scanner.finish('default', { bomFormat: 'CycloneDX' })
    expect(JSON.parse((await jobs('show', done, '--json')).out)).toMatchObject({ layers: [LAYER] })
  })

  it('writes the SBOM, or nothing', async () => {
    const { id } = await submitted('sbom:1', '--priority', '900')
    await scanner.finish('default', { bomFormat: 'CycloneDX' })
    const file = join(folder, 'sbom.json')
    const { code, out } = await jobs('show', id, '--sbom', file)
    expect([code, out]).toEqual([0, expect.stringContaining(`The SBOM is in ${file}.`)])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ bomFormat: 'CycloneDX' })
    expect((await jobs('show', id, '--sbom', join(folder, 'no/such'))).code).toBe(3)
    const { id: other } = await submitted('none:1')
    const none = await jobs('show', other, '--sbom', join(folder, 'none.json'))
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('has no SBOM: it is queued')])
    expect(readdirSync(folder)).toEqual(['sbom.json'])
  })
})

it('cancels a job, and tries it again', async () => {
  const { id } = await submitted('again:1')
  expect((await jobs('cancel', id)).out).toMatch(/^cancelled {2}again:1\n/)
  const twice = await jobs('cancel', id)
  expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('has ended already')])
  expect((await jobs('retry', id)).out).toMatch(/^queued {2}again:1\n/)
  const early = await jobs('retry', id)
  expect([early.code, early.err]).toEqual([2, expect.stringContaining('has not ended yet')])
})

describe('what is wrong is told', () => {
  it.each([
    [2, ['list', '--status', 'lost'], 'write one of queued, running'],
    [2, ['list', '--last', 'soon'], 'write it as 90s, 30m, 1h or 7d'],
    [2, ['list', '--limit', '0'], 'use a whole number'],
    [2, ['submit', 'a:1', '--priority', 'high'], 'use a whole number from -1000 to 1000'],
    [2, ['submit', 'a:1', '--timeout', '2d'], 'use 1s up to 24h'],
    [2, ['submit', 'a:1', '--platform', '///'], 'write it as linux/amd64'],
    [2, ['submit', '-'], 'standard input is gone by then'],
    [3, ['show', 'ffffffff'], 'stella scanner jobs list'],
    [3, ['cancel', 'ffffffff'], 'stella scanner jobs list'],
    [3, ['retry', 'ffffffff'], 'stella scanner jobs list'],
  ])('%i: %j', async (expected, args, says) => {
    const { code, out, err } = await jobs(...args)
    expect([code, out, err]).toEqual([expected, '', expect.stringContaining(says)])
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })
})
