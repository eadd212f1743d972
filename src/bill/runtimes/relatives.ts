import type { ProcessState } from '../../model/facts.ts'
import { sumKnown } from '../processes.ts'
import { baseName } from '../../parsers/lines.ts'

/** The name of the program that runs, without its folder; what the process calls itself where that may not be read. */
export function programName({ executable, command, name }: ProcessState): string {
  return baseName(executable ?? command[0] ?? name ?? '')
}

/** Whether a process wrote a title over its command line: its options are not seen any more. */
export function isTitled({ executable, command }: ProcessState): boolean {
  const [first] = command
  if (executable === null || first === undefined || command.length > 1) return false
  if (first.includes(' ')) return true
  const [own, said] = [baseName(executable), baseName(first)]
  // python3 is a link to python3.11, nodejs one to node.
  return !own.startsWith(said) && !said.startsWith(own) && !first.startsWith('/')
}

/**
 * Children that a process made of itself: the same program with the same command line, or a title that begins alike
 * (`gunicorn: master …`, `gunicorn: worker …`).
 */
export function workersOf(
  process: ProcessState,
  processes: readonly ProcessState[],
): ProcessState[] {
  return processes.filter((other) => other.parentPid === process.pid && isAlike(process, other))
}

/** Of workers that are alike only the largest is looked into; the others are counted at their master. */
export function isLesserWorker(process: ProcessState, processes: readonly ProcessState[]): boolean {
  const master = processes.find(({ pid }) => pid === process.parentPid)
  if (master === undefined || !isAlike(master, process)) return false
  const size = ({ rssBytes }: ProcessState): number => rssBytes ?? 0
  return workersOf(master, processes).some(
    (other) =>
      size(other) > size(process) || (size(other) === size(process) && other.pid < process.pid),
  )
}

function isAlike(master: ProcessState, worker: ProcessState): boolean {
  if (master.pid === worker.pid || programName(master) !== programName(worker)) return false
  const [title = '', other = ''] = [master.command[0], worker.command[0]]
  if (isTitled(master) && isTitled(worker)) {
    const prefix = /^[^:]+:/.exec(title)?.[0]
    return prefix !== undefined && other.startsWith(prefix)
  }
  return (
    (master.command.length > 0 && sameCommand(master.command, worker.command)) ||
    worker.command.some((argument) => MULTIPROCESSING.test(argument))
  )
}

/** How multiprocessing starts a worker that is no fork (`spawn`, `forkserver`). */
const MULTIPROCESSING = /^from multiprocessing\.(?:spawn|forkserver) import/

function sameCommand(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((argument, at) => argument === other[at])
}

/** What the other processes of the subject hold now, as far as it is known: it has to fit below the same limit. */
export function heldByOthers({ pid }: ProcessState, processes: readonly ProcessState[]): number {
  const others = processes.filter((other) => other.pid !== pid)
  return sumKnown(others.map(({ pssBytes }) => pssBytes)) ?? 0
}
