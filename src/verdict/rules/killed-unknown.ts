import { endedBySigkill, subjectInWords } from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { cycleInWords } from '../restart-cycle.ts'

/** SIGKILL, and nothing says by whom. Exit code 137 alone is no more than this. */
export const killedUnknown: Rule = {
  id: 'killed-unknown',
  code: 'killed-unknown',
  question: 'Was it ended by SIGKILL, without a trace of who sent it?',
  ask,
}

function ask(incident: Incident): Answer {
  if (!endedBySigkill(incident) || incident.ending === null) return NOT_SHOWN
  const log =
    incident.coverage.length === 0
      ? 'the kernel log of that time was not seen'
      : 'the kernel log of that time says nothing about it'
  // Mesos and systemd tell a signal without a code.
  const [end, alone] =
    incident.ending.exitCode === 137 ? ['exit code 137 (SIGKILL)', '137'] : ['SIGKILL', 'SIGKILL']
  return {
    answer: 'holds',
    confidence: 'possible',
    summary: `${subjectInWords(incident)} ended with ${end}, and the evidence does not say who sent it: ${log}. ${alone} alone does not mean out of memory.${inDocker(incident)}${cycleInWords(incident)}`,
    mainProcessDied: true,
    binding: NO_BINDING,
    because: incident.ending.because,
    against: [],
  }
}

/** The isolator that writes "Memory limit exceeded" does not watch Docker's containers (docker.cpp of Mesos). */
function inDocker({ marathon }: Incident): string {
  return marathon?.fact.containerizer === 'docker'
    ? ' But of a container of Docker Mesos tells no more than this, also where it was the kernel, for memory: read the kernel log of its agent.'
    : ''
}
