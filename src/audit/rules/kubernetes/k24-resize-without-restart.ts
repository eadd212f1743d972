import { itemsAt, scalarAt, textAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { runtimeName } from '../../runtimes/name.ts'
import { inPod, resources } from '../examples.ts'

const program = (policy: string): string => `
image: registry.example.com/web:1
command: [java, -XX:MaxRAMPercentage=60, -jar, app.jar]
${resources('1Gi')}
resizePolicy:
  - resourceName: memory
    restartPolicy: ${policy}`

export const resizeWithoutRestart: Rule = {
  id: 'K24',
  severity: 'warning',
  title: 'A resize without a restart does not reach this runtime',
  why: 'The heap is sized once, when the program starts. A larger limit brings it nothing, and a smaller one lets it run into the limit with the old heap.',
  reference:
    'KEP-1287, in-place update of pod resources; java and node read the limit when they start',
  examples: { bad: inPod(program('»NotRequired')), good: inPod(program('RestartContainer')) },
  check: inContainers(['kubernetes'], function* (container) {
    const runtime = runtimeName(container)
    if (runtime === null || runtime === 'Go') return
    for (const policy of itemsAt(container.root, 'resizePolicy')) {
      const restart = scalarAt(policy, 'restartPolicy')
      if (textAt(policy, 'resourceName') !== 'memory' || restart?.text !== 'NotRequired') continue
      yield {
        place: restart.place,
        message: `${runtime} in ${container.name} keeps the heap it started with`,
      }
    }
  }),
}
