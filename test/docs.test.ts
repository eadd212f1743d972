import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bundledPackages } from '../scripts/lib/bundled.js'
import { apiReference } from '../scripts/lib/api-reference.ts'
import { checksReference } from '../scripts/lib/checks-reference.ts'
import { documentSchemas, KEPT, schemaFiles } from '../scripts/lib/documents/index.ts'
import { manual } from '../scripts/lib/manual.ts'
import { rulesReference } from '../scripts/lib/rules-reference.ts'
import { GENERATED } from '../scripts/lib/generated-pages.ts'
import { metricsReference } from '../scripts/lib/metrics-reference.ts'
import { VARIABLES } from '../scripts/lib/settings-reference.ts'
import { METRICS } from '../src/model/metric-names.ts'
import { ROUTES } from '../src/server/routes.ts'
import { REPO } from '../scripts/lib/repo.ts'
import { RULES } from '../src/audit/rules/index.ts'
import { CHECKS } from '../src/doctor/checks/index.ts'
import { LABS } from '../src/labs/list.ts'
import { NOTHING_ASKED } from '../src/bill/asked.ts'
import { GIB, MIB } from '../src/model/bytes.ts'
import type { SizingEvidence } from '../src/model/sizing.ts'
import type { Target } from '../src/model/subject.ts'
import { readSeries } from '../src/parsers/series/index.ts'
import { CAUSE_CODES, VERDICT_CODES } from '../src/model/case.ts'
import { EXIT } from '../src/model/errors.ts'
import { finds, NOW, stella } from './support/command-line.ts'
import { liveEngine } from '../src/cli/live-engine.ts'
import { livingWorld } from './support/living-world.ts'
import { notInOutput, pagePaths, pageText, shownCommands } from './support/pages.ts'
import { sampleCase } from './support/sample-case.ts'
import { NO_EVIDENCE } from './support/sizing-evidence.ts'

const PAGES = pagePaths().filter((path) => /^(?:[^/]+|docs\/.*|runbooks\/.*)$/.test(path))
const SHOWN = PAGES.flatMap(shownCommands)

/** First cells of the table rows that hold a code. */
function codesUnder(text: string, heading: string): string[] {
  const chapter = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...chapter.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code = '']) => code)
}

test.each(GENERATED)(
  '%s is what the program says; node scripts/docs.ts writes it',
  async (path, write) => {
    expect(pageText(path)).toBe(await write())
  },
  // Errors are made one after the other, and types are asked of the compiler.
  120_000,
)

test('the manual comes along, and no other page', () => {
  const names = [...manual().keys()].map((name) => `man/${name}`).toSorted()
  expect(globSync('man/*', { cwd: REPO }).toSorted()).toEqual(names)
  expect(JSON.parse(pageText('package.json'))).toMatchObject({
    man: names,
    files: expect.arrayContaining(['man']),
  })
})

const hasMandoc = spawnSync('mandoc', ['-T', 'lint'], { input: '' }).error === undefined
if (!hasMandoc) console.warn('skipped: needs mandoc')

test.skipIf(!hasMandoc)(
  'a checker of manuals finds nothing wrong but that a page has no date',
  () => {
    for (const path of globSync('man/*', { cwd: REPO })) {
      const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', join(REPO, path)], {
        encoding: 'utf8',
      })
      expect(stdout.split('\n').filter((line) => !/missing date|^$/.test(line))).toEqual([])
    }
  },
)

test('every document says what it is, and has its schema; and there is no other', () => {
  const schemas = documentSchemas()
  const said = schemas.map(({ title, description, anyOf = [{ description }] }) => ({
    title,
    isSaid: anyOf.every((form) => (form.description ?? '') !== ''),
  }))
  expect(said.filter(({ isSaid }) => !isSaid)).toEqual([])
  expect(globSync('docs/reference/schemas/*', { cwd: REPO }).toSorted()).toEqual(
    [...schemaFiles().keys()].toSorted(),
  )
  const named = globSync('src/**/*.ts', { cwd: REPO })
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap(
      (path) => pageText(path).match(/schema: '?stella\.[a-z-]+\/1|'stella\.[a-z-]+\/1'/g) ?? [],
    )
    .map((found) => found.replace(/^.*?(?=stella)/, '').replaceAll("'", ''))
  const titles = new Set(schemas.map(({ title }) => title))
  const without = new Set(named.filter((name) => !titles.has(name) && !KEPT.has(name)))
  expect([...without]).toEqual([])
})

test('every rule and every check has its chapter', () => {
  for (const { id } of RULES) expect(rulesReference()).toContain(`### ${id}: `)
  for (const { id } of CHECKS) expect(checksReference()).toContain(`### ${id}\n`)
})

test('every call of the API and every metric has its chapter', () => {
  for (const { method, path } of ROUTES) {
    expect(apiReference()).toContain(
      `### ${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}\n`,
    )
  }
  for (const name of Object.keys(METRICS)) expect(metricsReference()).toContain(`### ${name}\n`)
})

test('every variable that the program reads is explained, and no other', () => {
  const sources = globSync('src/**/*.ts', { cwd: REPO }).filter(
    (path) => !path.endsWith('.test.ts'),
  )
  // What one process of ours tells another that it starts is nobody's setting.
  const inner = new Set(['STELLA_SEND'])
  const read = new Set(sources.flatMap((path) => pageText(path).match(/\bSTELLA_[A-Z_]+\b/g) ?? []))
  for (const name of inner) read.delete(name)
  expect(Object.keys(VARIABLES).toSorted()).toEqual([...read].toSorted())
})

test('each documented error says what is wrong, and what to do', () => {
  const lines = pageText('docs/reference/errors.md').match(/^stella: .*$/gm) ?? []
  expect(lines.length).toBeGreaterThan(20)
  for (const line of lines) expect(line).toMatch(/^stella: .+; .+[^.]$/)
})

test('every verdict and every cause is explained, and no other', () => {
  const reference = pageText('docs/reference/case-json.md')
  expect(codesUnder(reference, 'Verdicts')).toEqual([...VERDICT_CODES])
  expect(codesUnder(reference, 'Causes')).toEqual([...CAUSE_CODES])
  expect(pageText('README.md')).toContain(`${VERDICT_CODES.length} verdicts`)
  expect(pageText('README.md')).toContain(`${CAUSE_CODES.length} causes`)
})

test('every field of a case is explained, and no other', () => {
  const fields = codesUnder(pageText('docs/reference/documents.md'), '`stella.case/1`')
  expect(fields.filter((field) => !/[.[]/.test(field)).toSorted()).toEqual(
    Object.keys(sampleCase()).toSorted(),
  )
})

test('every exit code is explained, and no other', () => {
  const rows = [...pageText('docs/reference/exit-codes.md').matchAll(/^\| (\d+) \|/gm)]
  expect(rows.map(([, code]) => Number(code))).toEqual(Object.values(EXIT))
})

test('every dependency has its reason, and no other', () => {
  const { dependencies, devDependencies } = JSON.parse(pageText('package.json'))
  const text = pageText('docs/dependencies.md')
  const bundled = codesUnder(text, 'At run time')
  const others = codesUnder(text, 'To build and test')
  expect(bundled).toEqual(bundledPackages(REPO))
  expect([...bundled, ...others].toSorted()).toEqual(Object.keys(devDependencies).toSorted())
  expect(dependencies).toBeUndefined()
})

describe('what tutorials say, and what is so', () => {
  const chapters = pageText('docs/explanation/errata.md')
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [claim = '', truth = '', see = ''] = text.split(/\n\n\*\*(?:So it is|See):\*\* /)
      return { claim, truth, see }
    })

  test.each(chapters)('$claim can be seen, on the spot or in a source', async ({ truth, see }) => {
    const inline = see.replaceAll(/\s+/g, ' ')
    expect(truth).not.toBe('')
    expect(inline).toMatch(/`[^`]+`/)
    const labs = [...inline.matchAll(/labs? `([^`]+)`(?: and `([^`]+)`)?/g)].flatMap((names) =>
      names.slice(1).filter((name) => name !== undefined),
    )
    expect(labs.filter((id) => !LABS.includes(id))).toEqual([])
    for (const [, line = ''] of inline.matchAll(/`stella ([^`]* (?:fixtures\/|-)[^`]*)`/g)) {
      const { code, out, err } = await stella(line.split(' '), { engine: liveEngine })
      expect({ line, err, isAnswer: code <= 1 && out !== '' }).toEqual({
        line,
        err: '',
        isAnswer: true,
      })
    }
  })
})

test.each(PAGES.filter((path) => path.startsWith('docs/explanation/')))(
  '%s names what makes its measured figures again',
  (path) => {
    const text = pageText(path)
    const files = text.match(/\b(?:bench|test|scripts|fixtures)\/[\w./-]+\.(?:ts|sh)\b/g) ?? []
    expect(files.filter((file) => !existsSync(join(REPO, file)))).toEqual([])
    expect(/\bmeasured\b/i.test(text) && files.length === 0).toBe(false)
  },
)

test.each(['runbook-systems', 'security'])(
  'what %s says is shown by tests that are there',
  (name) => {
    const shown = [
      ...pageText(`docs/explanation/${name}.md`).matchAll(
        /\]\(\.\.\/\.\.\/([^)#]+\.test\.ts)#([^)]+)\)/g,
      ),
    ]
    const missing = shown.filter(([, path = '', name = '']) => !testsIn(path).has(name))
    expect(shown.length).toBeGreaterThan(15)
    expect(missing.map(([, path, name]) => `${path}: ${name}`)).toEqual([])
  },
)

/** Their names, as they stand in links. */
function testsIn(path: string): ReadonlySet<string> {
  const names = pageText(path).matchAll(
    /^\s*(?:(?:it|test)(?:\.each\([^]*?\))?\(|\])?\)?\(?\s*'([^'\n]+)',/gm,
  )
  return new Set(
    [...names].map(([, name = '']) =>
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, ''),
    ),
  )
}

/** A quiet container of three hours, a sample a minute. */
const SERIES = `time,bytes\n${Array.from(
  { length: 180 },
  (_, minute) => `${NOW / 1000 - minute * 60},${(200 + (minute % 7)) * MIB}`,
)
  .toReversed()
  .join('\n')}\n`
const EVIDENCE: SizingEvidence = {
  ...NO_EVIDENCE,
  peakBytes: 220 * MIB,
  unreclaimableBytes: 200 * MIB,
  limitBytes: 512 * MIB,
  hostBytes: 16 * GIB,
  at: NOW,
}

test('guides show what real evidence gives', () => {
  expect(SHOWN.filter(({ output }) => output.length > 0).length).toBeGreaterThan(10)
})

test.each(SHOWN)('$path: $command says what is shown', async ({ command, output, exitCode }) => {
  const [, ...args] = command.split(/\s+/)
  const { code, out, err } = await stella(args, { engine: liveEngine })
  expect({ code, err, missing: notInOutput(output, out) }).toEqual({
    code: exitCode,
    err: '',
    missing: null,
  })
})

describe('commands shown in sh fences are commands of this program', () => {
  const shown = PAGES.flatMap((path) =>
    [...pageText(path).matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
      [...block.matchAll(/(?:^|\| )stella ((?!.* fixtures\/)[^#>\n]*)/gm)].map(([, line = '']) => ({
        path,
        line: line.trim(),
      })),
    ),
  )

  test.each(shown)('$path: stella $line', async ({ line }) => {
    const folder = await mkdtemp(join(tmpdir(), 'stella-docs-'))
    try {
      const args = line.split(/\s+/).map((word) => word.replace(/^\.\//, `${folder}/`))
      const name = /\bdocker:(\S+)/.exec(line)?.[1] ?? 'web'
      const world = livingWorld(name)
      const engine = {
        ...finds([sampleCase({ at: NOW })], world),
        collectBill: async (target: Target) => ({ world, target, asked: NOTHING_ASKED }),
        collectSizing: async (target: Target) => ({ evidence: EVIDENCE, target, path: '/web' }),
        watchGroup: async () => readSeries(SERIES, 'memory.csv'),
        queryPrometheus: async () => readSeries(SERIES, 'memory.csv'),
      }
      await writeFile(join(folder, 'memory.csv'), SERIES)
      const { code, err } = await stella(args, { engine })
      expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('stella: ') })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
