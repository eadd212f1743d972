import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readToken, readTokens } from './token.ts'

const ANN = 'a-token-of-ann-alone'
const BOB = 'a-token-of-bob-alone'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-token-'))
  file = join(folder, 'token')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('one token alone is nobody and everybody', () => {
  writeFileSync(file, `${ANN}\n`)
  expect(readTokens(file, {})).toEqual([{ token: ANN, name: null, groups: null, isRun: false }])
  expect(readTokens(undefined, { STELLA_TOKEN: ANN })).toEqual(readTokens(file, {}))
  expect(readTokens(undefined, {})).toBeNull()
})

it('a line each says whose token it is', () => {
  writeFileSync(file, `${ANN} ann\n${BOB} bob\n`)
  const [ann, bob] = readTokens(file, {}) ?? []
  expect(ann).toMatchObject({ name: 'ann', groups: null })
  expect(bob).toMatchObject({ name: 'bob', groups: null })
  expect(readToken(file, {})).toBe(ANN)
})

it('where groups are named, who is in none is in none', () => {
  writeFileSync(file, `${ANN} ann platform,web\n${BOB}\n`)
  const [ann, bob] = readTokens(file, {}) ?? []
  expect(ann?.groups).toEqual(new Set(['platform', 'web']))
  expect(bob?.groups).toEqual(new Set())
})

it.each([
  ['nothing', ''],
  ['a token that can be guessed', 'secret'],
  ['a word too many', `${ANN} ann platform web`],
  ['a name that is none', `${ANN} <b>`],
  ['an empty group', `${ANN} ann platform,`],
  ['the same token twice', `${ANN} ann\n${ANN} bob`],
])('refuses %s, and does not repeat it', (_what, text) => {
  writeFileSync(file, `${text}\n`)
  expect(() => readTokens(file, {})).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(() => readTokens(file, {})).not.toThrow(ANN)
})
