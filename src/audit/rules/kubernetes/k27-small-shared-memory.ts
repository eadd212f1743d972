import { textAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inPod, resources } from '../examples.ts'
import { needOfSharedMemory } from '../shared-memory-images.ts'

const program = (mark: string, mount: string): string => `
image: ${mark}selenium/standalone-chrome:4
${resources('2Gi')}${mount}`

export const smallSharedMemory: Rule = {
  id: 'K27',
  severity: 'warning',
  title: '64 MiB of /dev/shm are too few for this program',
  why: 'A container gets 64 MiB of shared memory. When it is full, programs that need more crash with a bus error or "could not resize shared memory segment". Mount an emptyDir with medium Memory and a sizeLimit at /dev/shm.',
  reference: 'moby, daemon/config, DefaultShmSize; containerd uses the same',
  examples: {
    bad: inPod(program('»', '')),
    good: inPod(
      program('', '\nvolumeMounts:\n  - name: shm\n    mountPath: /dev/shm'),
      'volumes:\n  - name: shm\n    emptyDir:\n      medium: Memory\n      sizeLimit: 512Mi',
    ),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const need = needOfSharedMemory(container)
    const isShared = textAt(container.workload.spec, 'hostIPC') === 'true'
    if (need === null || container.image === null || isShared) return
    yield {
      place: container.image.place,
      severity: need.severity,
      message: `${container.name} has 64 MiB of /dev/shm: ${need.says}`,
    }
  }),
}
