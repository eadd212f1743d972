import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { REMEDIES } from '../advice/remedies/index.ts'
import { CAUSE_CODES, VERDICT_CODES } from '../model/case.ts'
import { CAUSES } from './causes/index.ts'
import { RULES } from './rules/index.ts'

describe('lists name everything that stands in their folders', () => {
  test.each([
    {
      folder: './rules',
      listed: RULES.map(({ id }) => id),
      shared: { 'counters-say-kill': 'counters-' },
    },
    { folder: './causes', listed: CAUSES.map(({ code }) => code), shared: {} },
    { folder: '../advice/remedies', listed: REMEDIES.map(({ id }) => id), shared: {} },
  ])('$folder', ({ folder, listed, shared }) => {
    const prefixes: Readonly<Record<string, string>> = shared
    const files = readdirSync(fileURLToPath(new URL(folder, import.meta.url)))
      .filter((name) => !name.startsWith('index.') && !name.includes('.test.'))
      .map((name) => name.replace(/\.ts$/, ''))
    const named = files.map((file) =>
      listed.some(
        (id) => id === file || (prefixes[file] !== undefined && id.startsWith(prefixes[file])),
      )
        ? file
        : `${file} is in no list`,
    )
    expect(named).toEqual(files)
    expect(new Set(listed).size).toBe(listed.length)
  })
})

test('every verdict of the contract has a rule that can reach it', () => {
  expect(new Set(RULES.map(({ code }) => code))).toEqual(new Set(VERDICT_CODES))
})

test('every cause of the contract is looked for', () => {
  expect(new Set(CAUSES.map(({ code }) => code))).toEqual(new Set(CAUSE_CODES))
})
