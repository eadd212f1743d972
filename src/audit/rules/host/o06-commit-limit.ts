import { formatBytes } from '../../../model/bytes.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { percent } from '../words.ts'
import { onMachine } from './examples.ts'

/** Of what may be promised. */
const MUCH = 0.9

const promised = (bytes: string): string => `
"memory": { "totalBytes": 17179869184, "commitLimitBytes": 8589934592, "committedBytes": ${bytes} },
"sysctls": { "vm.overcommit_memory": 2 }`

export const commitLimit: Rule = {
  id: 'O06',
  severity: 'high',
  title: 'The kernel is about to refuse memory that is free',
  why: 'With vm.overcommit_memory at 2 it counts what processes have asked for, used or not. At the limit every malloc, fork and thread fails, in every container, however much memory is free. Runtimes ask for much more than they use. Raise vm.overcommit_ratio, or go back to 0.',
  reference: 'kernel, Documentation/mm/overcommit-accounting.rst; mm/util.c, __vm_enough_memory',
  examples: {
    bad: onMachine(promised('»8053063680')),
    good: onMachine(promised('4294967296')),
  },
  check: onMachines(function* ({ sysctls, committedBytes, commitLimitBytes }) {
    if (sysctls.get('vm.overcommit_memory')?.value !== 2) return
    if (committedBytes === null || commitLimitBytes === null) return
    const [asked, most] = [committedBytes.value, commitLimitBytes.value]
    if (asked < MUCH * most) return
    yield {
      place: committedBytes.place,
      message: `${formatBytes(asked)} are promised, ${percent(asked, most)} of the ${formatBytes(most)} that may be: what asks for more fails`,
    }
  }),
}
