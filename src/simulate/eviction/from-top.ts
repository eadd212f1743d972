import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import { linesOf } from '../../parsers/lines.ts'

const HEAD = /^(NAMESPACE\s+)?(?:POD\s+)?NAME\s+CPU\(cores\)\s+MEMORY\(bytes\)/

/** Whether a text is what `kubectl top pods` prints. */
export function isTopOutput(text: string): boolean {
  return HEAD.test(text.trimStart())
}

/**
 * The working sets of `kubectl top pods`, with or without `-A`, `--containers`: bytes by pod, `namespace/name` where the
 * text names namespaces, else `default/name`.
 */
export function readTop(text: string): ReadonlyMap<string, number> {
  const usage = new Map<string, number>()
  let head: readonly string[] = []
  for (const { text: line } of linesOf(text)) {
    const words = line.trim().split(/\s+/)
    if (HEAD.test(line.trim())) {
      head = words
      continue
    }
    const at = (column: string) => words[head.indexOf(column)]
    const pod = head.includes('POD') ? at('POD') : at('NAME')
    const bytes = parseMemory(at('MEMORY(bytes)'))
    if (pod === undefined || bytes === null) continue
    const name = `${at('NAMESPACE') ?? 'default'}/${pod}`
    usage.set(name, (usage.get(name) ?? 0) + bytes)
  }
  return usage
}
