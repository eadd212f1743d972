import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const service = (tmpfs: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
tmpfs:
  - ${tmpfs}`

export const tmpfsUnbounded: Rule = {
  id: 'C17',
  severity: 'high',
  title: 'A tmpfs without a size',
  why: "Its default is half of the machine's memory, whatever the container's limit is. What is written there is charged to the container and cannot be reclaimed without swap: a full /tmp kills the program instead of giving an error.",
  reference: 'tmpfs(5); measured: files of a tmpfs count against the limit',
  examples: { bad: inService(service('»/tmp')), good: inService(service('/tmp:size=64m')) },
  check: inContainers(ENGINES, function* ({ memoryMounts, limit }) {
    for (const { size, place, path } of memoryMounts) {
      if (size !== null) continue
      const bound = limit === null ? '' : `, far above ${limit.text}`
      yield { place, message: `${path ?? 'it'} may take half of the machine's memory${bound}` }
    }
  }),
}
