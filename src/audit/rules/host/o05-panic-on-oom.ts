import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

const sysctls = (panic: string): string => `
"sysctls": {
  "kernel.panic": 10,
  "vm.panic_on_oom": ${panic}
}`

export const panicOnOom: Rule = {
  id: 'O05',
  severity: 'warning',
  title: 'Out of memory, the whole machine goes down',
  why: 'With vm.panic_on_oom at 1, the kernel panics where it would kill one process when the machine is out of memory. With 2 it does so, too, when a single container reaches its limit: one leak takes down everything. Whether it starts again then is up to kernel.panic.',
  reference: 'kernel, mm/oom_kill.c, check_panic_on_oom; Documentation/admin-guide/sysctl/vm.rst',
  examples: {
    bad: onMachine(sysctls('»1')),
    good: onMachine(sysctls('0')),
  },
  check: onMachines(function* ({ sysctls }) {
    const panic = sysctls.get('vm.panic_on_oom')
    if (panic === undefined || panic.value === 0) return
    const seconds = sysctls.get('kernel.panic')?.value
    const after =
      seconds === undefined
        ? ''
        : seconds === 0
          ? ', and stays down (kernel.panic is 0)'
          : ` and starts again${seconds > 0 ? ` after ${seconds} s` : ' at once'}`
    const isAnyLimit = panic.value === 2
    yield {
      place: panic.place,
      message: `${isAnyLimit ? 'at the limit of any container' : 'when its memory is used up'}, the machine panics${after}`,
      ...(isAnyLimit ? { severity: 'critical' } : {}),
    }
  }),
}
