import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { CHECKS } from '../../src/doctor/checks/index.ts'
import { checksNamed } from '../../src/doctor/find-check.ts'
import { EXIT } from '../../src/model/errors.ts'
import { finds, stella } from '../support/command-line.ts'
import { deployedRules } from '../support/deployed.ts'
import { runbooks } from '../support/runbooks.ts'
import { sampleCase } from '../support/sample-case.ts'
import { startScanner, testWorker } from '../support/scanner.ts'
import type { TestScanner } from '../support/scanner.ts'
import { largeImage } from '../support/scanner-service.ts'

const RUNBOOKS = runbooks()
const PHASES = [
  'Symptoms',
  'Impact',
  'Quick checks',
  'Deep diagnosis',
  'Immediate mitigation',
  'Root-cause fix',
  'Verification',
  'Prevention',
]

test.each(CHECKS)(
  '$id leads to a page that is there, and to a runbook that is about it',
  (check) => {
    expect(existsSync(fileURLToPath(new URL(`../../${check.runbook}`, import.meta.url)))).toBe(true)
    const runbook = RUNBOOKS.find(({ path }) => path === check.runbook)
    if (runbook !== undefined) expect(runbook.doctorChecks).toContain(check.id)
    expect(check.runbook).toMatch(check.of === 'scanner' ? /^runbooks\// : /\.md$/)
  },
)

describe.each(RUNBOOKS)('$path', (runbook) => {
  it('says what it is, which checks lead to it, and which alerts', () => {
    expect(`runbooks/${runbook.id}.md`).toBe(runbook.path)
    expect(runbook.text).toContain(`\n# ${runbook.title}\n`)
    expect(['critical', 'high', 'medium', 'low']).toContain(runbook.severity)
    expect(runbook.updated).toMatch(/^\d{4}-\d\d-\d\d$/)
    const checks = runbook.doctorChecks.flatMap(checksNamed)
    expect(checks.map(({ runbook: path }) => path)).toEqual(checks.map(() => runbook.path))
    const known = new Set(deployedRules().map(({ alert }) => alert))
    expect(runbook.alerts.filter((alert) => !known.has(alert))).toEqual([])
  })

  it('has all phases, in their order', () => {
    const chapters = [...runbook.text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
    expect(chapters).toEqual(PHASES)
  })

  it('tells of each step what it is: what only looks comes first, what changes has a risk', () => {
    const ids = runbook.steps.map(({ attributes }) => attributes['id'])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBe(runbook.text.match(/```bash/g)?.length)
    const misplaced = runbook.steps.filter(({ phase, attributes: { kind, risk } }) => {
      if (phase === 'Quick checks' || phase === 'Deep diagnosis') return kind !== 'check'
      if (phase === 'Verification') return kind !== 'assert'
      return (
        kind !== 'manual' && (kind !== 'change' || !['low', 'medium', 'high'].includes(risk ?? ''))
      )
    })
    expect(misplaced).toEqual([])
  })

  it('asks for every value that its commands need', () => {
    const needed = runbook.steps.flatMap(({ run }) => [...run.matchAll(/\$\{(\w+)\}/g)])
    const names = needed.map(([, name = '']) => name)
    expect(names.filter((name) => !(name in runbook.params))).toEqual([])
  })
})

describe('commands of runbooks are commands of this program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stella-runbooks-'))
  let scanner: TestScanner
  let url = ''
  let image = ''
  beforeAll(async () => {
    image = await largeImage(folder, 1)
    scanner = await startScanner()
    url = await scanner.serve()
    await scanner.store.pools.tell('one', [testWorker()])
    await scanner.desk.addWorkers({ pool: 'large-images', count: 1, memory: null })
  }, 60_000)
  afterAll(async () => {
    await scanner.end()
    rmSync(folder, { recursive: true, force: true })
  })

  /** One that waits, or one that has ended. */
  async function aJob({ hasEnded }: { hasEnded: boolean }): Promise<string> {
    const request = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
    const { id } = await scanner.desk.submit({ ...request, image: 'shop:1' }, 'x')
    if (hasEnded) await scanner.desk.cancel(id)
    return id
  }

  let count = 0
  /** One that can be taken back. */
  async function aChange(): Promise<string> {
    await scanner.desk.set('timeouts.scan', `${++count}m`, 'x')
    const [latest] = await scanner.desk.history({ limit: 1 })
    return String(latest?.id)
  }

  const commands = RUNBOOKS.flatMap(({ path, steps }) =>
    steps
      .filter(({ attributes }) => attributes['kind'] !== 'manual')
      .flatMap(({ run, attributes }) => [run, attributes['undo'] ?? ''])
      .filter((run) => run !== '')
      .map((run) => ({ path, run })),
  )

  test.each(commands)('$path: $run', async ({ run }) => {
    const values: Record<string, string> = {
      image,
      job: await aJob({ hasEnded: run.includes(' retry ') }),
      pool: 'default',
      limit: '4Gi',
      case: 'c_0000000000000000',
      change: await aChange(),
    }
    const line = run
      .replaceAll(/\$\{(\w+)\}/g, (word, name) => values[name] ?? word)
      .replace('sbom.json', join(folder, 'sbom.json'))
    expect(line).toMatch(/^stella \S+( \S+)*$/)
    const { code, err } = await stella(line.split(' ').slice(1), {
      env: { STELLA_SERVER: url, STELLA_DATA: folder },
      engine: finds([sampleCase()]),
    })
    // Others are answers: a check that fails, a case that is not there.
    expect(code === EXIT.usage || code === EXIT.internal, err).toBe(false)
  })
})
