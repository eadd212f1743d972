import { describe, expect, it } from 'vitest'
import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { MIB } from '../../model/bytes.ts'
import { kubernetesObjects } from './objects.ts'
import { revisionsOf } from './workload-version.ts'

/** Hand-written: as `kubectl get -o json` tells it, cut to what is read. */
const pod = (name: string, made: object, restarts: number, reason: string): object => ({
  kind: 'Pod',
  metadata: { namespace: 'shop', name, ...made },
  spec: { containers: [{ name: 'app' }] },
  status: {
    containerStatuses: [
      { name: 'app', restartCount: restarts, lastState: { terminated: { reason } } },
    ],
  },
})
const by = (kind: string, name: string): object => ({
  ownerReferences: [{ kind, name, controller: true }],
})
const list = (...items: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items })

function revisionsIn(text: string, owner: { kind: string; name: string }) {
  const seen = readKubernetes(text)
  return revisionsOf(owner, factsOf(seen, 'workload-version'), factsOf(seen, 'pod-state'))
}

describe('what a workload has run', () => {
  it('is in the ReplicaSets of its Deployment', () => {
    const seen = readKubernetes(fixture('v1.34/second-rollout/replicasets.json'))
    expect(factsOf(seen, 'workload-version')).toMatchObject([
      { objectKind: 'ReplicaSet', owner: { kind: 'Deployment', name: 'shop' }, revision: 1 },
      { revision: 2, containers: [{ name: 'app', memoryLimitBytes: 32 * MIB }] },
    ])
  })

  it.each([
    ['StatefulSet', 'db-6d5f', 'the whole name of the revision'],
    ['DaemonSet', '6d5f', 'its last word'],
  ])('is in the ControllerRevisions of a %s, whose pods name %s: %s', (kind, madeFrom) => {
    const revision = (name: string, number: number, memory: string): object => ({
      kind: 'ControllerRevision',
      revision: number,
      metadata: {
        namespace: 'shop',
        name,
        creationTimestamp: `2026-11-22T1${number}:00:00Z`,
        ...by(kind, 'db'),
      },
      data: {
        spec: {
          template: { spec: { containers: [{ name: 'app', resources: { limits: { memory } } }] } },
        },
      },
    })
    const labels = { labels: { 'controller-revision-hash': madeFrom }, ...by(kind, 'db') }
    const text = list(
      revision('db-77c9', 1, '64Mi'),
      revision('db-6d5f', 2, '32Mi'),
      pod('db-0', labels, 3, 'OOMKilled'),
      pod('other-0', { ...labels, ...by(kind, 'other') }, 9, 'OOMKilled'),
    )
    expect(revisionsIn(text, { kind, name: 'db' })).toMatchObject([
      {
        revision: 2,
        since: Date.parse('2026-11-22T12:00:00Z'),
        containers: [{ memoryLimitBytes: 32 * MIB }],
        pods: 1,
        oomKilled: 1,
        restarts: 3,
      },
      { revision: 1, pods: 0, oomKilled: 0, restarts: 0 },
    ])
  })

  it('is as old as its oldest pod where a Deployment went back to it', () => {
    const annotations = {
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    }
    const set = {
      kind: 'ReplicaSet',
      metadata: {
        namespace: 'shop',
        name: 'web-a',
        creationTimestamp: '2026-01-01T00:00:00Z',
        annotations,
        ...by('Deployment', 'web'),
      },
    }
    const made = (day: number): object => ({
      creationTimestamp: `2026-11-0${day}T00:00:00Z`,
      ...by('ReplicaSet', 'web-a'),
    })
    const text = list(set, pod('web-a-1', made(5), 0, 'Error'), pod('web-a-2', made(4), 0, 'Error'))
    expect(revisionsIn(text, { kind: 'Deployment', name: 'web' })).toMatchObject([
      { revision: 3, since: Date.parse('2026-11-04T00:00:00Z'), pods: 2, oomKilled: 0 },
    ])
  })
})

describe('what says only what shall run', () => {
  const deployment = fixture('v1.34/second-rollout/deployment.json')

  it('is told to be of no use, by its name', () => {
    expect(kubernetesObjects.unread?.(deployment, 'deployment.json')).toEqual([
      'deployment.json: a Deployment says what shall run, and nothing of what happened; stella audit judges it',
    ])
    expect(readKubernetes('apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: a\n')).toEqual(
      [],
    )
  })

  it('is nothing to speak of beside pods', () => {
    const both = list({ kind: 'Deployment' }, pod('web', {}, 0, 'Error'))
    expect(kubernetesObjects.unread?.(both, 'all.json')).toEqual([])
  })
})
