/** What a stella that was killed has left running: nobody goes on beside it. */
import { livingOfGroup } from '../../sources/proc/identity.ts'
import type { StartedProgram } from './event.ts'
import type { Run } from './run.ts'

/** `leave`: the run waits, and says who still lives. */
export type OutlivedWish = 'leave' | 'wait' | 'kill'

/** How often it is looked whether they still live. */
const LOOK_MS = 200
/** What was killed is gone by then, unless it hangs in the kernel. */
const KILLED_MS = 10_000

/**
 * Looks whether programs of the change that was open when stella ended still live, and does about it what was wanted.
 *
 * @returns whether the run may go on; it waits otherwise
 */
export async function overWithOutlived(run: Run, wish: OutlivedWish): Promise<boolean> {
  const { open } = run.state()
  if (open === null) return true
  const { step, started } = open
  const living = (): readonly string[] =>
    started.flatMap(({ at, programs }) => programs.flatMap((each) => toldLiving(each, at)))
  let found = living()
  if (found.length === 0) return true
  const waits = (): false => {
    const why = `what it has started still runs: ${found.join('; ')}`
    run.note({ kind: 'waits', step, why, stillRuns: true })
    return false
  }
  if (wish === 'leave') return waits()
  const { desk } = run
  run.note({ kind: 'outlived', step, by: desk.by, did: wish, says: found.join('; ') })
  if (wish === 'kill') for (const each of started.flatMap(({ programs }) => programs)) kill(each)
  const until = wish === 'kill' ? desk.now() + KILLED_MS : Infinity
  for (;;) {
    found = living()
    if (found.length === 0) return true
    if (desk.signal.aborted || desk.now() > until) return waits()
    await desk.pause(LOOK_MS)
  }
}

/** `set-value new: process 4242 (sh), since …` */
function toldLiving(program: StartedProgram, since: string): readonly string[] {
  const members = livingOfGroup(program).map(({ pid, name }) => `${pid} (${name})`)
  if (members.length === 0) return []
  const word = members.length === 1 ? 'process' : 'processes'
  return [`${program.argv.join(' ').slice(0, 200)}: ${word} ${members.join(', ')}, since ${since}`]
}

function kill(program: StartedProgram): void {
  if (livingOfGroup(program).length === 0) return
  try {
    process.kill(-program.pid, 'SIGKILL')
  } catch {
    // Gone by itself, or of another user: whoever looks again sees which.
  }
}
