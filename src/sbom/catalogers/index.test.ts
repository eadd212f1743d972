import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { CATALOGERS } from './index.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

const ids = CATALOGERS.map(({ id }) => id)

test('every cataloger is in the list, under the name of its file', () => {
  const files = globSync('*.ts', { cwd: HERE })
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'index' && !name.endsWith('.test'))
  expect(ids.toSorted()).toEqual(files.toSorted())
})
