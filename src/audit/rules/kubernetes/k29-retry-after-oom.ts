import { at, scalarAt, textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes, resources } from '../examples.ts'

const job = (mark: string, policy: string): string => `
apiVersion: batch/v1
kind: Job
metadata:
  name: import
spec:
  backoffLimit: ${mark}4
${policy}  template:
    spec:
      restartPolicy: Never
      containers:
        - name: import
          image: registry.example.com/import:1
          ${resources('512Mi').replaceAll('\n', '\n          ')}`

const POLICY = `  podFailurePolicy:
    rules:
      - action: FailJob
        onExitCodes:
          containerName: import
          operator: In
          values: [137]
`

export const retryAfterOom: Rule = {
  id: 'K29',
  severity: 'info',
  title: 'A job that died of memory is tried again with the same memory',
  why: 'Exit code 137 comes again with the same input and the same limit. A podFailurePolicy that ends the job there saves the attempts, and tells at once.',
  reference: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy',
  examples: { bad: kubernetes(job('»', '')), good: kubernetes(job('', POLICY)) },
  *check({ workloads }) {
    for (const { kind, root, containers } of workloads) {
      if (kind !== 'Job' && kind !== 'CronJob') continue
      // Without a limit there is none to be reached again.
      if (containers.every(({ effectiveLimit }) => effectiveLimit === null)) continue
      const spec = kind === 'Job' ? at(root, 'spec') : at(root, 'spec', 'jobTemplate', 'spec')
      const attempts = scalarAt(spec, 'backoffLimit')
      const restarts = textAt(spec, 'template', 'spec', 'restartPolicy')
      if (attempts === null || Number(attempts.text) === 0 || restarts !== 'Never') continue
      if (at(spec, 'podFailurePolicy') !== null) continue
      yield {
        place: attempts.place,
        message: `up to ${attempts.text} more ${attempts.text === '1' ? 'attempt' : 'attempts'} after an OOM kill`,
      }
    }
  },
}
