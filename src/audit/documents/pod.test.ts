import { expect, test } from 'vitest'
import { audit } from '../engine.ts'

/** A pod with a volume in memory that has no size limit. */
function pod(mount: string): string {
  return `apiVersion: v1
kind: Pod
spec:
  containers:
    - name: web
      image: registry.example.com/web:1
      resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: 1Gi}}
${mount}
  volumes:
    - {name: cache, emptyDir: {medium: Memory}}
    - {name: data, emptyDir: {}}
`
}

/** The kubelet mounts it on the node, empty; what no container sees, nobody can write to. */
test.each([
  ['nobody mounts', '', []],
  ['somebody mounts', '      volumeMounts: [{name: cache, mountPath: /cache}]', ['K11']],
  ['nobody mounts, though another is', '      volumeMounts: [{name: data, mountPath: /d}]', []],
])('a volume in memory without a size limit that %s', (_, mount, expected) => {
  const file = { path: 'pod.yaml', text: pod(mount) }
  const { findings } = audit([{ file, variables: new Map(), isNamed: true }])
  expect(findings.map(({ rule }) => rule.id)).toEqual(expected)
})
