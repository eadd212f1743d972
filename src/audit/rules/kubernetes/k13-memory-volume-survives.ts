import { inContainers, type Rule } from '../../rule.ts'
import { textAt } from '../../documents/value.ts'
import { inPod } from '../examples.ts'
import { percent, sized } from '../words.ts'

/** From here on, what is left is less than what was there before the restart. */
const SHARE = 0.5
const MOST = 0.9

const container = (size: string): [string, string] => [
  `
  image: registry.example.com/web:1
  resources:
    requests:
      cpu: 100m
      memory: 1Gi
    limits:
      memory: 1Gi
  volumeMounts:
    - name: work
      mountPath: /work`,
  `
  volumes:
    - name: work
      emptyDir:
        medium: Memory
        sizeLimit: ${size}`,
]

export const memoryVolumeSurvives: Rule = {
  id: 'K13',
  severity: 'warning',
  title: 'A large volume in memory outlives a restart of its container',
  why: 'The volume belongs to the pod. After an OOM kill the container starts again in the same pod, the files are still charged, and it has less room than before: it is killed again. Clean up at the start, or keep the volume small.',
  reference:
    'measured: 201 MiB stayed charged after their writer had exited, and the next 250 MiB were killed',
  examples: {
    bad: inPod(...container('»700Mi')),
    good: inPod(...container('128Mi')),
  },
  check: inContainers(
    ['kubernetes'],
    function* ({ effectiveLimit: limit, memoryMounts, words, workload }) {
      if (typeof limit?.bytes !== 'number' || textAt(workload.spec, 'restartPolicy') === 'Never')
        return
      if (words.some(({ text }) => text === 'rm' || text === 'find')) return
      for (const { size, isShared } of memoryMounts) {
        const share = (size?.bytes ?? 0) / limit.bytes
        if (size === null || isShared || share < SHARE || share > MOST) continue
        yield {
          place: size.place,
          message: `after a restart ${sized(size)} may still be charged: ${percent(share, 1)} of the limit ${sized(limit)}`,
        }
      }
    },
  ),
}
