import type { Observation } from '../../model/evidence.ts'
import type { Origin, TextFormat } from '../format.ts'
import { observation } from '../observe.ts'
import { hostState } from './host-state.ts'

const PLACE = /(?:^|\/)proc\/sys\/((?:vm|kernel)\/[\w/-]+)$/

/** One file below /proc/sys/vm, or a copy of it in a folder of that name. */
export const sysctlFileFormat: TextFormat = {
  id: 'sysctl-file',
  recognise: (head, path) => PLACE.test(path) && /^[^\n]{1,200}\n?$/.test(head),
  parse(text: string, origin: Origin): Observation[] {
    const name = PLACE.exec(origin.from)?.[1]?.replaceAll('/', '.')
    if (name === undefined) return []
    const value = text.trim()
    const fact = hostState({ sysctls: new Map([[name, value]]) })
    return [
      observation(origin, { source: 'proc', says: `${name} is ${value}`, excerpt: text, fact }),
    ]
  },
}
