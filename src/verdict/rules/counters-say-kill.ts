import type { Confidence, VerdictCode } from '../../model/case.ts'
import type { Observation } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import {
  endedBySigkill,
  fullAbove,
  hostAvailableBytes,
  killsCounted,
  ofLimit,
  subjectInWords,
} from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { flags } from './engine-says-oom.ts'

/**
 * Without a kernel log the group's own counters decide the domain (cgroup v2: memory.events.local, since 5.2):
 * `oom` and `oom_kill` here: its own limit; `oom_kill` alone: a limit above, or the machine; `oom` in the hierarchy
 * alone: a group inside. cgroup v1 counts `oom_kill` where the victim lived; which limit was reached, `stoodAtLimit` says.
 */
export const countersOwnLimit = counterRule('own', 'oom-own-limit', 'its own limit')
export const countersNestedLimit = counterRule('nested', 'oom-nested-limit', 'a limit inside it')
export const countersAncestorLimit = counterRule('ancestor', 'oom-ancestor-limit', 'a limit above')
export const countersHost = counterRule('host', 'oom-host', 'the machine')

type Domain = 'own' | 'nested' | 'ancestor' | 'host'

interface Reading {
  domain: Domain
  confidence: Confidence
  limitPath: string | null
  limitBytes: number | null
  because: readonly Observation[]
}

function counterRule(domain: Domain, code: VerdictCode, what: string): Rule {
  return {
    id: `counters-${domain === 'host' ? 'host' : `${domain}-limit`}`,
    code,
    question: `Do the group's counters show a kernel kill for ${what}?`,
    ask: (incident) => ask(incident, domain),
  }
}

function ask(incident: Incident, domain: Domain): Answer {
  if (incident.reports.length > 0) return NOT_SHOWN
  const reading = read(incident)
  if (reading === null || reading.domain !== domain) return NOT_SHOWN
  const kills = killsCounted(incident) ?? 0
  const times = kills === 1 ? 'once' : `${kills} times`
  const subject = subjectInWords(incident)
  const limit = ofLimit(reading.limitBytes)
  const summary: Record<Domain, string> = {
    own:
      reading.confidence === 'possible'
        ? `The kernel's OOM killer acted ${times} in ${subject}. Whether its own limit${limit} was reached is not recorded; most kills are for that.`
        : `The kernel's OOM killer acted ${times} in ${subject} because its own limit${limit} was reached: its memory counters say so, the kernel log of it was not seen.`,
    nested: `The kernel's OOM killer acted in a group inside ${subject}, whose own limit${limit} was not reached.`,
    ancestor: `The kernel's OOM killer acted${kills === 0 ? '' : ` ${times}`} in ${subject} for a limit${limit} above it, not for its own.`,
    host: `The kernel's OOM killer acted ${times} in ${subject}, and ${
      isAboveKnown(incident)
        ? 'no limit of its own or above it was reached: the machine ran out'
        : 'its own limit was not reached: the machine ran out, a limit above it was reached that is not recorded'
    }, or somebody called the killer by hand.`,
  }
  return {
    answer: 'holds',
    confidence: reading.confidence,
    summary: summary[domain],
    mainProcessDied: incident.mainProcessDied,
    binding: {
      scope: domain === 'own' ? 'container' : domain,
      path: reading.limitPath,
      limitBytes: reading.limitBytes,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: reading.because,
    against: [],
  }
}

function read(incident: Incident): Reading | null {
  const own = incident.groups.own
  if (own === null) return readAbove(incident)
  return own.fact.version === 2 ? readV2(incident, own) : readV1(incident, own)
}

/** Killed, called OOM by its engine, and a group above was full: most likely for that one. */
function readAbove(incident: Incident): Reading | null {
  const above = fullAbove(incident)
  const said = flags(incident)
  if (above === null || said.length === 0 || !endedBySigkill(incident)) return null
  return reading('ancestor', 'possible', above, [above, ...said])
}

function readV2(incident: Incident, own: Observation<CgroupState>): Reading | null {
  const { events, eventsLocal } = own.fact
  const kills = events?.oomKill ?? eventsLocal?.oomKill ?? 0
  if (kills === 0) return null
  // Before 5.2 there is no .local, and memory.events counts this group alone.
  const oomHere = eventsLocal === null ? (events?.oom ?? 0) : (eventsLocal.oom ?? 0)
  if (oomHere > 0) {
    return reading('own', eventsLocal === null ? 'likely' : 'certain', own, [own])
  }
  if ((events?.oom ?? 0) > 0) return reading('nested', 'likely', own, [own])
  const above = incident.groups.ancestors.find(({ fact }) => (fact.eventsLocal?.oom ?? 0) > 0)
  if (above !== undefined) return reading('ancestor', 'certain', above, [own, above])
  return {
    domain: 'host',
    confidence: 'possible',
    limitPath: null,
    limitBytes: incident.hostMemory?.fact.totalBytes ?? null,
    because: [own, ...incident.groups.ancestors],
  }
}

function readV1(incident: Incident, own: Observation<CgroupState>): Reading | null {
  const kills = own.fact.oomControl?.oomKill ?? 0
  if (kills === 0) return null
  if (stoodAtLimit(own.fact)) return reading('own', 'likely', own, [own])
  const above = incident.groups.ancestors.find(({ fact }) => stoodAtLimit(fact))
  if (above !== undefined) return reading('ancestor', 'likely', above, [own, above])
  if (!isTold(own.fact)) return reading('own', 'possible', own, [own])
  return {
    domain: 'host',
    confidence: 'possible',
    limitPath: null,
    limitBytes: incident.hostMemory?.fact.totalBytes ?? null,
    because: [own, ...incident.groups.ancestors],
  }
}

/**
 * cgroup v1. `failcnt` counts refused charges, but none where memory and swap together have the same limit: that one is asked first
 * (try_charge_memcg, mm/memcontrol.c), and Linux 6.18 counts its refusals nowhere. The high-water mark tells then.
 */
function stoodAtLimit({ limitBytes, failcnt, peakBytes }: CgroupState): boolean {
  return limitBytes !== null && ((failcnt ?? 0) > 0 || (peakBytes ?? 0) >= limitBytes)
}

/** Whether a limit and what was reached of it are there to be looked at. */
function isTold({ limitBytes, unlimited, failcnt, peakBytes }: CgroupState): boolean {
  return unlimited || (limitBytes !== null && (failcnt !== null || peakBytes !== null))
}

/** Nothing but the root stands above a group of the first level. */
function isAboveKnown({ groups: { ancestors }, path }: Incident): boolean {
  return ancestors.length > 0 || (path !== null && path.lastIndexOf('/') <= 0)
}

function reading(
  domain: Domain,
  confidence: Confidence,
  limited: Observation<CgroupState>,
  because: readonly Observation[],
): Reading {
  return {
    domain,
    confidence,
    limitPath: limited.fact.path,
    limitBytes: limited.fact.limitBytes,
    because,
  }
}
