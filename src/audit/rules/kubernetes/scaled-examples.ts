/** A Deployment `web`, and the autoscalers that act on it, for examples. */

/** @param command a line of its container, indented as it is to stand; empty: none */
export const deployment = (command = ''): string => `
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
${command === '' ? '' : `          ${command}\n`}          resources:
            requests:
              cpu: 100m
              memory: 512Mi
            limits:
              memory: 512Mi`

export const horizontal = (metric: string): string => `
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

/** @param policy the first policy for its containers, and what may follow, indented as it is to stand */
export const vertical = (policy: string): string => `
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata:
  name: web
spec:
  targetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
  resourcePolicy:
    containerPolicies:${policy}`
