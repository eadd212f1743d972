import { formatBytes } from '../../../model/bytes.ts'
import { scalarAt, textAt } from '../../documents/value.ts'
import type { Mapping } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inDump } from './dump-example.ts'

/** Once may be an accident. */
const MANY = 3

const host = '"Memory": 67108864,\n"RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 }'
const state = (killed: boolean): string =>
  `"Status": "restarting",\n"OOMKilled": ${killed},\n"ExitCode": ${killed ? 137 : 1}`

export const restartLoop: Rule = {
  id: 'C25',
  severity: 'warning',
  title: 'A container is started again and again with the limit that killed it',
  why: 'The same program under the same limit dies the same way. Each round loses what was in memory, and the restarts hide from everybody that it never works for long. Find out what it needs (stella why, stella size), and end the loop: on-failure with a number of tries gives up.',
  reference:
    'moby, restartmanager; measured: RestartCount counts the starts of the policy, and OOMKilled tells of the last end while it runs again',
  examples: {
    bad: inDump(host, state(true), '"RestartCount": »7'),
    good: inDump(host, state(false), '"RestartCount": 7'),
  },
  check: inContainers(['docker'], function* ({ name, limit, workload: { root } }) {
    const count = scalarAt(root, 'RestartCount')
    if (typeof count?.value !== 'number' || count.value < MANY) return
    if (scalarAt(root, 'State', 'OOMKilled')?.value !== true) return
    if (!isEndless(root)) return
    const under =
      typeof limit?.bytes === 'number' ? ` under its limit of ${formatBytes(limit.bytes)}` : ''
    yield {
      place: count.place,
      message: `${name} was started again ${count.value} times, and last killed for memory${under}`,
    }
  }),
}

/** The engine does not give up by itself. */
function isEndless(root: Mapping | null): boolean {
  const policy = textAt(root, 'HostConfig', 'RestartPolicy', 'Name')
  const tries = scalarAt(root, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount')?.value
  if (policy === 'on-failure') return tries === 0
  return policy === 'always' || policy === 'unless-stopped'
}
