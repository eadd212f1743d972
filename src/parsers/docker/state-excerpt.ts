import type { ExitStatus } from '../../model/facts.ts'
import { instantOf } from '../instant.ts'
import type { TextFormat } from '../format.ts'
import { observation } from '../observe.ts'

const MAX_CHARS = 64 * 1024
const FLAG = /"OOMKilled" *: *(true|false)/
const CODE = /"ExitCode" *: *(\d{1,3})\b/

/** The `State` of an inspected container, cut out of its document by `grep`, by `--format '{{json .State}}'`, or by hand. */
export const stateExcerptFormat: TextFormat = {
  id: 'container-state-excerpt',
  recognise: (head) => head.length < MAX_CHARS && FLAG.test(head) && CODE.test(head),
  parse(text, origin) {
    const code = CODE.exec(text)?.[1]
    const flag = FLAG.exec(text)?.[1]
    if (code === undefined || flag === undefined || /"Running" *: *true/.test(text)) return []
    const exitCode = Number(code)
    const oomKilled = flag === 'true'
    if (exitCode > 255) return []
    const name = /^[ \t]*"Name" *: *"\/?([\w.-]{1,200})"/m.exec(text)?.[1] ?? null
    const fact: ExitStatus = {
      kind: 'exit-status',
      exitCode,
      signal: null,
      oomKilled,
      ...(name === null
        ? {}
        : { subject: { platform: 'docker', name, id: null, image: null } as const }),
    }
    return [
      observation(origin, {
        source: 'docker',
        at: instantOf(/"FinishedAt" *: *"([^"]{1,40})"/.exec(text)?.[1] ?? null),
        line: 1,
        says: `the state of ${name ?? 'a container'}: exit code ${exitCode}, OOMKilled ${oomKilled}`,
        excerpt: text.trim(),
        fact,
      }),
    ]
  },
}
