import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { bundledPackages } from '../scripts/lib/bundled.js'
import { auditConfigSchema } from '../scripts/lib/audit-config-schema.ts'
import { checksReference } from '../scripts/lib/checks-reference.ts'
import { cliReference } from '../scripts/lib/cli-reference.ts'
import { imageLimitsPage } from '../scripts/lib/image-limits.ts'
import { rulesReference } from '../scripts/lib/rules-reference.ts'
import { runbookRulesReference } from '../scripts/lib/runbook-rules-reference.ts'
import { RULES } from '../src/audit/rules/index.ts'
import { CHECKS } from '../src/doctor/checks/index.ts'
import { NOTHING_ASKED } from '../src/bill/asked.ts'
import { GIB, MIB } from '../src/model/bytes.ts'
import type { SizingEvidence } from '../src/model/sizing.ts'
import type { Target } from '../src/model/subject.ts'
import { readSeries } from '../src/parsers/series/index.ts'
import { CAUSE_CODES, VERDICT_CODES } from '../src/model/case.ts'
import { EXIT } from '../src/model/errors.ts'
import { finds, NOW, stella } from './support/command-line.ts'
import { livingWorld } from './support/living-world.ts'
import { sampleCase } from './support/sample-case.ts'
import { NO_EVIDENCE } from './support/sizing-evidence.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGES = globSync(['*.md', 'docs/**/*.md', 'runbooks/*.md'], { cwd: ROOT })

function page(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** First cells of the table rows that hold a code. */
function codesUnder(text: string, heading: string): string[] {
  const chapter = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...chapter.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code = '']) => code)
}

test('the reference of the commands is what the program says; node scripts/docs.ts writes it', async () => {
  expect(page('docs/reference/cli.md')).toBe(await cliReference())
})

test('the reference of the rules is what the rules say; node scripts/docs.ts writes it', () => {
  expect(page('docs/reference/rules.md')).toBe(rulesReference())
  for (const { id } of RULES) expect(rulesReference()).toContain(`### ${id}: `)
})

test('the reference of the rules of runbooks is what they say; node scripts/docs.ts writes it', () => {
  expect(page('docs/reference/runbook-rules.md')).toBe(runbookRulesReference())
})

test('the reference of the checks is what the checks say; node scripts/docs.ts writes it', () => {
  expect(page('docs/reference/checks.md')).toBe(checksReference())
  for (const { id } of CHECKS) expect(checksReference()).toContain(`### ${id}\n`)
})

test('the limits of images are what is usual; node scripts/docs.ts writes them', () => {
  expect(page('docs/guides/image-limits.md')).toBe(imageLimitsPage())
})

test('the schema of the configuration is what the audit reads; node scripts/docs.ts writes it', () => {
  expect(JSON.parse(page('docs/reference/audit-config.schema.json'))).toEqual(
    JSON.parse(auditConfigSchema()),
  )
})

test('every verdict and every cause is explained, and no other', () => {
  const reference = page('docs/reference/case-json.md')
  expect(codesUnder(reference, 'Verdicts')).toEqual([...VERDICT_CODES])
  expect(codesUnder(reference, 'Causes')).toEqual([...CAUSE_CODES])
  expect(page('README.md')).toContain(`${VERDICT_CODES.length} verdicts`)
  expect(page('README.md')).toContain(`${CAUSE_CODES.length} causes`)
})

test('every field of a case is explained, and no other', () => {
  const fields = Object.keys(sampleCase())
  expect(codesUnder(page('docs/reference/case-json.md'), '`stella.case/1`')).toEqual(fields)
})

test('every exit code is explained, and no other', () => {
  const rows = [...page('docs/reference/exit-codes.md').matchAll(/^\| (\d+) \|/gm)]
  expect(rows.map(([, code]) => Number(code))).toEqual(Object.values(EXIT))
})

test('every dependency has its reason, and no other', () => {
  const { dependencies, devDependencies } = JSON.parse(page('package.json'))
  const text = page('docs/dependencies.md')
  const bundled = codesUnder(text, 'At run time')
  const others = codesUnder(text, 'To build and test')
  expect(bundled).toEqual(bundledPackages(ROOT))
  expect([...bundled, ...others].toSorted()).toEqual(Object.keys(devDependencies).toSorted())
  expect(dependencies).toBeUndefined()
})

test.each(PAGES)('links of %s lead somewhere', (path) => {
  const links = [...page(path).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
    ([, link = '']) => link,
  )
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([])
})

test('what is said of runbooks is shown by tests that are there', () => {
  const shown = [
    ...page('docs/explanation/runbook-systems.md').matchAll(
      /\]\(\.\.\/\.\.\/([^)#]+\.test\.ts)#([^)]+)\)/g,
    ),
  ]
  const missing = shown.filter(([, path = '', name = '']) => !testsIn(path).has(name))
  expect(shown.length).toBeGreaterThan(15)
  expect(missing.map(([, path, name]) => `${path}: ${name}`)).toEqual([])
})

/** Their names, as they stand in links. */
function testsIn(path: string): ReadonlySet<string> {
  const names = page(path).matchAll(
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

describe('commands shown in sh fences are commands of this program', () => {
  const shown = PAGES.flatMap((path) =>
    [...page(path).matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
      [...block.matchAll(/(?:^|\| )stella ([^#>\n]*)/gm)].map(([, line = '']) => ({
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
