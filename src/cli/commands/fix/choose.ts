/** What is known of a subject, and which change it calls for. */
import { join } from 'node:path'
import { chooseFix, type FixChoice } from '../../../advice/choose-fix.ts'
import type { EarlierFix } from '../../../advice/leak-shown.ts'
import { EXIT, StellaError } from '../../../model/errors.ts'
import type { ContainerState } from '../../../model/facts.ts'
import type { FixRecord } from '../../../model/fix.ts'
import type { KilledLife, Sizing, SizingEvidence } from '../../../model/sizing.ts'
import { casesInFile } from '../../case-file.ts'
import type { CliContext } from '../../context.ts'
import type { FixDesk } from '../../engine.ts'
import { evidenceOfTarget } from '../size/from-target.ts'
import { readLimit, refuseHarmfulLimit, refuseLowerThanKill } from './limit.ts'
import { minded } from './mind.ts'
import { platformIn, type FixFlags } from './flags.ts'
import type { Answered } from './subject.ts'
import { fixTargetOf, platformOf } from './target.ts'
import { variablesAsSaid } from './variables.ts'

/** Null: the target is no longer there, cannot be asked live, or nobody tells what it uses; the case alone has to do. */
export async function sizingEvidence(
  context: CliContext,
  flags: FixFlags,
  { target }: Answered,
): Promise<SizingEvidence | null> {
  if (target.kind === 'host') return null
  const options = flags.data === undefined ? {} : { data: flags.data }
  try {
    return (await evidenceOfTarget(context, options, target)).evidence
  } catch (error) {
    if (!(error instanceof StellaError)) throw error
    if (error.exitCode === EXIT.unreachable || error.exitCode === EXIT.inconclusive) return null
    throw error
  }
}

export interface Known {
  subject: Answered
  desk: FixDesk
  /** Of this subject, newest first. */
  records: readonly FixRecord[]
  evidence: SizingEvidence | null
  sizing: Sizing | null
}

export async function choose(flags: FixFlags, known: Known): Promise<FixChoice> {
  const { subject, records, evidence, sizing } = known
  const { found } = subject
  const answer = records.find(({ caseId, state }) => caseId === found.id && state === 'applied')
  if (flags.env !== undefined) return variablesAsSaid(flags.env)
  if (answer !== undefined && flags.limit === undefined && flags.remedy === undefined) {
    const because = [
      `The fix ${answer.id} answers this case already: see whether it holds with 'stella verify ${answer.id}', or take it back with 'stella fix --undo ${answer.id}'.`,
    ]
    return { kind: 'nothing', because }
  }
  const limitBytes = limitSaid(flags, subject)
  if (limitBytes !== null) {
    refuseHarmfulLimit(limitBytes, evidence)
    if (found.verdict.code === 'oom-own-limit') {
      refuseLowerThanKill(limitBytes, found.binding.limitBytes)
    }
  }
  const choice = chooseFix({
    found,
    limitBytes,
    remedyId: flags.remedy ?? null,
    sizing,
    presentLimitBytes: evidence?.limitBytes ?? null,
    earlier: await earlierFixes(records, known.desk),
    lastLife: lastLife(subject),
  })
  return minded(choice, records, containerOf(subject))
}

function limitSaid(flags: FixFlags, subject: Answered): number | null {
  if (flags.limit === undefined) return null
  const { code } = subject.found.verdict
  const where = code === 'oom-ancestor-limit' || code === 'oom-nested-limit' ? 'shared' : 'own'
  return readLimit(flags.limit, platformOf(fixTargetOf(questionOf(flags, subject, where))))
}

export function questionOf(
  flags: FixFlags,
  subject: Answered,
  where: 'own' | 'shared' | 'machine',
) {
  return {
    target: subject.target,
    found: subject.found,
    where,
    platform: platformIn(flags),
    file: flags.file ?? null,
    container: containerOf(subject),
  }
}

export function containerOf({ world }: Answered): ContainerState | null {
  for (const { fact } of world?.observations ?? []) if (fact.kind === 'container-state') return fact
  return null
}

/** `NAME=value` of what it is started with: as its engine or its definition tells. */
export function variablesOf(subject: Answered): readonly string[] {
  const container = containerOf(subject)
  if (container !== null) return container.env
  for (const { fact } of subject.world?.observations ?? []) {
    if (fact.kind === 'marathon-app') return fact.env
  }
  return []
}

/** How long the life lasted that the case is about; null where another one runs since. */
function lastLife(subject: Answered): KilledLife | null {
  const { at, binding } = subject.found
  const startedAt = containerOf(subject)?.startedAt ?? null
  if (at === null || startedAt === null || startedAt > at || binding.limitBytes === null)
    return null
  return { at, limitBytes: binding.limitBytes, uptimeSeconds: (at - startedAt) / 1_000 }
}

/** Limits that were raised because it had been killed: what is not known to have been a kill does not count. */
async function earlierFixes(
  records: readonly FixRecord[],
  { folder }: FixDesk,
): Promise<EarlierFix[]> {
  const raised: EarlierFix[] = []
  for (const { id, change, appliedAt } of records.toReversed()) {
    if (change.kind !== 'limit' || appliedAt === null) continue
    const before = await casesInFile(join(folder, id)).catch(() => null)
    if (before?.cases[0]?.verdict.code.startsWith('oom-') !== true) continue
    raised.push({ id, appliedAt, limitBytes: change.limitBytes })
  }
  return raised
}
