import { formatBytes } from '../../../model/bytes.ts'
import { programIndex } from '../../documents/words.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import type { Container, Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'

/** Of the limit, for each process that has no limit of its own. */
const DEFAULT_SHARE = 0.75
const DOTNET = /^dotnet$/

const service = (more: string, mark = ''): string => `
image: registry.example.com/web:1
command: sh -c '${mark}dotnet Worker.dll & dotnet Web.dll'
mem_limit: 512m${more}`

export const severalDotnetPrograms: Rule = {
  id: 'D03',
  severity: 'high',
  title: 'Each of several .NET programs plans with the memory of all',
  why: 'Every .NET process takes 75 % of the limit for the most its heap may have. Two of them in one container may together take half as much again as there is. Give each a DOTNET_GCHeapHardLimit, or a container of its own.',
  reference: 'https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-limit',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('\nenvironment:\n  DOTNET_GCHeapHardLimit: "0xC000000"')),
  },
  check: inContainers(LIMITED, function* (container) {
    const { environment, environmentIsWhole, effectiveLimit: limit } = container
    if (typeof limit?.bytes !== 'number' || !environmentIsWhole) return
    if ([...environment.keys()].some((name) => /^(?:DOTNET|COMPlus)_GCHeap/.test(name))) return
    const [first, ...more] = sideBySide(container)
    if (first === undefined || more.length === 0) return
    const count = more.length + 1
    yield {
      place: first.place,
      message: `${count} programs may each take ${formatBytes(DEFAULT_SHARE * limit.bytes)} of ${sized(limit)}`,
    }
  }),
}

/** The programs that run at the same time: all that are put into the background, and the last. */
function sideBySide({ words }: Container): Word[] {
  const found: Word[] = []
  let rest = words
  for (let at = programIndex(rest, DOTNET); at !== -1; at = programIndex(rest, DOTNET)) {
    const program = rest[at]
    const end = rest.findIndex(({ text }, index) => index > at && /^(?:&&|\|\||[;|&])$/.test(text))
    const isLast = end === -1
    if (program !== undefined && (isLast || rest[end]?.text === '&')) found.push(program)
    if (isLast) return found
    rest = rest.slice(end)
  }
  return found
}
