import { formatBytes, MIB } from '../../../model/bytes.ts'
import { readGoSize } from '../../../parsers/quantity/go.ts'
import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'
import { isForOneLimit } from '../shared-lines.ts'

const MOST = 0.95
const FITTING = 0.9

const service = (size: string): string => `
image: registry.example.com/web:1
environment:
  GOMEMLIMIT: ${size}
mem_limit: 512m`

export const goMemoryLimitTooHigh: Rule = {
  id: 'G02',
  severity: 'high',
  title: 'GOMEMLIMIT leaves no room below the limit',
  why: 'It is a soft limit, and covers what the runtime has mapped. The binary, cgo, page tables and the kernel come on top. The guide asks for 5 to 10 % of headroom.',
  reference: 'https://go.dev/doc/gc-guide#Suggested_uses',
  examples: { bad: inService(service('»512MiB')), good: inService(service('460MiB')) },
  check: inContainers(EVERYWHERE, function* ({ environment, effectiveLimit: limit }, context) {
    const variable = environment.get('GOMEMLIMIT')
    const bytes = readGoSize(variable?.value ?? '')
    if (typeof variable?.value !== 'string' || bytes === null || typeof limit?.bytes !== 'number')
      return
    if (bytes <= MOST * limit.bytes) return
    const fitting = `${Math.floor((limit.bytes * FITTING) / MIB)}MiB`
    yield {
      place: variable.place,
      message: `${formatBytes(bytes)} are ${percent(bytes, limit.bytes)} of the limit ${sized(limit)}; ${fitting} fits`,
      edits: isForOneLimit(variable.place, context)
        ? replaced({ text: variable.value, place: variable.place }, fitting)
        : [],
    }
  }),
}
