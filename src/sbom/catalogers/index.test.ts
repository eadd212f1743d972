import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { CATALOGERS } from './index.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const GUIDE = fileURLToPath(new URL('../../../docs/guides/sbom.md', import.meta.url))

const ids = CATALOGERS.map(({ id }) => id)

test('every cataloger is in the list, under the name of its file', () => {
  const files = globSync('*.ts', { cwd: HERE })
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'index' && !name.endsWith('.test'))
  expect(ids.toSorted()).toEqual(files.toSorted())
})

test('the guide knows every cataloger, and no other', () => {
  const [, chapter = ''] = readFileSync(GUIDE, 'utf8').split('| cataloger | reads |')
  const explained = [...chapter.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id)
  expect(explained).toEqual(ids.toSorted())
})
