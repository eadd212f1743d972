import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { parseTarget } from '../../src/cli/target.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import type { BindingScope, Case, CauseCode, VerdictCode } from '../../src/model/case.ts'
import { readFiles } from '../../src/sources/files/index.ts'

export const FIXTURES = join(REPO, 'fixtures/edge-cases')

/** What a user must be told of one incident; only what is written down is asked for. */
export interface Truth {
  /** Row of docs/reference/edge-cases.md. */
  row: number
  /** Folder below fixtures/edge-cases. */
  folder: string
  /** What happened. */
  says: string
  /** As on the command line; none: the evidence alone. */
  target?: string
  all?: boolean
  /** Of each case that is told, in their order. */
  verdicts: readonly VerdictCode[]
  /** The rest is about the case with this index. */
  index?: number
  mainProcessDied?: boolean | null
  scope?: BindingScope
  limitBytes?: number | null
  path?: RegExp | null
  /** Names, in the order in which they were killed. */
  victims?: readonly string[]
  /** One of the causes. */
  cause?: CauseCode
  /** Causes that would mislead. */
  notCauses?: readonly CauseCode[]
  /** What the sentence has to tell. */
  tells?: RegExp
  /** What no sentence may say. */
  hides?: RegExp
}

/** Evidence files of a folder, without our own notes on where it comes from. */
export function evidenceOf(folder: string): string[] {
  const path = join(FIXTURES, folder)
  return readdirSync(path)
    .filter((name) => name !== 'HANDWRITTEN' && name !== 'KERNEL')
    .map((name) => join(path, name))
}

export async function casesOf({ folder, target, all }: Truth): Promise<readonly Case[]> {
  const world = await readFiles(evidenceOf(folder))
  return investigate(world, target === undefined ? null : parseTarget(target), {
    all: all === true,
  })
}

export function expectTruth(cases: readonly Case[], truth: Truth): void {
  expect(cases.map(({ verdict }) => verdict.code)).toEqual(truth.verdicts)
  const found = cases[truth.index ?? 0]
  if (found === undefined) return
  const { verdict, binding, causes, victims } = found
  if (truth.mainProcessDied !== undefined)
    expect.soft(verdict.mainProcessDied).toBe(truth.mainProcessDied)
  if (truth.scope !== undefined) expect.soft(binding.scope).toBe(truth.scope)
  if (truth.limitBytes !== undefined) expect.soft(binding.limitBytes).toBe(truth.limitBytes)
  if (truth.path === null) expect.soft(binding.path).toBeNull()
  else if (truth.path !== undefined) expect.soft(binding.path).toMatch(truth.path)
  if (truth.victims !== undefined)
    expect.soft(victims.map(({ name }) => name)).toEqual(truth.victims)
  const codes = causes.map(({ code }) => code)
  if (truth.cause !== undefined) expect.soft(codes).toContain(truth.cause)
  for (const code of truth.notCauses ?? []) expect.soft(codes).not.toContain(code)
  if (truth.tells !== undefined) expect.soft(everySentence(found)).toMatch(truth.tells)
  if (truth.hides !== undefined) expect.soft(everySentence(found)).not.toMatch(truth.hides)
  expect.soft(verdict.because.length, 'evidence that the verdict rests on').toBeGreaterThan(0)
}

function everySentence({ verdict, causes }: Case): string {
  return [verdict.summary, ...causes.map(({ summary }) => summary)].join('\n')
}

export const MIB = 2 ** 20
