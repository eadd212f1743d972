import { rawAt } from '../../documents/place.ts'
import { at } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'
import { readDockerSize } from '../../../parsers/quantity/docker.ts'
import { isForOneLimit } from '../shared-lines.ts'

const service = (old: string): string => `
image: registry.example.com/web:1
mem_limit: ${old}
deploy:
  resources:
    limits:
      memory: 512m`

export const twoLimits: Rule = {
  id: 'C02',
  severity: 'error',
  title: 'Two limits that differ',
  why: 'Compose refuses the file: mem_limit and deploy.resources.limits.memory are the same setting, and must not differ.',
  reference: 'compose-go, loader/validate.go',
  examples: { bad: inService(service('»256m')), good: inService(service('512m')) },
  check: inContainers(['compose'], function* ({ root, limit }, context) {
    const old = at(root, 'mem_limit')
    const current = at(root, 'deploy', 'resources', 'limits', 'memory')
    if (old?.kind !== 'scalar' || current?.kind !== 'scalar' || limit === null) return
    const one = readDockerSize(old.text)
    if (!one.ok || limit.bytes === null || one.bytes === limit.bytes) return
    const isPlain = rawAt(current.place) === current.text && isForOneLimit(old.place, context)
    yield {
      place: old.place,
      message: `mem_limit is ${old.text}, and deploy.resources.limits.memory is ${current.text}`,
      edits: isPlain ? replaced({ text: old.text, place: old.place }, current.text) : [],
    }
  }),
}
