/** What can be asked of labs, as the room above answers it. */
import type * as z from 'zod/mini'
import type { BackendId } from '../labs/backend-id.ts'
import type { Who } from '../runbooks/run/who.ts'
import type {
  LabAnswer,
  LabCheckAnswer,
  LabDocument,
  LabHintAnswer,
  LabMemoryDocument,
  LabsAnswer,
} from './lab-contract.ts'

/** Each throws a StellaError, whose `refusal` says what is in the way. */
export interface LabDesk {
  labs(): z.output<typeof LabsAnswer>
  /** As it stands now: it is looked at for this. */
  lab(id: string): Promise<z.output<typeof LabAnswer>>
  /** Resolves as soon as it is written down that it is made; from then on it goes by itself. */
  start(id: string, order: StartAsked): Promise<void>
  /** Resolves when it was watched. */
  check(id: string, order: CheckAsked): Promise<z.output<typeof LabCheckAnswer>>
  hint(id: string, who: Who): Promise<z.output<typeof LabHintAnswer>>
  /** Markdown. */
  solution(id: string): string
  /** Begins to carry the solution out; from then on it goes by itself. */
  solve(id: string, who: Who): void
  /** Ends it and removes everything; false: it was not open. */
  stop(id: string, who: Who): Promise<boolean>
  /** The way in for those who look on: it is looked at for as long as somebody listens. Entering gives the way out. */
  follow(id: string): (listener: (news: LabNews) => void) => () => void
}

export interface StartAsked {
  /** Null: the first that can be used. */
  backend: BackendId | null
  /** Milliseconds; null: as long as the lab says. */
  ttlMs: number | null
  who: Who
}

export interface CheckAsked {
  answers: ReadonlyMap<string, string>
  /** Milliseconds; null: as long as the lab asks for. */
  windowMs: number | null
  who: Who
}

export type LabNews =
  | { kind: 'lab'; lab: LabDocument }
  | { kind: 'memory'; memory: LabMemoryDocument }
