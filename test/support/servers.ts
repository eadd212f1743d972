import { readFileSync, readlinkSync } from 'node:fs'
import * as z from 'zod/mini'
import { inquiriesFor, viewsOf } from '../../src/bill/runtimes/views.ts'
import type { RuntimeView } from '../../src/model/bill.ts'
import type { ProcessState } from '../../src/model/facts.ts'
import type { Answer } from '../../src/model/question.ts'
import { processState } from '../../src/parsers/proc/process-state.ts'
import { hostReader } from '../../src/sources/reader.ts'
import type { Reader } from '../../src/sources/reader.ts'
import { ask } from '../../src/sources/runtime/ask.ts'
import { answersIn, RECORDED_ANSWERS } from './recorded-answers.ts'

/** The processes of one subject as /proc has them, and what their runtimes answered: all that a view is made of. */
export interface RecordedServer {
  /** What was made to happen. */
  about: string
  limitBytes: number | null
  /** By PID: texts of its /proc files by their names. */
  processes: Readonly<Record<string, Readonly<Record<string, string>>>>
  answers: readonly Answer[]
}

const FILES = ['stat', 'status', 'cmdline', 'comm', 'exe', 'cgroup', 'smaps_rollup'] as const

/** Reads these processes and asks the runtimes among them. */
export async function observe(
  about: string,
  pids: readonly number[],
  limitBytes: number | null,
  reader: Reader = hostReader(),
): Promise<RecordedServer> {
  const processes: Record<string, Record<string, string>> = {}
  for (const pid of pids) {
    const files = procFiles(pid)
    if ('smaps_rollup' in files) processes[pid] = files
  }
  const answers: Answer[] = []
  for (const { pid, questions } of inquiriesFor(processesOf(processes))) {
    for (const question of questions) {
      answers.push(await ask(reader, pid, question, AbortSignal.timeout(5_000)))
    }
  }
  return { about, limitBytes, processes, answers }
}

export function viewsIn({ processes, answers, limitBytes }: RecordedServer): RuntimeView[] {
  return viewsOf(processesOf(processes), answers, limitBytes)
}

/** The one view that there is. */
export function viewIn(recorded: RecordedServer): RuntimeView {
  const [only, ...more] = viewsIn(recorded)
  if (only === undefined || more.length > 0) throw new Error(`${recorded.about}: not one view`)
  return only
}

/** The view of that runtime; the test fails where there is none. */
export function viewOf(recorded: RecordedServer, runtime: string): RuntimeView {
  const view = viewsIn(recorded).find((one) => one.runtime === runtime)
  if (view === undefined) throw new Error(`no ${runtime} among ${recorded.about}`)
  return view
}

/** Bytes of the item whose name begins so; 0 where there is none. */
export function itemBytes(view: RuntimeView, name: string): number {
  return view.items.find((item) => item.name.startsWith(name))?.bytes ?? 0
}

/** Σ PSS as the kernel has it, apart from what any view says. */
export function pssOf(
  { processes }: RecordedServer,
  which: (process: ProcessState) => boolean = () => true,
): number {
  const counted = processesOf(processes).filter(which)
  return counted.reduce((sum, { pssBytes }) => sum + (pssBytes ?? 0), 0)
}

/** `redis/snapshot`: a server that `fixtures/runtimes/record-servers.ts` recorded. */
export function recordedServer(name: string): RecordedServer {
  const file = new URL(`../../fixtures/runtimes/${name}.json`, import.meta.url)
  const recorded = RECORDED.parse(JSON.parse(readFileSync(file, 'utf8')))
  return { ...recorded, answers: answersIn(recorded.answers) }
}

const RECORDED = z.object({
  about: z.string(),
  limitBytes: z.nullable(z.number()),
  processes: z.record(z.string(), z.record(z.string(), z.string())),
  answers: RECORDED_ANSWERS,
})

export function processesOf(processes: RecordedServer['processes']): ProcessState[] {
  return Object.entries(processes).map(([pid, files]) =>
    processState(new Map(Object.entries(files)), Number(pid)),
  )
}

function procFiles(pid: number): Record<string, string> {
  const files: Record<string, string> = {}
  for (const name of FILES) {
    try {
      const path = `/proc/${pid}/${name}`
      files[name] = name === 'exe' ? readlinkSync(path) : readFileSync(path, 'utf8')
    } catch {
      // It is gone, or we lack the right: so would the program.
    }
  }
  return files
}
