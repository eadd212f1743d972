import { accountOfDead, accountOfLiving } from './account.ts'
import type { Account } from './account.ts'
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation } from '../model/evidence.ts'
import type {
  Bill,
  BillBound,
  PageCacheView,
  ProcessShare,
  RuntimeView,
  ToolFigure,
} from '../model/bill.ts'
import type { CgroupState, HostMemory, HostState, ProcessState } from '../model/facts.ts'
import { limitHitsOf } from '../model/limit-hits.ts'
import type { Subject } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import { reportOf } from '../verdict/incident.ts'
import type { Incident } from '../verdict/incident.ts'
import { boundsOf } from './bounds.ts'
import { figuresOfGroup, figuresOfReport } from './figures.ts'
import type { GroupFigures } from './figures.ts'
import type { Asked } from './asked.ts'
import { findingsOf } from './findings.ts'
import { unreclaimableBytes } from './group-items.ts'
import { accountOfHost } from './host-bill.ts'
import { pageCacheOf } from './page-cache.ts'
import type { CacheReading } from './page-cache-reading.ts'
import { accountOfProcess } from './process-bill.ts'
import { familyOf, shareOf, sharesOf, sharesOfTable } from './processes.ts'
import { viewsOf } from './runtimes/views.ts'
import { sharingOf } from './sharing.ts'
import { TOOLS } from './tools/index.ts'
import type { ToolInputs } from './tools/tool.ts'

/** The bill of a living group; null where its files do not say what it uses. */
export function billOfLiving(
  incident: Incident,
  asked: Asked,
  unknown: readonly string[],
): Bill | null {
  const group = incident.groups.own
  const figures = group === null ? null : figuresOfGroup(group.fact)
  if (group === null || figures === null) return null
  const processes = incident.processes.map(({ fact }) => fact)
  const limits = [group, ...incident.groups.ancestors].map(({ fact }) => fact.limitBytes)
  const shares = sharesOf(processes)
  // Whoever tells of a group from afar does not tell who lives in it.
  const looked = processes.length > 0 || group.fact.pids !== null
  return complete(accountOfLiving(group.fact, figures, processes), {
    subject: incident.subject,
    at: group.at,
    moment: 'now',
    scope: 'group',
    figures,
    bounds: boundsOf(incident),
    shares,
    pageCache: pageCacheIn(group, figures, asked),
    sharing: looked ? sharingOf(processes, figures, asked.ksm).says : [],
    runtimes: viewsOf(processes, asked.answers, smallest(limits)),
    tools: looked
      ? {
          group: figures,
          processes,
          container: incident.container?.fact ?? null,
          host: incident.hostMemory?.fact ?? null,
          inPod: incident.pod !== null || isInPod(figures.path),
          engineVersion: asked.engineVersion,
        }
      : null,
    unknown,
  })
}

/** The bill at the end of a dead subject, from the kernel's report; null where the report has no figures. */
export function billOfDead(incident: Incident, unknown: readonly string[]): Bill | null {
  const report = reportOf(incident)
  const figures = report === null ? null : figuresOfReport(report.fact)
  if (report === null || figures === null) return null
  const shares = sharesOfTable(report.fact.processes)
  return complete(accountOfDead(figures, report.fact.processes), {
    subject: incident.subject,
    at: incident.at,
    moment: 'kill',
    scope: 'group',
    figures,
    shares,
    runtimes: [],
    tools: null,
    unknown,
  })
}

/** The bill of one process; null where it maps nothing. */
export function billOfProcess(
  process: ProcessState,
  incident: Incident | null,
  read: { at: Instant | null; asked: Asked; unknown: readonly string[] },
): Bill | null {
  const account = accountOfProcess(process)
  if (account === null) return null
  const groups = incident?.groups
  const family = familyOf(process, incident?.processes.map(({ fact }) => fact) ?? [])
  const limits = [groups?.own ?? null, ...(groups?.ancestors ?? [])].map(
    (group) => group?.fact.limitBytes ?? null,
  )
  return complete(account, {
    subject: {
      platform: 'process',
      name: process.name,
      id: String(process.pid),
      image: null,
    },
    at: read.at,
    moment: 'now',
    scope: 'process',
    figures: null,
    path: process.cgroupPaths[0] ?? null,
    shares: [shareOf(process)],
    runtimes: viewsOf([process], read.asked.answers, smallest(limits), family),
    tools: {
      group: null,
      processes: [process],
      container: null,
      host: null,
      inPod: false,
    },
    unknown: read.unknown,
  })
}

/** The bill of the machine; null where meminfo could not be read. */
export function billOfHost(
  memory: HostMemory,
  states: readonly HostState[],
  read: { at: Instant | null; unknown: readonly string[] },
): Bill | null {
  const account = accountOfHost(memory, states)
  if (account === null) return null
  return complete(account, {
    subject: { platform: 'host', name: null, id: null, image: null },
    at: read.at,
    moment: 'now',
    scope: 'host',
    figures: null,
    shares: [],
    runtimes: [],
    tools: {
      group: null,
      processes: [],
      container: null,
      host: memory,
      inPod: false,
    },
    unknown: read.unknown,
  })
}

interface Around {
  subject: Subject
  at: Instant | null
  moment: Bill['moment']
  scope: Bill['scope']
  figures: GroupFigures | null
  bounds?: readonly BillBound[]
  /** Where it lives, for a subject that is no group. */
  path?: string | null
  shares: readonly ProcessShare[]
  pageCache?: PageCacheView | null
  /** What is to be said about shared pages. */
  sharing?: readonly string[]
  runtimes: readonly RuntimeView[]
  /** Null: no tool was there to look. */
  tools: Omit<ToolInputs, 'scope' | 'chargeBytes'> | null
  unknown: readonly string[]
}

function complete(account: Account, around: Around): Bill {
  const { subject, at, moment, scope, figures, shares, runtimes, unknown } = around
  const { chargeBytes } = account
  const bill: Bill = {
    subject,
    at,
    moment,
    scope,
    path: figures?.path ?? around.path ?? null,
    cgroupVersion: figures?.version ?? null,
    limitBytes: figures?.limitBytes ?? null,
    bounds: around.bounds ?? [],
    ...account,
    unreclaimableBytes: unreclaimableBytes(account.items),
    processes: shares,
    runtimes,
    pageCache: around.pageCache ?? null,
    tools: around.tools === null ? [] : figuresOfTools({ scope, chargeBytes, ...around.tools }),
    findings: [],
    unknown,
  }
  const findings = findingsOf(bill, { looked: around.tools !== null })
  return { ...bill, findings: [...findings, ...(around.sharing ?? [])] }
}

function figuresOfTools(inputs: ToolInputs): ToolFigure[] {
  return TOOLS.map((tool) => tool.figure(inputs)).filter((figure) => figure !== null)
}

function isInPod(path: string | null): boolean {
  return path !== null && describeCgroupPath(path).podUid !== null
}

function smallest(limits: readonly (number | null)[]): number | null {
  const known = limits.filter((limit) => limit !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Two looks tell more than one: those of two bills, or the one a moment later. */
function pageCacheIn(
  group: Observation<CgroupState>,
  figures: GroupFigures,
  asked: Asked,
): PageCacheView | null {
  const { earlier, later, lruGen, tmpfs, pageSizeBytes } = asked
  const around = { lruGen, tmpfs, ...(pageSizeBytes === null ? {} : { pageSizeBytes }) }
  const before = earlier?.observations.find(
    ({ fact }) => fact.kind === 'cgroup-state' && fact.path === group.fact.path,
  )
  const now = { at: group.at, reading: readingOf(group.fact, figures) }
  const then = before?.fact.kind === 'cgroup-state' ? lookAt(before.fact, before.at) : null
  if (then !== null) return pageCacheOf(now.reading, { ...around, earlier: between(then, now) })
  const next = later === null ? null : lookAt(later.fact, later.at)
  if (next === null) return pageCacheOf(now.reading, around)
  return pageCacheOf(next.reading, { ...around, earlier: between(now, next) })
}

interface Look {
  at: Instant | null
  reading: CacheReading
}

function lookAt(state: CgroupState, at: Instant | null): Look | null {
  const figures = figuresOfGroup(state)
  return figures === null ? null : { at, reading: readingOf(state, figures) }
}

function between(first: Look, second: Look): { reading: CacheReading; seconds: number } | null {
  if (first.at === null || second.at === null || second.at <= first.at) return null
  return { reading: first.reading, seconds: (second.at - first.at) / 1000 }
}

function readingOf(state: CgroupState, group: GroupFigures): CacheReading {
  return { group, pressure: state.pressure, limitHits: limitHitsOf(state) }
}
