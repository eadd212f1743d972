import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundledPackages } from './bundled.js'
import { bundledLock, noticesOf, packageFolders } from './notices.js'
import { REPO } from './repo.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-notices-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function packageWith(license: string, files: Readonly<Record<string, string>> = {}): string {
  const at = join(folder, 'node_modules/other')
  mkdirSync(at, { recursive: true })
  writeFileSync(
    join(at, 'package.json'),
    JSON.stringify({ name: 'other', version: '1.2.3', license }),
  )
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text)
  return at
}

test('a package is named with the text of its licence', () => {
  const text = noticesOf([packageWith('MIT', { 'LICENCE.md': 'Copyright Somebody\n' })])
  expect(text).toBe('other 1.2.3: MIT\n\nCopyright Somebody\n')
})

test('where the text stands in the README, that chapter is taken', () => {
  const readme =
    '# other-licenses\n\nUse it.\n\n## License\n\nCopyright Somebody\n\n### Terms\n\nAny\n\n## More\n'
  expect(noticesOf([packageWith('ISC', { 'README.md': readme })])).toBe(
    'other 1.2.3: ISC\n\nCopyright Somebody\n\n### Terms\n\nAny\n',
  )
})

test('a package without a text, or with a licence that asks for more, cannot be bundled', () => {
  expect(() => noticesOf([packageWith('MIT', { 'README.md': '# Other\n' })])).toThrow(
    /node_modules\/other is bundled, and has no text of its licence \(MIT\)/,
  )
  for (const license of ['GPL-3.0-only', 'SSPL-1.0', 'UNLICENSED', '(MIT OR GPL-2.0)']) {
    expect(() => noticesOf([packageWith(license, { LICENSE: 'Terms\n' })])).toThrow(
      `other 1.2.3 is bundled and has the licence ${license}`,
    )
  }
})

test('a package is counted once, also where a build brought it into a folder of its own', () => {
  const ids = [
    '/repo/.build-x/node_modules/b/node_modules/@own/c/index.js',
    '/repo/src/a.ts',
    '/repo/node_modules/b/more.js',
    '/repo/.build-x/node_modules/b/index.js',
  ]
  expect(packageFolders(ids, '/repo')).toEqual([
    '/repo/node_modules/b',
    '/repo/.build-x/node_modules/b/node_modules/@own/c',
  ])
})

test('the lock has the package where it lay', () => {
  const lock: unknown = JSON.parse(bundledLock([packageWith('MIT')], folder))
  expect(lock).toMatchObject({
    lockfileVersion: 3,
    packages: { 'node_modules/other': { name: 'other', version: '1.2.3', license: 'MIT' } },
  })
})

test('the build says of all that it bundles on what terms it is given', () => {
  const notices = readFileSync(join(REPO, 'dist/THIRD_PARTY_NOTICES'), 'utf8')
  const entries = notices.split(`\n${'-'.repeat(80)}\n\n`)
  const { packages }: { packages: Record<string, { name: string; version: string }> } = JSON.parse(
    readFileSync(join(REPO, 'dist/package-lock.json'), 'utf8'),
  )
  const heads = Object.values(packages).map(({ name, version }) => `${name} ${version}: `)
  expect(entries).toHaveLength(heads.length)
  for (const [at, head] of heads.entries()) {
    expect(entries[at]?.startsWith(head), head).toBe(true)
    expect(entries[at]?.length, head).toBeGreaterThan(100)
  }
  const names = new Set(Object.values(packages).map(({ name }) => name))
  expect(bundledPackages(REPO).filter((name) => !names.has(name))).toEqual([])
  expect(notices).toContain('PostgreSQL Global Development Group')
})
