import type { CauseCode, Remedy, RemedyPlatform, VerdictCode } from '../model/case.ts'
import type { Judgement } from '../verdict/engine.ts'
import type { Incident } from '../verdict/incident.ts'

/** One remedy: when it suits, and the commands for the platform at hand. */
export interface RemedyRule {
  id: string
  suits(incident: Incident, judgement: Judgement): Advice | null
}

/** `change` is left out where it takes a person. */
export type Advice = Omit<Remedy, 'change'> & Partial<Pick<Remedy, 'change'>>

export function hasCause(judgement: Judgement, ...codes: readonly CauseCode[]): boolean {
  return judgement.causes.some(({ code }) => codes.includes(code))
}

export function isVerdict(judgement: Judgement, ...codes: readonly VerdictCode[]): boolean {
  return codes.includes(judgement.verdict.code)
}

/** Its own guard let it leave, near to a limit that is not the runtime's. */
export function leftBeforeLimit({ blackBox }: Incident, judgement: Judgement): boolean {
  return (
    isVerdict(judgement, 'runtime-out-of-memory') &&
    blackBox?.fact.left === true &&
    judgement.binding.scope !== 'runtime'
  )
}

export type Command = Remedy['commands'][number]

export function command(platform: RemedyPlatform, run: string): Command {
  return { for: platform, run }
}
