import { formatBytes, KIB } from '../../../model/bytes.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { percent } from '../words.ts'
import { onMachine } from './examples.ts'

/** Of the machine's memory. Kernels choose below 0.5 % where they are not told. */
const MUCH = 0.1

const reserve = (kibibytes: string): string => `
"memory": { "totalBytes": 17179869184 },
"sysctls": {
  "vm.min_free_kbytes": ${kibibytes}
}`

export const freeReserve: Rule = {
  id: 'O11',
  severity: 'warning',
  title: 'The kernel keeps a large part of the memory free',
  why: 'Below vm.min_free_kbytes only the kernel itself gets pages: programs wait for reclaim, and are killed, with that much memory free. A little helps the network through a burst; a tenth of the machine is memory that no container ever gets.',
  reference:
    'kernel, Documentation/admin-guide/sysctl/vm.rst, min_free_kbytes; mm/page_alloc.c, __setup_per_zone_wmarks',
  examples: {
    bad: onMachine(reserve('»4194304')),
    good: onMachine(reserve('67584')),
  },
  check: onMachines(function* ({ sysctls, memoryBytes }) {
    const free = sysctls.get('vm.min_free_kbytes')
    if (free === undefined || memoryBytes === null) return
    const bytes = free.value * KIB
    if (bytes < MUCH * memoryBytes.value) return
    const share = percent(bytes, memoryBytes.value)
    const message = `${formatBytes(bytes)}, ${share} of the machine, stay free whatever the containers need`
    yield { place: free.place, message }
  }),
}
