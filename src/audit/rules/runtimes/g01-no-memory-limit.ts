import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { programIndex } from '../../documents/words.ts'
import { imageName } from '../../runtimes/options.ts'
import type { Container, Variable } from '../../workload.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'

const service = (more: string, mark = ''): string => `
image: registry.example.com/web:1
environment:
  ${mark}GOGC: "100"${more}
mem_limit: 512m`

export const goNoMemoryLimit: Rule = {
  id: 'G01',
  severity: 'warning',
  title: 'Go does not know of its limit',
  why: 'The Go runtime takes no limit from its container. Its collector lets the heap double between two rounds, and passes the limit with half of it garbage. GOMEMLIMIT at about 90 % of the limit makes it collect in time.',
  reference: 'https://go.dev/doc/gc-guide#Memory_limit; golang/go 75164',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('\n  GOMEMLIMIT: 460MiB')),
  },
  check: inContainers(EVERYWHERE, function* (container) {
    const { environment, environmentIsWhole, effectiveLimit: limit } = container
    const place = goPlace(container)
    if (place === null || typeof limit?.bytes !== 'number' || !environmentIsWhole) return
    if (environment.has('GOMEMLIMIT') || environment.has('AUTOMEMLIMIT')) return
    const fitting = Math.floor((limit.bytes * 0.9) / 2 ** 20)
    yield { place, message: `nothing tells Go of ${sized(limit)}; GOMEMLIMIT=${fitting}MiB does` }
  }),
}

/** Only where the file itself says that this is Go. */
function goPlace({ environment, image, words }: Container): Container['place'] | null {
  const variable = environment.get('GOGC') ?? environment.get('GOMAXPROCS')
  // Who makes the collector work harder has bounded the garbage in another way.
  if (variable !== undefined) return isEager(environment.get('GOGC')) ? null : variable.name
  const isGo = imageName(image).name === 'golang' && programIndex(words, /^go$/) !== -1
  return isGo ? (image?.place ?? null) : null
}

function isEager(collector: Variable | undefined): boolean {
  return collector?.value === 'off' || Number(collector?.value ?? 100) < 100
}
