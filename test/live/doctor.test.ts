/** The doctor over a scanner whose workers have real limits and really die. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { MIB } from '../../src/model/bytes.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { until } from '../support/testbed.ts'

let images = ''
let large = ''
let data = ''
let serving: Serving | null = null
let scanner: Scanner

beforeAll(async () => {
  images = mkdtempSync(join(tmpdir(), 'stella-test-doctor-images-'))
  large = await largeImage(images, 200)
})
afterAll(() => rmSync(images, { recursive: true, force: true }))
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-doctor-'))
  serving = await startServing(data)
  scanner = scannerOf(serving)
})
afterEach(async () => {
  await serving?.kill()
  rmSync(data, { recursive: true, force: true })
})

interface Found {
  id: string
  status: string
  says: string
  do: string
  evidence: Record<string, unknown>
}

async function doctor(id: string): Promise<Found & { code: number | null }> {
  const { code, out, err } = await runStella(['doctor', '--check', id, '--json', '--data', data])
  const [found]: Found[] = out === '' ? [] : JSON.parse(out).checks
  if (found === undefined) throw new Error(err)
  return { code, ...found }
}

/** Lets stella mend what one check finds; gives the record. */
async function mended(id: string): Promise<string> {
  const args = ['doctor', 'fix', '--check', id, '--apply', '--json', '--data', data]
  const { code, out, err } = await runStella(args)
  expect([code, err]).toEqual([0, ''])
  const { mendings }: { mendings: { record: { id: string }; after: object }[] } = JSON.parse(out)
  expect(mendings).toMatchObject([{ state: 'made', after: { helped: true } }])
  return mendings[0]?.record.id ?? ''
}

/** As it is set, and as the one worker has it that began anew: undoing ends no worker. */
async function limits(): Promise<[string | null | undefined, number | undefined]> {
  const settings = await scanner.desk.settings()
  let bytes: number | undefined
  await until('a worker began anew', async () => {
    const [worker] = await scanner.desk.workers()
    bytes = worker?.limitBytes
    return worker?.state === 'idle' && bytes === 288 * MIB
  })
  return [settings.find(({ key }) => key === 'worker.memory_limit')?.value, bytes]
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'kmsg', 'setpriv'))('stella doctor', () => {
  it('begins nothing by looking', async () => {
    expect(await doctor('check.scanner.worker-health')).toMatchObject({ code: 4, status: 'skip' })
  })

  it('tells an image that the kernel killed its worker for, until workers have more and it is scanned', async () => {
    await roomForReports()
    await scanner.set('jobs.max_attempts', '1')
    await scanner.set('sbom.streaming_threshold', '8Gi')
    await scanner.set('worker.memory_limit', '144Mi')
    await scanner.restart()
    expect(await doctor('check.scanner.memory-usage')).toMatchObject({ code: 0 })
    const [failed] = await scanner.ended([await scanner.submit(large)])
    const found = await doctor('check.scanner.memory-usage')
    expect(found).toMatchObject({
      code: 1,
      status: 'fail',
      says: expect.stringContaining('could not be scanned: out of memory at 144 MiB'),
      evidence: { outOfMemory: [{ job: failed?.id, case: failed?.attempts[0]?.caseId }] },
    })
    expect(found.do).toMatch(
      /^stella scanner config set worker\.memory_limit 288Mi, then stella scanner jobs retry/,
    )
    expect(await doctor('check.scanner.worker-health')).toMatchObject({
      status: 'warn',
      evidence: { endedOutOfMemory: 1, endedBySigkill: 0 },
    })
    const id = await mended('check.scanner.memory-usage')
    expect(await limits()).toEqual(['288Mi', 288 * MIB])
    const undone = await runStella(['doctor', 'fix', '--undo', id, '--data', data])
    expect([undone.code, undone.err]).toEqual([0, ''])
    expect(await limits()).toEqual(['144Mi', 288 * MIB])
    await scanner.set('worker.memory_limit', '1Gi')
    await scanner.restart()
    expect(await doctor('check.scanner.memory-usage')).toMatchObject({
      code: 0,
      status: 'warn',
      says: expect.stringContaining('less than workers have now'),
    })
    await scanner.desk.retry(failed?.id ?? '')
    await scanner.ended([failed?.id ?? ''])
    expect(await doctor('check.scanner.memory-usage')).toMatchObject({ code: 0, status: 'pass' })
  })

  it('does not take a worker that somebody killed for one that ran out of memory', async () => {
    await scanner.restart()
    const [before] = await scanner.desk.workers()
    process.kill(before?.pid ?? 0, 'SIGKILL')
    await until('another worker is there', async () => {
      const [worker] = await scanner.desk.workers()
      return worker?.state === 'idle' && worker.pid !== before?.pid
    })
    const found = await until('the log has it', async () => {
      const answer = await doctor('check.scanner.worker-health')
      return answer.evidence['endedBySigkill'] === 1 && answer
    })
    expect(found).toMatchObject({
      status: 'warn',
      says: expect.stringContaining('not their own limit'),
      evidence: {
        endedOutOfMemory: 0,
        endedBySigterm: 0,
        lastEnds: [expect.objectContaining({ exitCode: 137, by: 'somebody' })],
      },
    })
    expect(await doctor('check.scanner.memory-usage')).toMatchObject({ status: 'pass' })
  })

  it('tells a user without rights what is closed to them', () => {
    const { stdout } = spawnSync(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        '--inh-caps=-all',
        '--bounding-set=-all',
        process.execPath,
        LAUNCHER,
      ].concat(['doctor', '--check', 'host', '--json']),
      { env: { ...process.env, STELLA_DATA: '/nonexistent' }, encoding: 'utf8' },
    )
    const { checks }: { checks: Found[] } = JSON.parse(stdout)
    const byId = new Map(checks.map((check) => [check.id, check]))
    expect(byId.get('check.host.rights')).toMatchObject({
      status: 'warn',
      says: expect.stringContaining('user 65534'),
    })
    expect(byId.get('check.host.kernel-log')).toMatchObject({
      status: expect.stringMatching(/^(?:warn|fail)$/),
      do: expect.stringContaining('CAP_SYSLOG'),
    })
    expect(byId.get('check.host.memory')?.says).toMatch(/of the memory is available/)
  })

  it('reads a database that nobody serves, and says that nobody does', async () => {
    await scanner.restart()
    await serving?.kill()
    await runStella(['scanner', 'jobs', 'submit', large, '--data', data])
    expect(await doctor('check.scanner.worker-health')).toMatchObject({
      code: 1,
      says: expect.stringContaining('1 job waits in default, and no worker of it runs'),
      do: expect.stringContaining('stella serve'),
    })
  })
})
