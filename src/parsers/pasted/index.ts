import type { Observation } from '../../model/evidence.ts'
import { isFolderFormat } from '../folder.ts'
import type { AnyFormat } from '../folder.ts'
import type { Origin, TextFormat } from '../format.ts'
import { gather } from '../gather.ts'
import { baseName } from '../lines.ts'
import { readWhole } from '../read-whole.ts'
import { sectionsOf, TERMINAL } from './sections.ts'
import type { Section } from './sections.ts'

/** Names that make a text of headers a collection of kernel files, and not a diff or a Markdown page. */
const KERNEL_FILE =
  /^(?:memory|cgroup)\.[\w.]+$|^(?:meminfo|vmstat|smaps_rollup|oom_score_adj|panic_on_oom|overcommit_memory)$/

type Pick = (head: string, path: string) => AnyFormat | null

/**
 * Several files and outputs in one text, as `head`, `tail`, `grep -r` and people paste them into a ticket.
 *
 * @param pick names the format of a section from its head and its path
 */
export function pastedFormat(pick: Pick): TextFormat {
  return {
    id: 'pasted-files',
    recognise: (head) =>
      TERMINAL.test(head) || sectionsOf(head).some(({ path }) => KERNEL_FILE.test(baseName(path))),
    parse: (text, origin) => parse(text, origin, pick),
  }
}

function parse(text: string, origin: Origin, pick: Pick): Observation[] {
  const found: Observation[] = []
  const together = gather()
  for (const section of sectionsOf(text)) {
    const format =
      section.text.trim() === '' && section.path === '' ? null : pick(section.text, section.path)
    // A text within a text within a text has no end.
    if (format === null || format.id === 'pasted-files') continue
    if (isFolderFormat(format)) {
      const from = `${origin.from}:${section.line}`
      together.add(format, { path: section.path, text: section.text, from })
    } else for (const seen of alone(format, section, origin)) found.push(seen)
  }
  for (const seen of together.finish(origin)) found.push(seen)
  return found
}

function alone(format: AnyFormat, section: Section, origin: Origin): Observation[] {
  const inner = { ...origin, from: section.path }
  return readWhole(format, section.text, inner).map((seen) => {
    // Formats count the lines of what they are given, and that began somewhere in the middle.
    const line = /^:(\d+)$/.exec(seen.from.slice(section.path.length))?.[1]
    const place = line === undefined ? section.line : section.textLine - 1 + Number(line)
    return { ...seen, from: `${origin.from}:${place}` }
  })
}
