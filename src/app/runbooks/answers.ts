/** What somebody may answer to the steps of a runbook. Pure. */
import { redactEvent } from '../../evidence/redact.ts'
import { usageError } from '../../model/errors.ts'
import type { Runbook, Step } from '../../model/runbook.ts'
import type { SentAnswer } from '../../runbooks/run/remote-person.ts'
import type { ResumeAsked } from '../../server/runbook-desk.ts'

type Answers = ReadonlyMap<string, SentAnswer>

const WORDS: Readonly<Record<Step['kind'], readonly string[]>> = {
  check: [],
  assert: [],
  wait: [],
  manual: ['yes', 'no'],
  ask: ['no'],
  change: ['yes', 'no', 'again', 'done'],
}
/** As a parameter of the type text: neither an option nor more than one line. */
const VALUE = /^[^\s-][^\n\r\0]*$/

/** @throws StellaError (usage) where one is for no step, or for one of another kind */
export function refuseWrongAnswers({ steps }: Runbook, answers: Answers): void {
  for (const [id, answer] of answers) {
    const step = steps.find((each) => each.id === id)
    const where = `answers.${id.slice(0, 60)}`
    if (step === undefined) {
      throw usageError('this runbook has no such step', where, 'see its plan')
    }
    if (typeof answer === 'object' && step.kind === 'ask') refuseValue(answer.value, where)
    else if (typeof answer === 'object' || !WORDS[step.kind].includes(answer)) {
      const known = [...WORDS[step.kind], ...(step.kind === 'ask' ? ['a value'] : [])].join(', ')
      const todo = known === '' ? 'leave it out' : `answer ${known}`
      throw usageError(`this is no answer to a step of kind ${step.kind}`, where, todo)
    }
  }
}

function refuseValue(value: string, where: string): void {
  if (!VALUE.test(value)) {
    throw usageError('this cannot be a value', where, 'give one line that does not begin with -')
  }
  if (redactEvent({ value }).value !== value) {
    const todo = 'put it where only the commands find it: it would be written down'
    throw usageError('this looks like a secret', where, todo)
  }
}

/** Whether it says yes to a change, or decides about one. */
export function isApproval(
  { steps }: Runbook,
  {
    plan,
    lowRisk,
    answers,
    outlived,
  }: Pick<ResumeAsked, 'plan' | 'lowRisk' | 'answers' | 'outlived'>,
): boolean {
  const decides = ({ id, kind }: Step): boolean =>
    kind === 'change' && answers.has(id) && answers.get(id) !== 'no'
  return plan !== null || lowRisk || outlived === 'kill' || steps.some(decides)
}
