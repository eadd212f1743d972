import type { Observation } from '../../model/evidence.ts'
import { parsePressure } from '../cgroup/pressure.ts'
import type { Origin, TextFormat } from '../format.ts'
import { observation } from '../observe.ts'
import { hostState } from './host-state.ts'

/** The lines are the same for memory, io and cpu: only a name tells them apart, so one that names neither is not taken. */
const NAME =
  /(?:^|\/)(?:pressure\/memory|psi-?system|psi|psi[-.]mem(?:ory)?|(?:proc[-_])?pressure[-_.]memory|memory[-_]pressure)(?:\.(?:txt|before|after))?$/

/** /proc/pressure/memory of the machine. */
export const pressureFormat: TextFormat = {
  id: 'pressure',
  recognise: (head, path) => NAME.test(path) && parsePressure(head) !== null,
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const pressure = parsePressure(text)
  if (pressure === null) return []
  const some = pressure.some?.avg10
  const says = `memory pressure of the machine${some === undefined ? '' : `: somebody waited ${some} % of the last 10 s`}`
  return [
    observation(origin, { source: 'proc', says, excerpt: text, fact: hostState({ pressure }) }),
  ]
}
