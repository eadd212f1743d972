import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const PROTECTED = -500
const NEVER = -1000

const service = (score: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
oom_score_adj: ${score}`

export const oomScore: Rule = {
  id: 'C14',
  severity: 'high',
  title: 'The container is protected from the OOM killer',
  why: 'What it does not pay, others do: the kernel kills something else, perhaps the engine itself. At -1000 the group may have nothing at all that can be killed at its own limit.',
  reference:
    'https://docs.docker.com/engine/containers/resource_constraints/ (do not circumvent these safeguards)',
  examples: { bad: inService(service('»-800')), good: inService(service('100')) },
  check: inContainers(ENGINES, function* ({ options, name }) {
    const score = options.get('oom-score-adj')
    const value = Number(score?.text ?? 'none')
    if (score === undefined || !(value <= PROTECTED)) return
    yield {
      place: score.place,
      severity: value <= NEVER ? 'critical' : 'high',
      message:
        value <= NEVER
          ? `${name} cannot be killed, not even at its own limit`
          : `with ${score.text}, almost everything else is killed before ${name}`,
    }
  }),
}
