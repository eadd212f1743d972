import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const service = (more: string, mark = ''): string => `
image: registry.example.com/web:1
environment:
  GOGC: ${mark}"off"${more}
mem_limit: 512m`

export const collectorOff: Rule = {
  id: 'G03',
  severity: 'critical',
  title: 'The collector of Go is off, and nothing bounds the heap',
  why: 'With GOGC=off Go collects only to stay below GOMEMLIMIT. Without that it never collects, and grows until it is killed.',
  reference: 'https://go.dev/doc/gc-guide#Memory_limit',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('\n  GOMEMLIMIT: 460MiB')),
  },
  check: inContainers(EVERYWHERE, function* ({ environment, environmentIsWhole }) {
    const variable = environment.get('GOGC')
    if (variable?.value !== 'off' || environment.has('GOMEMLIMIT') || !environmentIsWhole) return
    yield { place: variable.place, message: 'nothing is ever collected' }
  }),
}
