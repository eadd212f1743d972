import { expect, test } from 'vitest'
import { hashesIn, pathHash } from './path-hash.ts'

test.each([
  ['', 'etc'],
  ['usr', 'lib'],
  ['srv/node_modules/ä', 'ü\u{1f600}.js'],
])('what lies in %o has the hash of its path', (folder, name) => {
  const path = folder === '' ? name : `${folder}/${name}`
  expect(hashesIn(folder)(name)).toBe(pathHash(path))
  expect(Number.isSafeInteger(pathHash(path))).toBe(true)
})
