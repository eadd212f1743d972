import { cgroupRelation } from '../../../../evidence/cgroup-path.ts'
import { EXIT, StellaError, usageError } from '../../../../model/errors.ts'
import type { World } from '../../../../model/evidence.ts'
import type { OomReport } from '../../../../model/kernel.ts'
import type { Target } from '../../../../model/subject.ts'
import { evidenceOfCase } from '../../../../simulate/oom/from-case.ts'
import { evidenceOfReport } from '../../../../simulate/oom/from-report.ts'
import {
  evidenceOfGroup,
  evidenceOfHost,
  groupOfTarget,
  limitedGroups,
  nearestLimit,
} from '../../../../simulate/oom/from-world.ts'
import type { CliContext } from '../../../context.ts'
import { STDIN } from '../../../evidence-flags.ts'
import { readWhole } from '../read-text.ts'
import { casesIn, casesInFile } from '../../../case-file.ts'
import type { FoundEvidence } from './found.ts'

/**
 * The evidence in files: stored cases, the table of a kernel log, or what was recorded of a group while it lived.
 *
 * @throws StellaError 4 where they hold no processes
 */
export async function evidenceFromFiles(
  context: CliContext,
  paths: readonly string[],
  target: Target | null,
): Promise<FoundEvidence> {
  const stdin = paths.includes(STDIN) ? await readWhole(context.io, STDIN) : ''
  const stored = await Promise.all(
    paths.map(async (path) => ({
      path,
      found: path === STDIN ? casesOfStdin(stdin) : await casesInFile(path),
    })),
  )
  // A folder also holds the world that its case was judged from, and which tells more.
  const others = stored.filter(({ found }) => found === null || found.isFolder)
  if (others.length > 0) {
    const { readFiles } = await context.engine()
    const names = others.map(({ path }) => path)
    const options = names.includes(STDIN) ? { stdin: chunksOf(stdin) } : {}
    const found = fromWorld(await readFiles(names, options), target)
    if (found !== null) return found
  }
  const cases = stored.flatMap(({ found }) => found?.cases ?? [])
  const tables = cases.flatMap((one) => evidenceOfCase(one) ?? [])
  const last = tables.at(-1)
  if (last === undefined) throw noTable(paths)
  return { evidence: last, notes: ofSeveral(tables.length, 'case') }
}

function fromWorld(world: World, target: Target | null): FoundEvidence | null {
  const reports = world.observations
    .flatMap(({ fact }) => (fact.kind === 'kernel-oom' ? [fact] : []))
    .filter((report) => isAbout(report, target))
  const swapBytes = world.observations
    .map(({ fact }) => (fact.kind === 'host-memory' ? fact.swapTotalBytes : null))
    .find((bytes) => bytes !== null)
  const tables = reports.flatMap((report) => evidenceOfReport(report, swapBytes ?? null) ?? [])
  const last = tables.at(-1)
  if (last !== undefined) return { evidence: last, notes: ofSeveral(tables.length, 'kill') }
  return recordedAlive(world, target)
}

function isAbout(report: OomReport, target: Target | null): boolean {
  switch (target?.kind) {
    case undefined:
      return true
    case 'host':
      return report.constraint === 'none'
    case 'cgroup': {
      const { path } = target
      const told = [report.oomMemcg, report.taskMemcg].filter((group) => group !== null)
      return told.some((group) => cgroupRelation(path, group) !== 'apart')
    }
    case 'process': {
      const { pid } = target
      return report.processes.some((process) => process.pid === pid)
    }
    default:
      throw usageError(
        'a kernel log does not know names of containers',
        null,
        'next to --from, name cgroup:/PATH, pid:N or host, or nothing',
      )
  }
}

function recordedAlive(world: World, target: Target | null): FoundEvidence | null {
  const path = target === null ? null : groupOfTarget(world, target)
  const groups = path === null ? limitedGroups(world) : [nearestLimit(world, path) ?? path]
  const [evidence, another] = groups.flatMap((group) => evidenceOfGroup(world, group) ?? [])
  if (another !== undefined) {
    throw usageError(
      `the evidence holds several groups with a limit (${groups.slice(0, 5).join(', ')})`,
      null,
      'name one of them, as in cgroup:/PATH',
    )
  }
  const found = evidence ?? (target?.kind === 'host' ? evidenceOfHost(world) : null)
  return found === null ? null : { evidence: found, notes: [] }
}

function ofSeveral(count: number, what: string): string[] {
  return count > 1 ? [`This is the last of ${count} ${what}s with a table of processes.`] : []
}

function noTable(paths: readonly string[]): StellaError {
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: 'holds no table of processes',
    where: paths.join(', '),
    todo: 'give the kernel log of a kill (vm.oom_dump_tasks=1 prints the table), a case, or a living target',
  })
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

function casesOfStdin(text: string) {
  const cases = casesIn(text, 'standard input')
  return cases === null ? null : { cases, isFolder: false }
}
