import type { Observation } from '../../model/evidence.ts'
import type { ExitStatus } from '../../model/facts.ts'
import type { TextFormat } from '../format.ts'
import { detached, linesOf } from '../lines.ts'
import { observe } from './observation.ts'

const HEADER = /^(NAMESPACE +)?NAME +READY +STATUS +RESTARTS +AGE\b/m
const ROW = /^(?:([a-z0-9][a-z0-9-]*) +)?([a-z0-9][a-z0-9.-]*) +\d+\/\d+ +(\S+) +(\d+)(?: |$)/
/** What it says without saying why. */
const TROUBLES =
  /^(?:Init:)?(?:Error|CrashLoopBackOff|Evicted|ContainerStatusUnknown|ExitCode:\d+)$/
const MAX_HINTS = 5
/** Pods that were killed for memory; a cluster with more of them tells nothing more with each. */
const MAX_ROWS = 2_000

/** The table of `kubectl get pods`: it names who was OOM-killed last, and of all others how often they were started again. */
export const podsTable: TextFormat = {
  id: 'kubectl-get-pods',
  recognise: (head) => HEADER.test(head),

  parse(text, origin) {
    const found: Observation[] = []
    for (const { number, text: line } of linesOf(text)) {
      const row = readRow(line)
      if (row === null || !/^(?:Init:)?OOMKilled$/.test(row.status)) continue
      const fact: ExitStatus = {
        kind: 'exit-status',
        exitCode: null,
        signal: null,
        subject: { platform: 'kubernetes', name: row.name, id: null, image: null },
        oomKilled: true,
      }
      const says = `kubectl get pods shows ${row.name} as OOMKilled, started again ${row.restarts} times`
      found.push(observe(origin, { fact, at: null, says, excerpt: line, line: number }))
      if (found.length >= MAX_ROWS) break
    }
    return found
  },

  unread(text) {
    const troubled = [...linesOf(text)].flatMap(({ text: line }) => readRow(line) ?? [])
    return troubled
      .filter(({ status }) => TROUBLES.test(status))
      .slice(0, MAX_HINTS)
      .map(
        ({ name, status }) =>
          `kubectl get pods says ${status} of ${name}, and not why: kubectl describe pod ${name.split('/').at(-1)} does`,
      )
  },
}

function readRow(line: string): { name: string; status: string; restarts: number } | null {
  const [, namespace, pod, status, restarts] = ROW.exec(line) ?? []
  if (pod === undefined || status === undefined) return null
  const name = detached(namespace === undefined ? pod : `${namespace}/${pod}`)
  return { name, status, restarts: Number(restarts) }
}
