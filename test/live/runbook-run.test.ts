/** The runbook of a scanner that runs out of memory, gone through by the engine, on a worker that really does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import type { Ran } from '../support/program.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'

const BOOK = fileURLToPath(new URL('../../runbooks/scanner-oom.md', import.meta.url))
const CHOSEN = ['raise', 'restart', 'again'].flatMap((id) => ['--step', id])

let data = ''
let image = ''
let serving: Serving
let job = ''

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-runbook-run-'))
  image = await largeImage(data, 200)
  serving = await startServing(data)
})
afterAll(async () => {
  await serving.stop()
  rmSync(data, { recursive: true, force: true })
})

function stella(...args: readonly string[]): Promise<Ran> {
  return runStella(args, { STELLA_DATA: data })
}

function runbook(path: string, ...args: readonly string[]): Promise<Ran> {
  const params = ['--param', `image=${image}`, '--param', `job=${job}`]
  return stella('runbook', 'run', path, ...params, ...args)
}

async function planHash(path: string): Promise<string> {
  return JSON.parse((await runbook(path, '--dry-run', '--json')).out).hash
}

/** The states of its steps, by their ids. */
function statesIn(out: string): Record<string, string> {
  const { steps }: { steps: { id: string; state: string }[] } = JSON.parse(out)
  return Object.fromEntries(steps.map(({ id, state }) => [id, state]))
}

async function limit(): Promise<string> {
  const { out } = await stella('scanner', 'config', 'get', 'worker.memory_limit', '--json')
  return JSON.parse(out).value
}

describe.skipIf(requireParts('root', 'cgroup-v1'))('a run of the runbook scanner-oom', () => {
  beforeAll(async () => {
    const scanner = scannerOf(serving)
    await scanner.set('sbom.streaming_threshold', '8Gi')
    await scanner.set('worker.memory_limit', '144Mi')
    await scanner.set('jobs.max_attempts', '1')
    await scanner.restart()
    const { code, out } = await stella('scanner', 'jobs', 'submit', image, '--wait', '--json')
    expect(code).toBe(1)
    job = JSON.parse(out).id
  })

  it('takes back what did not help: the limit is what it was', async () => {
    const path = join(data, 'impatient.md')
    writeFileSync(path, readFileSync(BOOK, 'utf8').replace('retry=60x30s', 'retry=3x1s'))
    const hash = await planHash(path)
    // Nobody asks for the job again: more memory alone does not scan it.
    const approval = ['--approve', hash, '--step', 'raise']
    const run = await runbook(path, ...approval, '--undo-on-failure', '--json')
    expect(statesIn(run.out), run.err).toMatchObject({
      doctor: 'problem',
      raise: 'undone',
      scanned: 'failed',
    })
    expect(JSON.parse(run.out).verdict).toBe('undone')
    expect(run.code).toBe(1)
    expect(await limit()).toBe('144Mi')
  })

  it('looks, waits for the approval of its plan, mitigates, and shows that it helped', async () => {
    const waiting = await runbook('scanner-oom', '--json')
    expect(waiting.code, waiting.err).toBe(4)
    expect(statesIn(waiting.out)).toMatchObject({ doctor: 'problem', size: 'ok', raise: 'waits' })
    expect(await limit()).toBe('144Mi')

    const { run } = JSON.parse(waiting.out)
    const approval = ['--approve', await planHash('scanner-oom'), ...CHOSEN]
    const done = await stella('runbook', 'resume', run, ...approval, '--json')
    expect(statesIn(done.out), done.err + done.out).toMatchObject({
      raise: 'ok',
      restart: 'ok',
      stream: 'skipped',
      again: 'ok',
      scanned: 'ok',
      released: 'ok',
      below: 'ok',
      holds: 'ok',
    })
    expect(JSON.parse(done.out).verdict).toBe('resolved')
    expect(done.code).toBe(0)
    expect(await limit()).toBe('8Gi')

    const report = await stella('runbook', 'report', run)
    expect(report.code).toBe(0)
    expect(report.out).toContain('**resolved**')
    expect(report.out).toContain('stella scanner config set worker.memory_limit 8Gi')
  })
})
