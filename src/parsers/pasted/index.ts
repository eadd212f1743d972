import type { Observation } from '../../model/evidence.ts'
import { isStreamFormat } from '../folder.ts'
import type { AnyFormat } from '../folder.ts'
import type { Origin, TextFormat } from '../format.ts'
import { gather } from '../gather.ts'
import { baseName } from '../lines.ts'
import { sectionsOf } from './sections.ts'

/** Names that make a text of headers a collection of kernel files, and not a diff or a Markdown page. */
const KERNEL_FILE = /^(?:memory|cgroup)\.[\w.]+$|^(?:meminfo|vmstat|smaps_rollup|oom_score_adj)$/

/**
 * Several files in one text, as `head`, `tail`, `grep -r` and people paste them.
 *
 * @param pick names the format of a section from its head and its path
 */
export function pastedFormat(pick: (head: string, path: string) => AnyFormat | null): TextFormat {
  return {
    id: 'pasted-files',
    recognise: (head) =>
      sectionsOf(head.slice(0, 16 * 1024)).some((section) =>
        KERNEL_FILE.test(baseName(section.path)),
      ),
    parse: (text, origin) => parse(text, origin, pick),
  }
}

function parse(
  text: string,
  origin: Origin,
  pick: (head: string, path: string) => AnyFormat | null,
): Observation[] {
  const found: Observation[] = []
  const together = gather()
  for (const section of sectionsOf(text)) {
    const format = pick(section.text, section.path)
    // Logs are not pasted between cgroup files; and a text within a text within a text has no end.
    if (format === null || isStreamFormat(format) || format.id === 'pasted-files') continue
    together.add(format, {
      path: section.path,
      text: section.text,
      from: `${origin.from}:${section.line}`,
    })
  }
  for (const observation of together.finish(origin)) found.push(observation)
  return found
}
