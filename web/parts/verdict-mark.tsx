import type { VerdictCode } from '../../src/model/case.ts'
import { weightOf } from '../words/verdict.ts'
import { Mark } from './mark.tsx'

export function VerdictMark({ code }: { code: VerdictCode }) {
  return <Mark shape={weightOf(code)} />
}
