import { readGoSize } from '../../../parsers/quantity/go.ts'
import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'

const service = (size: string): string => `
image: registry.example.com/web:1
environment:
  GOMEMLIMIT: ${size}
mem_limit: 512m`

export const goUnknownUnit: Rule = {
  id: 'G04',
  severity: 'error',
  title: 'A unit that Go does not know',
  why: 'The program does not start: malformed GOMEMLIMIT. Go takes B, KiB, MiB, GiB and TiB, and whole numbers alone.',
  reference: 'https://pkg.go.dev/runtime, GOMEMLIMIT',
  examples: { bad: inService(service('»460Mi')), good: inService(service('460MiB')) },
  check: inContainers(EVERYWHERE, function* ({ environment }) {
    const variable = environment.get('GOMEMLIMIT')
    const text = variable?.value ?? ''
    const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s?([KMGT])i?b?$/i.exec(text) ?? []
    if (variable === undefined || digits === '' || readGoSize(text) !== null) return
    const isWhole = !digits.includes('.')
    const meant = isWhole ? `${digits}${unit.toUpperCase()}iB` : 'a whole number, as in 460MiB'
    yield {
      place: variable.place,
      message: `Go refuses ${text}; write ${meant}`,
      edits: isWhole ? replaced({ text, place: variable.place }, meant) : [],
    }
  }),
}
