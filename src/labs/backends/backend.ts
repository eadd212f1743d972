/** A way to make faults on this machine. */
import type { BackendId } from '../backend-id.ts'
import type { Lab, Workload } from '../lab.ts'
import type { Seen } from '../view.ts'

/** What one lab is made with. */
export interface Site {
  lab: Lab
  /** Where its files are. */
  folder: string
  /** When what it made ends by itself. Milliseconds. */
  endsAt: number
}

export interface Backend {
  id: BackendId
  /** Why it cannot be used here, as a clause; null: it can. */
  whyNot(): Promise<string | null>
  /** What scripts need, and is made once for a lab. @throws StellaError */
  prepare(site: Site): Promise<void>
  /** What begins a workload, again and again: the learner changes it, too. */
  script(site: Site, workload: Workload): Promise<string>
  /** The words that a workload is started with, its program the first of them. */
  program(site: Site, workload: Workload): readonly string[]
  look(site: Site, workload: Workload): Promise<Seen>
  /** What `{{name}}` and `{{name.group}}` stand for in the texts of a lab. */
  words(site: Site, workload: Workload): Readonly<Record<string, string>>
  /** Everything that labs of this id have made, found by its name: also where nobody remembers it. */
  remove(id: string): Promise<void>
}

export const PREFIX = 'stella-lab-'

export function nameOf(lab: Pick<Lab, 'id'>, workload: Workload): string {
  return `${PREFIX}${lab.id}-${workload.name}`
}

export function scriptFile({ folder }: Site, { name }: Workload): string {
  return `${folder}/run-${name}.sh`
}

/** Its words, with what every workload is told. */
export function wordsFor(
  site: Site,
  workload: Workload,
  places: { cache: string; disk: string },
): readonly string[] {
  return [
    `lab=${PREFIX}${site.lab.id}`,
    `until=${Math.ceil(site.endsAt / 1_000)}`,
    `name=${workload.name.slice(0, 15)}`,
    ...workload.program.map((word) =>
      word
        .replace('{{cache}}', places.cache)
        .replace('{{disk}}', places.disk)
        .replace('{{folder}}', site.folder),
    ),
  ]
}

/** As one word of a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** What the learner may change, as lines of a script. */
export function settingLines({ settings }: Workload): readonly string[] {
  return Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}\n`)
}

/** Of the workloads whose swap is a matter of the lab. */
export function swapLine({ swap }: Workload): string {
  if (swap === null) return ''
  const said = { unsaid: '', endless: '-1' }
  const value = typeof swap === 'number' ? swap : said[swap]
  return `SWAP=${value}       # memory and swap together, bytes; empty: not said; -1: no end\n`
}

export function reservationLine({ reservationBytes }: Workload): string {
  return reservationBytes === null ? '' : `RESERVATION=${reservationBytes}      # bytes; 0: none\n`
}
