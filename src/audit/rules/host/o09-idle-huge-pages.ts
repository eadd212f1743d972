import { formatBytes } from '../../../model/bytes.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { percent } from '../words.ts'
import { onMachine } from './examples.ts'

/** Of the machine's memory. */
const MUCH = 0.1

const idle = (bytes: string): string => `
"memory": {
  "totalBytes": 17179869184,
  "idleHugePageBytes": ${bytes}
}`

export const idleHugePages: Rule = {
  id: 'O09',
  severity: 'warning',
  title: 'Memory is set aside for huge pages that nobody uses',
  why: 'Pages of vm.nr_hugepages are taken from all else, used or not: no container gets them, and the kernel kills beside them. Set as many as the database that asks for them uses.',
  reference: 'kernel, Documentation/admin-guide/mm/hugetlbpage.rst',
  examples: {
    bad: onMachine(idle('»4294967296')),
    good: onMachine(idle('0')),
  },
  check: onMachines(function* ({ memoryBytes, idleHugePageBytes: idle }) {
    if (idle === null || memoryBytes === null || idle.value < MUCH * memoryBytes.value) return
    yield {
      place: idle.place,
      message: `${formatBytes(idle.value)}, ${percent(idle.value, memoryBytes.value)} of the machine, wait for a program that asks for huge pages`,
    }
  }),
}
