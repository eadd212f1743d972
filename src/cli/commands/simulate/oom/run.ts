import { EXIT, StellaError, usageError } from '../../../../model/errors.ts'
import type { Target } from '../../../../model/subject.ts'
import type { RankedProcess } from '../../../../simulate/oom/candidate.ts'
import {
  adjustmentThatSpares,
  type Adjustment,
  type AppliedAdjustment,
  withChanges,
} from '../../../../simulate/oom/changes.ts'
import type { OomEvidence } from '../../../../simulate/oom/evidence.ts'
import { isCloseCall, type OomSimulation, simulateOom } from '../../../../simulate/oom/simulate.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import { type EvidenceFlags, STDIN } from '../../../evidence-flags.ts'
import { nothingNamed } from '../../../gather.ts'
import { printable } from '../../../../report/printable.ts'
import { printAnswer } from '../print.ts'
import type { FoundEvidence } from './found.ts'
import { evidenceFromFiles } from './from-files.ts'
import { liveEvidence } from './live.ts'
import { rankingTable } from './ranking-table.ts'
import { headline, reasons, type Told } from './words.ts'

interface OomFlags extends CommonFlags, EvidenceFlags {
  setAdj?: readonly Adjustment[]
  oomGroup?: boolean
}

/** `stella simulate oom`. */
export async function oom(
  this: CliContext,
  flags: OomFlags,
  target?: Target | typeof STDIN,
): Promise<void> {
  const { evidence, notes } = await evidenceFor(this, flags.from ?? [], target)
  const told = simulate(evidence, flags)
  const because = [...notes, ...reasons(told)].map(printable)
  const unknown = evidence.unknown.map(printable)
  printAnswer(this.io, flags, {
    document: documentOf(told, because),
    headline: printable(headline(told)),
    tone: 'bad',
    parts: [
      { lines: rankingTable(told.simulation.ranking) },
      { sentences: because },
      { sentences: unknown.map((gap) => `Not known: ${gap}.`) },
    ],
  })
}

async function evidenceFor(
  context: CliContext,
  from: readonly string[],
  target: Target | typeof STDIN | undefined,
): Promise<FoundEvidence> {
  const paths = target === STDIN ? [...from, STDIN] : from
  const named = target === STDIN ? null : (target ?? null)
  if (paths.length > 0) return evidenceFromFiles(context, [...new Set(paths)], named)
  if (named !== null) return liveEvidence(context, named)
  throw nothingNamed('simulate oom')
}

function simulate(evidence: OomEvidence, flags: OomFlags): Told {
  const { setting } = evidence
  const before = simulateOom(setting)
  const adjustments = flags.setAdj ?? []
  const oomGroup = flags.oomGroup ?? null
  if (oomGroup !== null && setting.scope === 'host') {
    throw usageError(
      'the machine as a whole has no memory.oom.group',
      '--oom-group',
      'name a group or a container',
    )
  }
  const {
    setting: changed,
    applied,
    unmatched,
  } = withChanges(setting, {
    adjustments,
    oomGroup: evidence.cgroupVersion === 1 ? null : oomGroup,
  })
  if (unmatched[0] !== undefined) {
    throw usageError(
      `no process '${unmatched[0]}' is among those that could be killed`,
      '--set-adj',
      'take a PID or a name from the ranking',
    )
  }
  const isChanged = applied.length > 0 || oomGroup !== null
  const simulation = isChanged ? simulateOom(changed) : before
  if (simulation === null) throw undecided(evidence)
  return {
    evidence: { ...evidence, setting: changed },
    simulation,
    before: isChanged ? before : null,
    applied,
    oomGroup,
    spare: adjustmentThatSpares(changed),
  }
}

function undecided(evidence: OomEvidence): StellaError {
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: `the evidence does not decide${evidence.unknown.length === 0 ? ': the memory of a process is not known' : `: ${evidence.unknown.join('; ')}`}`,
    todo: 'add /proc/meminfo of that machine, or the whole kernel log, with --from',
  })
}

function documentOf(told: Told, because: readonly string[]) {
  const { evidence, simulation, before } = told
  const { setting } = evidence
  const { totalPages, pageSizeBytes } = setting.scale
  return {
    /** What `stella simulate oom --json` prints: whom the kernel would kill. */
    schema: 'stella.simulate-oom/1',
    outcome: simulation.outcome,
    victim: victimOf(simulation),
    victims: simulation.victims.map(short),
    ranking: simulation.ranking.map(entryOf),
    closeCall: isCloseCall(simulation, evidence.blurBytes),
    scope: setting.scope,
    path: setting.path,
    cgroupVersion: evidence.cgroupVersion,
    kernelVersion: evidence.kernelVersion,
    limitBytes: evidence.limitBytes,
    totalBytes: totalPages === null ? null : totalPages * pageSizeBytes,
    roomBytes: evidence.roomBytes,
    changes:
      before === null && told.applied.length === 0 && told.oomGroup === null
        ? null
        : {
            adjustments: told.applied.map(adjustmentOf),
            oomGroup: told.oomGroup,
            before: before === null ? null : { outcome: before.outcome, victim: victimOf(before) },
          },
    sparedWith: told.spare,
    killed: evidence.killed,
    because,
    unknown: evidence.unknown,
  }
}

function victimOf({ victims }: OomSimulation) {
  return victims[0] === undefined ? null : short(victims[0])
}

function short({ pid, name, badness }: RankedProcess) {
  return { pid, name, badness }
}

function entryOf(one: RankedProcess) {
  const { parentPid: _parent, exempt: _exempt, spared, ...figures } = one
  return { ...figures, spared }
}

function adjustmentOf({ pid, name, from, to }: AppliedAdjustment) {
  return { pid, name, from, to }
}
