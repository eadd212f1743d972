import { at, textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { programIndex } from '../../documents/words.ts'
import { kubernetes } from '../examples.ts'

const MANY = /^(?:gunicorn|php-fpm[\d.]*|celery|puma|uwsgi|apache2|httpd)$/

const nodeAndPod = (mark: string, single: string): string => `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
${single}
---
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1
      command: [${mark}gunicorn, app]
      resources:
        requests:
          cpu: 100m
          memory: 512Mi
        limits:
          memory: 512Mi`

export const groupKill: Rule = {
  id: 'K28',
  severity: 'warning',
  title: 'One worker out of memory takes all with it',
  why: 'On cgroup v2 the kubelet sets memory.oom.group: the kernel kills every process of the container, not the worst alone. A server that would only have lost a worker restarts whole. singleProcessOOMKill: true gives the old behaviour back.',
  reference: 'kubernetes, pkg/kubelet/apis/config/types.go, singleProcessOOMKill',
  examples: {
    bad: kubernetes(nodeAndPod('»', 'failSwapOn: true')),
    good: kubernetes(nodeAndPod('', 'singleProcessOOMKill: true')),
  },
  *check({ objects, workloads, host }) {
    const kubelets = objects.filter(({ kind }) => kind === 'KubeletConfiguration')
    if (kubelets.length === 0 || host.cgroup === 1) return
    // A kubelet that is asked says nothing where nobody has set it (null): then it depends on the cgroup version of its node.
    const isSilent = kubelets.some(
      ({ root }) =>
        at(root, 'singleProcessOOMKill') !== null &&
        textAt(root, 'singleProcessOOMKill') !== 'false',
    )
    if (isSilent) return
    for (const { platform, containers } of workloads) {
      if (platform !== 'kubernetes') continue
      for (const { words, name, root } of containers) {
        const program = words[programIndex(words, MANY)]
        if (program === undefined || at(root, 'image') === null) continue
        yield { place: program.place, message: `all processes of ${name} are killed together` }
      }
    }
  },
}
