import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { factsOf, readKubernetes } from '../../../fixtures/kubernetes/read.ts'

// Incidents that were recorded on a real cluster (Kubernetes 1.20) lie outside of this repository.
const INCIDENTS = new URL('../../../../shared/incidents/', import.meta.url)
const here = existsSync(INCIDENTS)
if (!here) console.log('skipped: no recorded incidents beside this repository')

function read(path: string) {
  return readKubernetes(readFileSync(new URL(path, INCIDENTS), 'utf8'))
}

describe.runIf(here)('recorded incidents', () => {
  it.each([
    ['k8s-oom-simple', 'oom-simple', 'main', 'OOMKilled', 40],
    ['k8s-init-container-oom', 'initoom', 'migrate', 'OOMKilled', 24],
    ['k8s-two-containers-one-oom', 'twoc', 'main', 'OOMKilled', 40],
    ['k8s-jvm-heap-oome-exit1-no-oom', 'jvm', 'main', 'Error', null],
  ])(
    '%s: objects and description agree on how it ended',
    (incident, pod, name, reason, mebibytes) => {
      for (const file of ['pods.json', 'describe-pods.txt']) {
        const state = factsOf(read(`${incident}/${file}`), 'pod-state').find((p) => p.name === pod)
        const container = state?.containers.find((c) => c.name === name)
        expect(container?.state, file).toMatchObject({ phase: 'terminated', reason })
        if (mebibytes !== null) expect(container?.memoryLimitBytes).toBe(mebibytes * 2 ** 20)
      }
    },
  )

  it('k8s-two-containers-one-oom: both lives of the container are there, under ids of their own', () => {
    const [pod] = factsOf(read('k8s-two-containers-one-oom/pods.json'), 'pod-state')
    const main = pod?.containers.find(({ name }) => name === 'main')
    expect(main?.lastState?.containerId).toMatch(/^[0-9a-f]{64}$/)
    expect(main?.lastState?.containerId).not.toBe(main?.containerId)
    expect(pod?.containers.find(({ name }) => name === 'sidecar')?.state?.phase).toBe('running')
  })

  it.each([
    'k8s-oom-simple',
    'k8s-init-container-oom',
    'k8s-two-containers-one-oom',
    'k8s-jvm-heap-oome-exit1-no-oom',
  ])(
    '%s: the table of events tells as many as the objects, and the kubelet saw kills',
    (incident) => {
      const objects = factsOf(read(`${incident}/events.json`), 'kubernetes-event')
      const table = factsOf(read(`${incident}/events.txt`), 'kubernetes-event')
      expect(table).toHaveLength(objects.length)
      expect(table.map(({ reason }) => reason).toSorted()).toEqual(
        objects.map(({ reason }) => reason).toSorted(),
      )
      const log = factsOf(read(`${incident}/kubelet.log`), 'kubernetes-event')
      expect(log.some(({ reason }) => reason === 'SystemOOM')).toBe(true)
      expect(factsOf(read(`${incident}/node.json`), 'node-state')).toEqual(
        factsOf(read(`${incident}/describe-node.txt`), 'node-state'),
      )
    },
  )
})
