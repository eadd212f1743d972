import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { npmInstalled } from '../../sbom/catalogers/npm-installed.ts'
import { openFragmentStore } from './fragment-store.ts'
import type { FragmentStoreOptions } from './fragment-store.ts'
import { openFragmentWriter } from './fragment.ts'
import { fragmentLines, fragmentSummary } from './read-fragment.ts'

const HOUR = 3_600_000
const SUMMARY = { entries: 1, files: 1, fileBytes: 5, linked: 0 }
const id = (digit: string): string => `sha256:${digit.repeat(64)}`
let folder = ''
let now = Date.UTC(2026, 4, 1)
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stella-test-fragments-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function store(more: Partial<FragmentStoreOptions> = {}): ReturnType<typeof openFragmentStore> {
  return openFragmentStore({ folder, catalogers: [npmInstalled], now: () => now, ...more })
}

function write(place: string, paths: readonly string[] = ['a']): void {
  const writer = openFragmentWriter(place)
  for (const path of paths) writer.entry(path, false)
  writer.finish({ ...SUMMARY, entries: paths.length })
}

test('a fragment is found once it is whole, and by those alone who would find the same', () => {
  const { find, placeOf } = store()
  const writer = openFragmentWriter(placeOf(id('a')))
  writer.entry('folder/a', false)
  expect(find(id('a'))).toBeNull()
  writer.finish(SUMMARY)
  expect(find(id('a'))).toBe(placeOf(id('a')))
  expect(find(id('b'))).toBeNull()
  const later = { ...npmInstalled, version: npmInstalled.version + 1 }
  expect(store({ catalogers: [later] }).find(id('a'))).toBeNull()
  expect(store({ catalogers: [] }).find(id('a'))).toBeNull()
})

test('what a crash left of a fragment is not taken for one', () => {
  const { find, placeOf } = store()
  write(
    placeOf(id('a')),
    Array.from({ length: 9_000 }, (_, at) => `folder-${at % 7}/file-${at}`),
  )
  const whole = readFileSync(placeOf(id('a')))
  for (const length of [0, 1, 100, whole.length - 200, whole.length - 10, whole.length - 2]) {
    writeFileSync(placeOf(id('a')), whole.subarray(0, length))
    expect(find(id('a'))).toBeNull()
  }
  writeFileSync(placeOf(id('a')), Buffer.alloc(whole.length))
  expect(find(id('a'))).toBeNull()
  writeFileSync(placeOf(id('a')), whole)
  expect(find(id('a'))).toBe(placeOf(id('a')))
})

test('two may write the same fragment at once, and one may give up', () => {
  const place = store().placeOf(id('a'))
  const [first, second, third] = [place, place, place].map(openFragmentWriter)
  for (const writer of [first, second, third]) writer?.entry('a', false)
  third?.abandon()
  third?.abandon()
  first?.finish(SUMMARY)
  expect(fragmentSummary(place)).toEqual(SUMMARY)
  second?.finish(SUMMARY)
  expect(fragmentSummary(place)).toEqual(SUMMARY)
  expect([...fragmentLines(place)].map(({ line }) => line.kind)).toEqual(['entries', 'summary'])
  expect(readdirSync(folder)).toHaveLength(1)
})

test('entries keep their order among what is told of them', () => {
  const place = store().placeOf(id('a'))
  const writer = openFragmentWriter(place)
  writer.entry('a', true)
  writer.entry('a/b', false)
  writer.entry('a/ü "c"\n', false)
  writer.line({ kind: 'link', path: 'a/ü "c"\n', target: 'x' })
  writer.entry('a/d', true)
  writer.finish(SUMMARY)
  expect([...fragmentLines(place)].map(({ line }) => line)).toEqual([
    { kind: 'entries', folder: '', names: ['a/'] },
    { kind: 'entries', folder: 'a', names: ['b', 'ü "c"\n'] },
    { kind: 'link', path: 'a/ü "c"\n', target: 'x' },
    { kind: 'entries', folder: 'a', names: ['d/'] },
    { kind: 'summary', summary: SUMMARY },
  ])
})

test('what was not used for longest goes first, and what may be in use stays', () => {
  const { find, placeOf } = store()
  for (const digit of ['a', 'b', 'c']) {
    write(placeOf(id(digit)))
    find(id(digit))
    now += 2 * HOUR
  }
  find(id('a'))
  const { size } = statSync(placeOf(id('a')))
  writeFileSync(`${placeOf(id('d'))}.1-0-0.part`, '')
  store({ maxBytes: 2 * size }).tidy()
  expect(['a', 'b', 'c'].map((digit) => find(id(digit)) !== null)).toEqual([true, false, true])
  // Both were used just now: another scan may be reading them.
  store({ maxBytes: 0 }).tidy()
  expect(['a', 'c'].map((digit) => find(id(digit)) !== null)).toEqual([true, true])
  now = Date.now() + 48 * HOUR
  store({ maxBytes: 0 }).tidy()
  expect(readdirSync(folder)).toEqual([])
})
