import { formatBytes } from '../../../model/bytes.ts'
import { scalarAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inDump } from './dump-example.ts'

export const kernelMemory: Rule = {
  id: 'C21',
  severity: 'warning',
  title: 'A limit for kernel memory that no kernel keeps',
  why: 'Linux has refused it since 5.16 and warned since 5.4; cgroup v2 never had it, and kernel memory counts against the one limit anyway. Docker takes the option, shows it, and nothing holds. Where an old kernel keeps it, the container fails to fork and to open files with memory to spare.',
  reference:
    'kernel, Documentation/admin-guide/cgroup-v1/memory.rst, memory.kmem.limit_in_bytes; measured: with Linux 6.18 docker run --kernel-memory sets nothing',
  examples: {
    bad: inDump('"Memory": 67108864,\n"KernelMemory": »41943040'),
    good: inDump('"Memory": 67108864,\n"KernelMemory": 0'),
  },
  check: inContainers(['docker'], function* ({ name, workload }) {
    const limit = scalarAt(workload.root, 'HostConfig', 'KernelMemory')
    if (typeof limit?.value !== 'number' || limit.value <= 0) return
    const message = `${formatBytes(limit.value)} for the kernel's memory of ${name} hold on no kernel from 5.16 on`
    yield { place: limit.place, message }
  }),
}
