import type { Rule } from '../../rule.ts'
import { runtimeName } from '../../runtimes/name.ts'
import { kubernetes } from '../examples.ts'
import { isTargetOf, memoryMetricOf } from './scaling.ts'

const scaled = (metric: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1
          command: [node, --max-old-space-size=300, server.js]
          resources:
            requests:
              cpu: 100m
              memory: 512Mi
            limits:
              memory: 512Mi
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
  maxReplicas: 4
  metrics:
    - type: Resource
      resource:
        name: ${metric}
        target:
          type: Utilization
          averageUtilization: 70`

export const scalingByHeap: Rule = {
  id: 'K20',
  severity: 'warning',
  title: 'Scaled by memory that does not shrink',
  why: 'Runtimes with a garbage collector keep the memory they once needed. After a peak the pods stay above the target, so the autoscaler adds replicas and never takes them away. Scale by the CPU or by requests.',
  reference:
    'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ (that heaps do not shrink is our judgement)',
  examples: { bad: kubernetes(scaled('»memory')), good: kubernetes(scaled('cpu')) },
  *check({ objects, workloads }) {
    for (const scaler of objects) {
      const metric = memoryMetricOf(scaler)
      if (metric === null) continue
      const target = workloads.find((workload) => isTargetOf(scaler, workload))
      const runtime = target?.containers.map(runtimeName).find((name) => name !== null)
      if (runtime === undefined) continue
      yield {
        place: metric.place,
        message: `${target?.name ?? ''} runs ${runtime}, whose heap keeps what it once needed`,
      }
    }
  },
}
