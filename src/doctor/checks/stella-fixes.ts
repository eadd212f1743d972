import type { FixRecord } from '../../model/fix.ts'
import { fixStore } from '../../store/fixes.ts'
import { storeProblem } from '../../store/problems.ts'
import type { MachineCheck, Problem } from '../check.ts'
import { judged } from '../judge.ts'
import { counted } from '../../model/counted.ts'

/** A fix waits for containers to stop, and for images to be pulled; after this, nobody is at work any more. */
const LONGEST_MS = 60 * 60_000

export const stellaFixes: MachineCheck = {
  of: 'machine',
  id: 'check.stella.fixes',
  title: 'What was changed is whole',
  severity: 'high',
  runbook: 'docs/guides/fix.md',
  warns: 'A fix was begun an hour ago, and has not ended',
  fails: 'A fix is stuck half-way',
  async look({ dataFolder, reader }) {
    const records = recordsIn(dataFolder)
    if (records.length === 0) {
      return { kind: 'skipped', says: 'stella has changed nothing here', todo: 'stella fix --help' }
    }
    const applied = records.filter(({ state }) => state === 'applied').length
    const evidence = {
      fixes: records.length,
      applied,
      open: records.filter(isOpen).map(({ id, state, problem }) => ({ id, state, problem })),
    }
    const late = reader.now() - LONGEST_MS
    const says = `${counted(applied, 'fix is', 'fixes are')} in force, and none is half-made`
    return judged(
      says,
      evidence,
      records.map((record) => problemOf(record, late)),
    )
  },
}

function isOpen({ state }: FixRecord): boolean {
  return state === 'stuck' || state === 'applying'
}

function problemOf(record: FixRecord, late: number): Problem | null {
  const { id, state, at, problem, plan } = record
  const by = plan.platform === 'scanner' ? 'stella doctor fix' : 'stella fix'
  const todo = `${by} --undo ${id}`
  if (state === 'stuck') {
    return {
      status: 'fail',
      says: `${id} is stuck half-way: ${problem ?? 'nobody knows why'}`,
      todo,
    }
  }
  if (state !== 'applying' || at > late) return null
  return { status: 'warn', says: `${id} was begun, and has not ended: ${plan.title}`, todo }
}

/** @throws StellaError (unreachable) where they may not be read */
function recordsIn(dataFolder: string): readonly FixRecord[] {
  try {
    return fixStore(dataFolder).list()
  } catch (error) {
    throw storeProblem(error, dataFolder, 'the records of fixes')
  }
}
