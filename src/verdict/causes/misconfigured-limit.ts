import { formatBytes, MIB } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { bindingOf, fullCounter, isUpdatedSince, ownLimitBytes, reportScope } from '../reading.ts'
import { hasNoLimit } from '../rules/engine-says-oom.ts'
import { reportOf, type Incident } from '../incident.ts'

/** Limits that contradict each other, or that nothing could live in. */
export const misconfiguredLimit: CauseRule = { code: 'misconfigured-limit', find }

/** Docker refuses limits below 6 MiB because a runtime cannot start in less. */
const FLOOR_BYTES = 6 * MIB

function find(incident: Incident): CauseFinding | null {
  return neverReachable(incident) ?? lowered(incident) ?? below(incident) ?? killerOff(incident)
}

/** A charge is refused at the limit, so usage stands above it only where the limit came down on it. */
function lowered(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  if (report === null || report.fact.constraint !== 'memcg') return null
  const counter = fullCounter(report.fact)
  if (counter === null || counter.limitBytes === null) return null
  if (counter.usageBytes < LOWERED_SHARE * counter.limitBytes) return null
  const update = incident.events.findLast(({ fact }) => fact.action === 'update')
  return {
    confidence: 'certain',
    summary: `The limit was lowered to ${formatBytes(counter.limitBytes)} while ${formatBytes(counter.usageBytes)} were in use; the kernel killed to get down to it.`,
    because: [report, ...(update === undefined ? [] : [update])],
  }
}

/** A few pages of per-CPU stock and forced charges may stand above a limit. */
const LOWERED_SHARE = 1.1

/** The limits below a shared limit add up to more than it, so theirs can never be the first to be reached. */
function neverReachable(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  if (report === null || reportScope(incident, report.fact) !== 'ancestor') return null
  const own = ownLimitBytes(incident)
  const { limitBytes } = bindingOf(incident, 'ancestor')
  if (limitBytes === null || (own === null && !isWithoutLimit(incident))) return null
  // A pod's group with one container has that container's limit: no contradiction.
  if (own !== null && (own === limitBytes || own <= limitBytes / 2)) return null
  const word = own === null ? 'no limit of its own' : `a limit of its own of ${formatBytes(own)}`
  return {
    confidence: 'likely',
    summary: `It has ${word} below a shared limit of ${formatBytes(limitBytes)}: with neighbours beside it, the shared limit is reached first.`,
    because: [report],
  }
}

/** That no limit is known of it is another thing: of a pod that is gone nobody can look it up. */
function isWithoutLimit(incident: Incident): boolean {
  return (
    (incident.container !== null && !isUpdatedSince(incident)) ||
    incident.groups.own?.fact.unlimited === true ||
    hasNoLimit(incident)
  )
}

function below(incident: Incident): CauseFinding | null {
  const limit = ownLimitBytes(incident)
  const witness = incident.container ?? incident.pod ?? incident.groups.own
  if (limit === null || limit >= FLOOR_BYTES || witness === null) return null
  return {
    confidence: 'certain',
    summary: `A limit of ${formatBytes(limit)} (${limit} bytes) is less than a container runtime needs to start a process; a unit may be wrong (in Kubernetes "m" means thousandths of a byte).`,
    because: [witness],
  }
}

function killerOff(incident: Incident): CauseFinding | null {
  const { container } = incident
  if (container?.fact.oomKillDisable !== true) return null
  return {
    confidence: 'certain',
    summary:
      'The OOM killer is turned off for this container: at its limit it hangs instead of being restarted (cgroup v1), or the setting is ignored (v2).',
    because: [container],
  }
}
