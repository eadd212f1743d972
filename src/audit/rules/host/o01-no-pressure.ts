import { onMachines, type Rule } from '../../rule.ts'
import { isBefore } from './kernel.ts'
import { onMachine } from './examples.ts'

export const noPressure: Rule = {
  id: 'O01',
  severity: 'warning',
  title: 'The machine does not tell its memory pressure',
  why: 'Pressure (PSI) says how long tasks wait for memory. It rises before anything is killed, where usage only says that memory is full, which is normal. systemd-oomd, the kubelet and stella go by it. Many distributions build it and leave it off: psi=1 on the command line of the kernel switches it on.',
  reference: 'kernel, Documentation/accounting/psi.rst; kernel/sched/psi.c, psi_enable',
  examples: {
    bad: onMachine('"pressure": »false'),
    good: onMachine('"pressure": true'),
  },
  check: onMachines(function* ({ hasPressure, kernel }) {
    if (hasPressure?.value !== false) return
    const todo = isBefore(kernel, 4, 20)
      ? 'a kernel has it from 4.20 on'
      : 'boot with psi=1, and /proc/pressure/memory tells'
    yield { place: hasPressure.place, message: `there is no /proc/pressure/memory: ${todo}` }
  }),
}
