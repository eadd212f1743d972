import type { Dead, Glance } from '../../../investigate/glance.ts'
import { localTime } from '../../../report/time.ts'
import { asRoot } from '../../../sources/host/as-root.ts'

/** What to do next, and what was seen that asks for it. */
export interface Step {
  says: string
  run: string
}

/** What is kept of cases. */
export interface Recorded {
  count: number
  newestId: string | null
}

/** So many of the dead are named; all of them with one command. */
const MOST_NAMED = 5

/** Deaths first, then what is recorded; where nothing was seen, how the next one will be. */
export function nextSteps(
  seen: Glance,
  recorded: Recorded,
  { isRoot }: { isRoot: boolean },
): readonly Step[] {
  const named = seen.dead.slice(0, MOST_NAMED).map(stepFor)
  const more = seen.dead.length - named.length
  const { count, newestId } = recorded
  // Who died stands in the log that is closed, so that comes first.
  const closed =
    seen.unnamedKills === null || isRoot ? [] : [{ says: WITH_RIGHTS, run: asRoot('') }]
  const steps = [
    ...named,
    ...(more > 0
      ? [{ says: `${more} more died or lost a process`, run: 'stella why host --all' }]
      : []),
    ...(newestId === null
      ? []
      : [
          { says: `the newest recorded case is ${newestId}`, run: `stella cases show ${newestId}` },
          ...(count > 1 ? [{ says: `${count} cases are recorded`, run: 'stella cases list' }] : []),
        ]),
  ]
  return [...closed, ...(steps.length > 0 ? steps : NOTHING_SEEN)]
}

const WITH_RIGHTS = 'which they were, with the rights to read the kernel log and to ask the engines'

const NOTHING_SEEN: readonly Step[] = [
  { says: 'what uses memory now, and how long until its limit', run: 'stella top' },
  { says: 'see the next kill as it happens, and keep its evidence', run: 'stella watch' },
  {
    says: 'evidence from elsewhere: a kernel log, docker inspect, a folder',
    run: 'stella why --from PATH',
  },
]

function stepFor({ target, exitCode, kills }: Dead): Step {
  const [last] = kills
  const who = last === undefined ? '' : `${last.name ?? 'a process'} (PID ${last.pid ?? 'unknown'})`
  const when = last === undefined || last.at === null ? '' : ` at ${localTime(last.at)}`
  const again = kills.length > 1 ? `, and ${kills.length - 1} before` : ''
  const killed = last === undefined ? null : `the kernel killed ${who}${when}${again}`
  const ended = exitCode === null ? null : `ended with ${exitCode}`
  const says = [ended, killed].filter((part) => part !== null).join('; ')
  // The path of a group is long, and stands in the command.
  const what = target.startsWith('cgroup:') ? 'a memory group' : target
  return { says: `${what}: ${says}`, run: `stella why ${target}` }
}
