import type {
  Case,
  CaseEvidence,
  Cause,
  Confidence,
  DecisionStep,
  Verdict,
  VerdictCode,
} from '../model/case.ts'
import type { Observation } from '../model/evidence.ts'
import type { OomKill, OomReport } from '../model/kernel.ts'
import type { ProcessMemory } from '../model/memory.ts'
import { CAUSES } from './causes/index.ts'
import { reportOf, type Incident } from './incident.ts'
import type { Answer, Holds, Rule } from './rule.ts'
import { RULES } from './rules/index.ts'
import { loopInWords } from './loop.ts'
import { timelineOf } from './timeline.ts'

/** A case without its id and remedies, which the rooms above add. */
export type Judgement = Omit<Case, 'id' | 'bill' | 'course' | 'lives' | 'remedies'>

/**
 * Asks every rule in order and every cause, and writes down what they rest on.
 *
 * @returns null where no rule holds: the evidence does not decide.
 */
export function judge(incident: Incident, unknown: readonly string[]): Judgement | null {
  const answers = RULES.map((rule) => ({ rule, answer: rule.ask(incident) }))
  const decisive = answers.find(
    (step): step is { rule: Rule; answer: Holds } => step.answer.answer === 'holds',
  )
  if (decisive === undefined) return null

  const ids = new EvidenceIds()
  const { rule, answer } = decisive
  const verdict: Verdict = {
    code: rule.code,
    confidence: answer.confidence,
    summary: `${sentence(answer.summary)}${loopInWords(incident)}`,
    mainProcessDied: answer.mainProcessDied,
    because: ids.of(answer.because),
    against: ids.of(answer.against),
  }
  const report = reportOf(incident)?.fact ?? null
  const causes = causesOf(incident, ids)
  const path = pathTo(answers, decisive.rule, ids)
  const ruledOut = ruledOutBy(answers, rule.code, ids)
  const timeline = timelineOf(incident).map(({ at, what, observation }) => ({
    at,
    what,
    evidence: ids.one(observation),
  }))
  return {
    at: incident.at,
    subject: incident.subject,
    verdict,
    binding: answer.binding,
    victims: incident.reports.flatMap(({ fact }) => fact.kills.map(victim)),
    trigger: triggerOf(report),
    processes: report?.processes ?? [],
    blackBox: blackBoxOf(incident, ids),
    causes,
    evidence: ids.evidence(),
    ruledOut,
    timeline,
    unknown,
    path,
  }
}

function triggerOf(report: OomReport | null): Case['trigger'] {
  if (report === null || report.trigger === null) return null
  const { oomScoreAdj, ...trigger } = report.trigger
  return trigger
}

/** The kill line has the figures at death, and the task table what the line does not tell: swap, and the score. */
function victim(kill: OomKill): ProcessMemory {
  const { score, sacrificedFor, reaped, ...memory } = kill
  return { ...memory, badness: memory.badness ?? score }
}

const STRENGTH: Record<Confidence, number> = { certain: 0, likely: 1, possible: 2 }

function causesOf(incident: Incident, ids: EvidenceIds): readonly Cause[] {
  const found = CAUSES.flatMap(({ code, find }) => {
    const finding = find(incident)
    return finding === null ? [] : [{ code, ...finding }]
  })
  const known = found.filter(({ code }) => code !== 'unknown')
  return (known.length > 0 ? known : found)
    .toSorted((a, b) => STRENGTH[a.confidence] - STRENGTH[b.confidence])
    .map((cause) => ({ ...cause, because: ids.of(cause.because) }))
}

interface Step {
  rule: Rule
  answer: Answer
}

function blackBoxOf({ blackBox }: Incident, ids: EvidenceIds): Case['blackBox'] {
  if (blackBox === null) return null
  const { kind, ...figures } = blackBox.fact
  return { ...figures, at: blackBox.at, evidence: ids.one(blackBox) }
}

/** The rules that were asked up to the one that holds. */
function pathTo(
  answers: readonly Step[],
  decisive: Rule,
  ids: EvidenceIds,
): readonly DecisionStep[] {
  const end = answers.findIndex(({ rule }) => rule === decisive)
  return answers.slice(0, end + 1).map(({ rule, answer }) => ({
    rule: rule.id,
    question: rule.question,
    answer: answer.answer,
    because: answer.answer === 'not-shown' ? [] : ids.of(answer.because),
  }))
}

function ruledOutBy(
  answers: readonly Step[],
  verdict: VerdictCode,
  ids: EvidenceIds,
): Case['ruledOut'] {
  const byCode = new Map<VerdictCode, Set<string>>()
  for (const { rule, answer } of answers) {
    if (answer.answer !== 'ruled-out' || rule.code === verdict) continue
    const because = byCode.get(rule.code) ?? new Set<string>()
    for (const id of ids.of(answer.because)) because.add(id)
    byCode.set(rule.code, because)
  }
  return [...byCode].map(([code, because]) => ({ code, because: [...because] }))
}

/** Gives observations their ids in the order in which they are first cited. */
class EvidenceIds {
  readonly #ids = new Map<Observation, string>()

  one(observation: Observation): string {
    const known = this.#ids.get(observation)
    if (known !== undefined) return known
    const id = `e${this.#ids.size + 1}`
    this.#ids.set(observation, id)
    return id
  }

  of(observations: readonly Observation[]): readonly string[] {
    return [...new Set(observations)].map((observation) => this.one(observation))
  }

  evidence(): readonly CaseEvidence[] {
    return [...this.#ids].map(([{ source, at, says, excerpt, from }, id]) => ({
      id,
      source,
      at,
      says,
      excerpt,
      from,
    }))
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
