import type { Observation } from '../../model/evidence.ts'
import type { ExitStatus } from '../../model/facts.ts'
import type { TextFormat } from '../format.ts'
import { detached, linesOf } from '../lines.ts'
import { observation } from '../observe.ts'

/** The same with docker and podman; blanks between the columns are lost where it was pasted. */
const HEADER = /^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\s*$/m
/** More than any machine keeps. */
const MAX_ROWS = 2_000
const ROW = /^([0-9a-f]{12,64}) +(\S+) .*? (?:Exited|Restarting) \((\d{1,3})\) /

/** The table of `docker ps -a` and `podman ps -a`: who ended with which exit code. What ended well says nothing. */
export const psTableFormat: TextFormat = {
  id: 'container-ps-table',
  recognise: (head) => HEADER.test(head),
  parse(text, origin) {
    const engine = isPodman(text) ? 'podman' : 'docker'
    const found: Observation[] = []
    for (const { number, text: line } of linesOf(text)) {
      const [, id, image, code] = ROW.exec(line) ?? []
      if (id === undefined || image === undefined) continue
      const name = line.slice(line.lastIndexOf(' ') + 1)
      const exitCode = Number(code)
      if (exitCode === 0 || exitCode > 255) continue
      const subject = {
        platform: engine,
        name: detached(name),
        id: detached(id),
        image: detached(image),
      } as const
      const fact: ExitStatus = { kind: 'exit-status', exitCode, signal: null, subject }
      found.push(
        observation(origin, {
          source: engine,
          line: number,
          says: `${engine} ps lists ${name} as ended with exit code ${exitCode}`,
          excerpt: line,
          fact,
        }),
      )
      if (found.length >= MAX_ROWS) break
    }
    return found
  },
}

/** Podman alone names every image with its registry. */
function isPodman(text: string): boolean {
  const images = [...linesOf(text)].flatMap(({ text: line }) => ROW.exec(line)?.[2] ?? [])
  return (
    images.length > 0 && images.every((image) => /^(?:localhost|[\w-]+\.[\w.-]+)\//.test(image))
  )
}
