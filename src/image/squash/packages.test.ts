import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Found } from '../../sbom/cataloger.ts'
import { openFragmentWriter } from '../layer/fragment.ts'
import { packagesOf } from './packages.ts'
import type { SquashedLayer } from './squash.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-packages-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
let count = 0

const npm = (name: string): Found => ({
  kind: 'package',
  package: { type: 'npm', namespace: null, name, version: '1.0.0', qualifiers: {}, licences: [] },
})

/** A layer in which these files name these packages. */
function layer(files: Readonly<Record<string, readonly Found[]>>): SquashedLayer {
  const fragment = join(FOLDER, `${count++}.jsonl`)
  const writer = openFragmentWriter(fragment)
  for (const [path, found] of Object.entries(files)) {
    writer.entry(path, false)
    writer.line({ kind: 'hit', path, by: 'npm-installed', found })
  }
  writer.finish({ entries: 0, files: 0, fileBytes: 0, linked: 0 })
  return { diffId: `sha256:${count}`, fragment }
}

test('more files than fit into memory are left out, and it is said', () => {
  const upper = layer({ 'c/package.json': [npm('c')], 'a/package.json': [npm('a2')] })
  const layers = [layer({ 'a/package.json': [npm('a1')], 'b/package.json': [npm('b')] }), upper]
  const all = packagesOf(layers, FOLDER)
  expect([...all.packages()].map(({ package: { name } }) => name)).toEqual(['a2', 'b', 'c'])
  expect([...all.problems()]).toEqual([])
  all.close()

  const some = packagesOf(layers, FOLDER, 2)
  expect([...some.packages()].map(({ package: { name } }) => name)).toEqual(['a2', 'b'])
  expect([...some.problems()].map(({ says }) => says)).toEqual([
    'memory has room for 2 files that name packages; left out: 1',
  ])
  some.close()
})

test('a package that is named twice at one place lies there once', () => {
  const lock = layer({ 'yarn.lock': [npm('a'), npm('a')], 'x/package.json': [npm('a')] })
  const found = packagesOf([lock], FOLDER)
  expect(
    [...found.packages()].map(({ occurrences }) => occurrences.map(({ path }) => path)),
  ).toEqual([['x/package.json', 'yarn.lock']])
  found.close()
})

test('the digest is the same whenever it is asked for, and another where a package lies elsewhere', () => {
  const image = [layer({ 'a/package.json': [npm('a')], 'b/package.json': [npm('b')] })]
  const digests = [0, 1, 2].map((passes) => {
    const found = packagesOf(image, FOLDER)
    for (let pass = 0; pass < passes; pass++) expect([...found.packages()]).toHaveLength(2)
    const [first] = found.packages()
    const { digest } = found
    expect([...found.packages()][0]).toEqual(first)
    expect(found.digest).toBe(digest)
    found.close()
    return digest
  })
  const elsewhere = packagesOf(
    [layer({ 'a/package.json': [npm('a')], 'c/package.json': [npm('b')] })],
    FOLDER,
  )
  expect(new Set(digests).size).toBe(1)
  expect(elsewhere.digest).not.toBe(digests[0])
  elsewhere.close()
})
