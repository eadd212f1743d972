import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { foundBy, type Repository } from '../../../test/support/repository.ts'
import { type Excerpt, excerptOf, wholeFile } from '../documents/excerpt.ts'
import { rawAt } from '../documents/place.ts'
import { scalarAt } from '../documents/value.ts'
import { readYaml } from '../documents/yaml.ts'
import type { Word } from '../workload.ts'
import { assignmentsOf, INI, NPMRC, POSTGRES } from './assignments.ts'
import { argumentWords, optionLines } from './java.ts'
import { pythonSettings } from './python.ts'
import { redisLines } from './redis.ts'

const PARSERS: readonly (readonly [string, (excerpt: Excerpt) => readonly Word[]])[] = [
  ['redis.conf', (excerpt) => redisLines(excerpt).flatMap(({ values }) => values)],
  ['postgresql.conf', (excerpt) => assignmentsOf(excerpt, POSTGRES).map(({ value }) => value)],
  ['php.ini', (excerpt) => assignmentsOf(excerpt, INI).map(({ value }) => value)],
  ['.npmrc', (excerpt) => assignmentsOf(excerpt, NPMRC).map(({ value }) => value)],
  [
    'gunicorn.conf.py',
    (excerpt) =>
      [...pythonSettings(excerpt).values()].flatMap(({ expression }) => expression ?? []),
  ],
  ['a file of arguments', argumentWords],
  ['jvm.options', optionLines],
]

const piece = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '=',
    ' ',
    '"',
    "'",
    '#',
    ';',
    '[www]',
    'name',
    '"""',
    '\\',
    '-Xmx1g',
    '(',
    '8-:',
    '\t',
  ),
)
const text = fc
  .array(fc.array(piece, { maxLength: 6 }), { maxLength: 6 })
  .chain((lines) =>
    fc.constantFrom('\n', '\r\n').map((end) => lines.map((line) => line.join('')).join(end)),
  )

/** The same text as a file of its own, and in a block within a manifest. */
function excerptsOf(whole: string): Excerpt[] {
  const yaml = { path: 'map.yaml', text: stringify({ data: { it: whole } }, { lineWidth: 0 }) }
  const reading = readYaml({ file: yaml, start: 0, end: yaml.text.length })
  const scalar = reading.ok ? scalarAt(reading.values[0] ?? null, 'data', 'it') : null
  const inner = scalar === null ? null : excerptOf(scalar)
  return [wholeFile({ path: 'file', text: whole }), ...(inner === null ? [] : [inner])]
}

describe.each(PARSERS)('%s', (_, parse) => {
  it('never throws, and each word stands at its place in the file', () => {
    fc.assert(
      fc.property(text, (whole) => {
        for (const excerpt of excerptsOf(whole)) {
          for (const word of parse(excerpt)) {
            const raw = rawAt(word.place)
            // Within quotes of JSON and YAML an escape stands for a character.
            if (!raw.includes('\\')) expect(raw).toBe(word.text)
          }
        }
      }),
    )
  })
})

/** What correct services read, all kinds of it. */
const CORRECT = new URL('../../../fixtures/audit/correct/settings/', import.meta.url)
const NAMES = globSync('**/{*,.npmrc}', { cwd: CORRECT }).filter(
  (name) => /\.\w+$/.test(name) && !name.endsWith('conf.d'),
)
const REPOSITORY: Repository = Object.fromEntries(
  NAMES.map((name) => [name, readFileSync(new URL(name, CORRECT), 'utf8')]),
)
const READ = Object.keys(REPOSITORY).filter((name) => !name.endsWith('.yaml'))

it('judges whatever stands in a file, and whatever is left of one', () => {
  expect(READ.length).toBeGreaterThan(8)
  fc.assert(
    fc.property(fc.constantFrom(...READ), text, fc.nat(400), (name, whole, cut) => {
      for (const changed of [whole, (REPOSITORY[name] ?? '').slice(0, cut)]) {
        const repository = { ...REPOSITORY, [name]: changed }
        expect(() => foundBy(/./, repository)).not.toThrow()
      }
    }),
    { numRuns: 50 },
  )
})
