/** Pods that something else made. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { container, pod } from './scene.ts'
import type { Scene, Stage } from './scene.ts'

export const WORKLOAD_SCENES: readonly Scene[] = [
  {
    name: 'second-rollout',
    play: async (stage) => {
      await stage.apply(deployment(stage, ['anon=10M', 'stay']))
      await stage.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
      await stage.apply(deployment(stage, ['anon=64M', 'stay']))
      await stage.until('deployment/shop', '.status.updatedReplicas', '1')
      const newest = 'pod/' + (await newestPod(stage))
      await stage.until(newest, '.status.containerStatuses[0].restartCount', '2')
      await stage.keep('pods.json', 'pods')
      await stage.keep('replicasets.json', 'replicasets')
      await stage.keep('deployment.json', 'deployment', 'shop')
    },
  },
  {
    name: 'job',
    play: async (stage) => {
      const containers = [container(stage.image, { hog: ['anon=64M'], limit: '32Mi' })]
      await stage.apply({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'report' },
        spec: { backoffLimit: 1, template: { spec: { restartPolicy: 'Never', containers } } },
      })
      await stage.kubectl('wait', '--for=condition=Failed', 'job/report', '--timeout=90s')
      await stage.keep('pods.json', 'pods')
      await stage.keep('job.json', 'job', 'report')
    },
  },
  {
    // The kubelet takes it from a file; what the API server has is a picture of it.
    name: 'static-pod',
    play: async (stage) => {
      const { cluster, namespace, image } = stage
      const words = { hog: ['anon=20M', 'sleep=3000', 'anon=20M'], limit: '32Mi' }
      const manifest = pod([container(image, words)])
      const named = { ...manifest, metadata: { name: 'web', namespace } }
      writeFileSync(join(cluster.folder, 'lib/kubelet/manifests/web.json'), JSON.stringify(named))
      const mirror = `web-${cluster.nodeName}`
      await stage.kubectl('wait', '--for=create', `pod/${mirror}`, '--timeout=60s')
      await stage.until(`pod/${mirror}`, '.status.containerStatuses[0].restartCount', '1')
      await stage.keep('pod.json', 'pod', mirror)
    },
  },
]

function deployment(stage: Stage, hog: readonly string[]): object {
  const containers = [container(stage.image, { hog, limit: '32Mi' })]
  const labels = { app: 'shop' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 2, containers } },
    },
  }
}

async function newestPod({ kubectl }: Stage): Promise<string> {
  const names = ['-o', 'jsonpath={.items[*].metadata.name}']
  const sorted = await kubectl('get', 'pods', '--sort-by=.metadata.creationTimestamp', ...names)
  return sorted.split(' ').at(-1) ?? ''
}
