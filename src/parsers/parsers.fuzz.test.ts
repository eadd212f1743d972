import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { damaged } from '../../test/support/damage.ts'
import { EXCERPT_CHARS, type Observation } from '../model/evidence.ts'
import { isFolderFormat, isStreamFormat, type AnyFormat } from './folder.ts'
import { FORMATS, formatFor, HEAD_BYTES } from './recognise.ts'

/** STELLA_FUZZ_RUNS raises the number of damaged texts over all formats. */
const RUNS = Number(process.env['STELLA_FUZZ_RUNS'] ?? 2_000)
const MAX_SEED_BYTES = 60_000
const SEEDS_OF_ONE = 6
const FIXTURES = join(REPO, 'fixtures')
const ORIGIN = { from: 'evidence', readAt: null, source: null }

interface Seed {
  path: string
  text: string
}

/** Some recorded files of each format. */
const SEEDS = seedsByFormat()

describe('a damaged text', () => {
  const runs = Math.max(20, Math.ceil(RUNS / FORMATS.length))

  it.each(FORMATS.map((format) => ({ id: format.id, format })))(
    'never makes $id fail, and nothing impossible comes of it',
    ({ format }) => {
      const seeds = SEEDS.get(format) ?? []
      // A format without a recorded file of its own is fed with those of the others.
      const texts = (seeds.length > 0 ? seeds : [...SEEDS.values()].flat()).map(({ text }) => text)
      const paths = seeds.length > 0 ? seeds.map(({ path }) => path) : ['evidence/log.txt']
      fc.assert(
        fc.property(damaged(texts), fc.constantFrom(...paths), (text, path) => {
          for (const observation of read(format, text, path))
            expectPossible(observation, `${path} ${text}`)
        }),
        { numRuns: runs },
      )
    },
    10 * 60_000,
  )
})

function read(format: AnyFormat, text: string, path: string): readonly Observation[] {
  format.recognise(text.slice(0, HEAD_BYTES), path)
  if (isStreamFormat(format)) {
    const reader = format.open(ORIGIN)
    reader.push(new TextEncoder().encode(text))
    return reader.finish()
  }
  const alone = format.parse(text, ORIGIN)
  if (!isFolderFormat(format)) return alone
  const name = path.split('/').at(-1) ?? path
  return [...alone, ...format.parseFolder(new Map([[name, text]]), format.folderOf(path), ORIGIN)]
}

/** Sizes and counts are numbers that exist, times lie within what a date can hold, and excerpts stand within their cap. */
function expectPossible(observation: Observation, text: string): void {
  expect(observation.excerpt.length).toBeLessThanOrEqual(EXCERPT_CHARS)
  expect(observation.says).not.toBe('')
  if (observation.at !== null) expect(Number.isNaN(new Date(observation.at).getTime())).toBe(false)
  for (const [key, value] of leaves(observation.fact)) {
    if (typeof value !== 'number') continue
    expect(Number.isFinite(value), `${key} is ${value}`).toBe(true)
    if (key.endsWith('Bytes')) expect(value, key).toBeGreaterThanOrEqual(0)
    if (key === 'pid') expect(text, key).toContain(String(value))
  }
}

function* leaves(value: unknown, key = ''): Generator<[string, unknown]> {
  if (value instanceof Map) {
    for (const [name, inner] of value) yield* leaves(inner, String(name))
  } else if (Array.isArray(value)) {
    for (const inner of value) yield* leaves(inner, key)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* leaves(inner, name)
  } else {
    yield [key, value]
  }
}

function seedsByFormat(): ReadonlyMap<AnyFormat, readonly Seed[]> {
  const seeds = new Map<AnyFormat, Seed[]>()
  for (const entry of readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = join(FIXTURES, entry)
    const { size } = statSync(file)
    if (!statSync(file).isFile() || size === 0 || size > MAX_SEED_BYTES) continue
    const text = readFileSync(file, 'utf8')
    const path = relative(FIXTURES, file)
    const format = formatFor(text.slice(0, HEAD_BYTES), path)
    if (format === null) continue
    const mine = seeds.get(format) ?? []
    if (mine.length < SEEDS_OF_ONE) seeds.set(format, [...mine, { path, text }])
  }
  return seeds
}
