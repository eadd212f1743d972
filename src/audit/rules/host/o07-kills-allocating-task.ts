import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

export const killsAllocatingTask: Rule = {
  id: 'O07',
  severity: 'warning',
  title: 'Out of memory, the kernel kills whoever asks next',
  why: 'With vm.oom_kill_allocating_task the machine does not look for the process that holds most, but kills the one that happens to ask for a page: an SSH session, the container engine, a health check. The leak lives on. At the limit of a container the setting does nothing.',
  reference: 'kernel, mm/oom_kill.c, out_of_memory',
  examples: {
    bad: onMachine('"sysctls": { "vm.oom_kill_allocating_task": »1 }'),
    good: onMachine('"sysctls": { "vm.oom_kill_allocating_task": 0 }'),
  },
  check: onMachines(function* ({ sysctls }) {
    const setting = sysctls.get('vm.oom_kill_allocating_task')
    if (setting === undefined || setting.value === 0) return
    const message = 'when the machine is out of memory, anybody is killed, and not what holds most'
    yield { place: setting.place, message }
  }),
}
