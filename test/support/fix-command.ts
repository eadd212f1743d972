/** `stella fix`, asked about a case that a test has made up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { FixDesk } from '../../src/cli/engine.ts'
import { caseDocument } from '../../src/investigate/case-document.ts'
import type { Case, VerdictCode } from '../../src/model/case.ts'
import type { PlanRequest } from '../../src/remedy/driver.ts'
import type { FixOrder } from '../../src/remedy/engine.ts'
import { finds, stella } from './command-line.ts'
import { sampleCase } from './sample-case.ts'
import { sampleDesk } from './sample-fix.ts'

let folder = ''

/** For all tests of a file: a folder for what stella keeps. */
export function useFixFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stella-fix-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
}

/** Where stella keeps what it has done. */
export function fixFolder(): string {
  return folder
}

export function caseFile(found: Case): string {
  const file = join(folder, `${found.id}-${found.verdict.code}-${found.subject.platform}.json`)
  writeFileSync(file, JSON.stringify(caseDocument(found)))
  return file
}

export function caseOf(code: VerdictCode, change: Partial<Case> = {}): Case {
  const base = sampleCase()
  return { ...base, verdict: { ...base.verdict, code }, ...change }
}

export interface Asked {
  planned: PlanRequest[]
  applied: FixOrder[]
  desk: FixDesk
}

/** A desk that remembers what it was asked. */
export function watched(over: Partial<FixDesk> = {}): Asked {
  const planned: PlanRequest[] = []
  const applied: FixOrder[] = []
  const below = { ...sampleDesk([]), ...over }
  const desk: FixDesk = {
    ...below,
    plan: async (request) => {
      planned.push(request)
      return below.plan(request)
    },
    apply: async (order, options) => {
      applied.push(order)
      return below.apply(order, options)
    },
  }
  return { planned, applied, desk }
}

export async function fix(args: readonly string[], found: Case, asked: Asked = watched()) {
  const engine = { ...finds([found]), fixes: () => asked.desk }
  const answer = await stella(['fix', ...args, '--data', folder], { engine })
  return { ...answer, ...asked }
}
