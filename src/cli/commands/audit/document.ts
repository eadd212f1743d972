import type { Audit, Finding } from '../../../audit/engine.ts'
import { positionOf } from '../../../audit/documents/place.ts'
import type { Known } from './baseline.ts'
import type { LiveInputs } from './live.ts'
import type { Mended } from './fix.ts'
import type { Settings } from './settings.ts'

type Cluster = NonNullable<LiveInputs['cluster']>

interface Circumstances {
  mended: Mended | null
  known: Known | null
  settings: Settings
  /** What could not be read or asked. */
  unread: readonly string[]
  live: LiveInputs | null
}

/** The answer for scripts: `stella.audit/1`. */
export function documentOf(audit: Audit, { mended, known, settings, unread, live }: Circumstances) {
  return {
    /** What `stella audit --json` prints: findings in manifests or on a machine. */
    schema: 'stella.audit/1',
    findings: audit.findings.map(findingOf),
    files: audit.files.length,
    problems: audit.problems.map(({ at, what, todo }) => ({
      file: at.file.path,
      ...positionOf(at),
      what,
      todo,
    })),
    unread,
    ...(live?.cluster ? { cluster: clusterOf(live.cluster) } : {}),
    ignored: audit.ignored,
    known: known?.count ?? 0,
    fixed: mended?.count ?? 0,
    failOn: settings.failOn,
    off: [...settings.off].map(([rule, reason]) => ({ rule, reason })),
  }
}

function clusterOf({ where, workloads, pods, nodes, calls }: Cluster) {
  return { server: where, workloads, pods, nodes, apiCalls: calls }
}

function findingOf(finding: Finding) {
  const { rule, severity, place, line, column, message, edits, seen } = finding
  return {
    rule: rule.id,
    severity,
    file: place.file.path,
    line,
    column,
    message,
    fixable: edits.length > 0,
    title: rule.title,
    ...(seen === null ? {} : { seen }),
  }
}
