import type { Example } from '../../rule.ts'

/** A cluster of which some fields are given, and manifests beside it. */
export function onCluster(fields: string, manifests = ''): Example {
  const lines = fields.trim().split('\n')
  return {
    path: 'cluster.yaml',
    text: `{
  "schema": "stella.cluster/1",
${lines.map((line) => `  ${line}`).join('\n')}
}
${manifests}`,
  }
}

/** A Deployment with one container that no rule finds fault with. */
export const WEB = (limit: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1
          resources:
            requests:
              cpu: 100m
              memory: 512Mi
            limits:
              memory: ${limit}
`
