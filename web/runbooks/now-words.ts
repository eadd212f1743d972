/** How a run stands, as a heading. */
import { RUN_SHAPES, RUN_VERDICTS } from '../words/runbooks.ts'
import type { MarkShape } from '../words/mark-shape.ts'
import type { Question, Standing } from './standing.ts'

const GOES: Readonly<Record<string, string>> = {
  check: 'It looks',
  change: 'It makes a change',
  assert: 'It verifies',
  wait: 'It lets time pass',
}

const ASKS: Record<Question['kind'], string> = {
  approve: 'Waits for an approval',
  do: 'Waits for a person to do something',
  value: 'Waits for a value',
  again: 'Waits for a decision',
  outlived: 'Waits for a decision',
}

export function standingInWords(standing: Standing): string {
  switch (standing.kind) {
    case 'over':
      return RUN_VERDICTS[standing.verdict]
    case 'asks':
      return ASKS[standing.question.kind]
    case 'goes':
      if (standing.isUndo) return 'It takes changes back'
      return GOES[standing.step?.kind ?? ''] ?? 'It goes on'
    case 'stopped':
      return 'Stopped'
  }
}

export function standingShape(standing: Standing): MarkShape {
  switch (standing.kind) {
    case 'over':
      return RUN_SHAPES[standing.verdict]
    case 'asks':
      return 'waiting'
    case 'goes':
      return 'going'
    case 'stopped':
      return 'dropped'
  }
}
