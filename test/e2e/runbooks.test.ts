import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { CHECKS } from '../../src/doctor/checks/index.ts'
import { checksNamed } from '../../src/doctor/find-check.ts'
import { EXIT } from '../../src/model/errors.ts'
import { filled, readWords } from '../../src/runbooks/commands/words.ts'
import { finds, stella } from '../support/command-line.ts'
import { deployedRules } from '../support/deployed.ts'
import { runbooks } from '../support/runbooks.ts'
import { sampleCase } from '../support/sample-case.ts'
import { startScanner, testWorker } from '../support/scanner.ts'
import type { TestScanner } from '../support/scanner.ts'
import { largeImage } from '../support/scanner-service.ts'

const RUNBOOKS = runbooks()
/** What is said of what there is, and not of the words of the command; nothing comes through a pipe here. */
const NO_WRONG_CALL =
  /the case has no remedy|it does not live|holds no workload|is no document of cases|the size of the data is not known/
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
    const captured = runbook.steps.flatMap(({ attributes: { capture = '' } }) =>
      [...capture.matchAll(/(\w+):/g)].map(([, name]) => name),
    )
    const names = needed.map(([, name = '']) => name)
    const known = new Set([...Object.keys(runbook.params), ...captured])
    expect(names.filter((name) => !known.has(name))).toEqual([])
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
      .flatMap((run) => programsIn(run).map((words) => ({ path, words, line: words.join(' ') }))),
  ).filter(({ words: [name] }) => name === 'stella')

  test.each(commands)('$path: $line', async ({ words, line }) => {
    const values = new Map([
      ['image', image],
      ['job', await aJob({ hasEnded: line.includes(' retry ') })],
      ['pool', 'default'],
      ['limit', '4Gi'],
      ['case', 'c_0000000000000000'],
      ['change', await aChange()],
      ['cgroup', '/stella-test-nobody'],
      ['since', '1h'],
      ['namespace', 'shop'],
      ['pod', 'cart-0'],
      ['container', 'app'],
      ['app', '/shop/cart'],
      ['fix', 'fix-20260101-000000-000-0000'],
      ['hold', '1s'],
      ['time', '1h'],
      ['once', '2h'],
      ['consumer', 'cgroup:/stella-test-nobody'],
      ['bound', '1Gi'],
      ['engine', 'docker'],
      ['container', 'web'],
      ['more', '8g'],
      ['needed', String(8 * 2 ** 30)],
      ['watch', '1s'],
      ['writes', '1000'],
      ['variable', 'SESSIONS_MAX=1000'],
      ['fix', 'fix-20260501-110000-000-abcd'],
    ])
    const args = words.slice(1).flatMap((word) => {
      // What is not a container's of a test is left as it is.
      if (word === '--apply') return []
      if (word === 'sbom.json') return join(folder, word)
      return word.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => values.get(name) ?? all)
    })
    const { code, err } = await stella(args, {
      env: { STELLA_SERVER: url, STELLA_DATA: folder },
      engine: finds([sampleCase()]),
    })
    // Others are answers: a check that fails, a case that is not there or calls for another remedy, an input that is none.
    if (NO_WRONG_CALL.test(err)) return
    expect(code === EXIT.usage || code === EXIT.internal, err).toBe(false)
  })
})

/** The programs of a command, each with its words. */
function programsIn(run: string): readonly (readonly string[])[] {
  const read = readWords(run)
  if (!read.ok) throw new Error(`${run}: ${read.says}`)
  return read.pipeline.programs.map((words) => filled(words, new Map()))
}
