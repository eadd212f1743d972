import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'

import { SIGNATURES } from './signatures.ts'

function namesIn(folder: string): string[] {
  return readdirSync(new URL(folder, import.meta.url))
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
}

it('lists every signature that has a file, and no other', () => {
  const files = [...namesIn('runtimes/'), ...namesIn('hints/')].toSorted()
  expect(SIGNATURES.map(({ id }) => id).toSorted()).toEqual(files)
})

it('has a test beside every runtime', () => {
  const tests = readdirSync(new URL('runtimes/', import.meta.url)).filter((file) =>
    file.endsWith('.test.ts'),
  )
  expect(tests.map((file) => file.replace('.test.ts', ''))).toEqual(namesIn('runtimes/'))
})
