import { audit } from '../../audit/engine.ts'
import type { Finding } from '../../audit/engine.ts'
import { MACHINE_SCHEMA } from '../../audit/documents/machine.ts'
import { isFailing } from '../../audit/rule.ts'
import { swappinessOff } from '../../audit/rules/host/o03-swappiness-zero.ts'
import { panicOnOom } from '../../audit/rules/host/o05-panic-on-oom.ts'
import { commitLimit } from '../../audit/rules/host/o06-commit-limit.ts'
import { killsAllocatingTask } from '../../audit/rules/host/o07-kills-allocating-task.ts'
import { freeReserve } from '../../audit/rules/host/o11-free-reserve.ts'
import { surveyHost } from '../../investigate/survey/host.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MachineCheck, Mend, Problem } from '../check.ts'
import { judged } from '../judge.ts'

/** Rules of the audit that speak of the machine alone. */
const RULES = [panicOnOom, commitLimit, killsAllocatingTask, swappinessOff, freeReserve]

/** What sets a setting right, by the rule that finds it wrong; what is left out is for a person to weigh. */
const MENDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [panicOnOom.id]: { 'vm.panic_on_oom': '0' },
  [killsAllocatingTask.id]: { 'vm.oom_kill_allocating_task': '0' },
  [swappinessOff.id]: { 'vm.swappiness': '1' },
}

export const hostSettings: MachineCheck = {
  of: 'machine',
  id: 'check.host.settings',
  title: 'The kernel kills the right one, and only when memory is out',
  severity: 'high',
  runbook: 'docs/guides/doctor.md',
  warns:
    'vm.panic_on_oom, vm.oom_kill_allocating_task, vm.swappiness or vm.min_free_kbytes make kills worse (the rules O03, O05, O07 and O11 of the audit)',
  fails:
    'Any limit brings the machine down (vm.panic_on_oom is 2), or memory is refused while there is some (O06)',
  async look({ reader }) {
    const host = surveyHost(reader, findMemoryHierarchy(reader))
    if (host === null || Object.keys(host.sysctls).length === 0) {
      return { kind: 'skipped', says: '/proc/sys cannot be read', todo: 'run it on Linux' }
    }
    const at = new Date(reader.now()).toISOString()
    const document = { schema: MACHINE_SCHEMA, at, ...host }
    const nothing = { engines: [], containers: [], programs: [] }
    const file = { path: 'host', text: JSON.stringify({ ...document, ...nothing }) }
    const { findings } = audit([{ file, variables: new Map(), isNamed: true }], undefined, RULES)
    const says = 'when memory is out, the kernel kills what holds most, and nothing else happens'
    return judged(says, { ...host.sysctls }, findings.map(problemOf))
  },
}

function problemOf({ rule, severity, message }: Finding): Problem {
  const set = MENDED[rule.id] ?? null
  const command = Object.entries(set ?? {}).map(([name, value]) => `sysctl -w ${name}=${value}`)
  return {
    status: isFailing(severity, 'high') ? 'fail' : 'warn',
    says: message,
    todo: set === null ? `stella audit --explain ${rule.id}` : command.join('; '),
    ...(set === null ? {} : { mend: mendOf(set, rule.why) }),
  }
}

function mendOf(set: Readonly<Record<string, string>>, why: string): Mend {
  return { target: { kind: 'host' }, change: { kind: 'sysctl', set }, because: [why] }
}
