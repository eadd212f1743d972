import { hostAvailableBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** systemd-oomd, oomd, earlyoom, nohang: the kernel's counters stay at zero, the killer's own log line tells. */
export const userspaceKiller: Rule = {
  id: 'userspace-killer',
  code: 'oom-userspace',
  question: 'Did a user-space OOM killer end it?',
  ask,
}

function ask(incident: Incident): Answer {
  const [kill] = incident.userspaceKills
  if (kill === undefined) return NOT_SHOWN
  const { killer, name, pid, cgroup, reason } = kill.fact
  const victim =
    name !== null
      ? pid === null
        ? name
        : `${name} (PID ${pid})`
      : (cgroup ?? subjectInWords(incident))
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `${killer} ended ${victim}${reason === null ? ' under memory pressure' : `: ${reason}`}; the kernel's own OOM killer did not act.`,
    mainProcessDied: incident.mainProcessDied,
    binding: {
      scope: 'userspace',
      path: cgroup,
      limitBytes: null,
      usageBytes: kill.fact.rssBytes,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: incident.userspaceKills,
    against: [],
  }
}
