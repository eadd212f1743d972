import { bindingOf, ofLimit, ownLimitBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/**
 * cgroup v1 with the OOM killer turned off: tasks sleep in mem_cgroup_oom_synchronize until memory is freed or the limit
 * is raised. The engine may call it OOMKilled although nothing was killed.
 */
export const hungAtLimit: Rule = {
  id: 'hung-at-limit',
  code: 'hung-at-limit',
  question: 'Is it blocked in the kernel at its limit, with OOM killing turned off?',
  ask,
}

function ask(incident: Incident): Answer {
  if (incident.alive === false || incident.ending !== null) return NOT_SHOWN
  const own = incident.groups.own
  const control = own?.fact.oomControl ?? null
  const waiting = incident.processes.filter(({ fact }) =>
    fact.stack.some((frame) => frame.includes('mem_cgroup_oom_synchronize')),
  )
  const under = control !== null && control.underOom && control.killDisable
  if (!under && waiting.length === 0) return NOT_SHOWN
  const binding = bindingOf(incident, 'container')
  const limit = binding.limitBytes ?? ownLimitBytes(incident)
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `${subjectInWords(incident)} hangs in the kernel at its limit${ofLimit(limit)}: OOM killing is turned off for it, so it waits until memory is freed or the limit is raised. Nothing was killed.`,
    mainProcessDied: false,
    binding: { ...binding, limitBytes: limit, usageBytes: own?.fact.usageBytes ?? null },
    because: [...(own === null ? [] : [own]), ...waiting],
    against: incident.container?.fact.oomKilled === true ? [incident.container] : [],
  }
}
