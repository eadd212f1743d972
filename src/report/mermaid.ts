import type { DecisionStep } from '../model/case.ts'
import { printable } from './printable.ts'

const ANSWERS: Record<DecisionStep['answer'], string> = {
  holds: 'holds',
  'ruled-out': 'ruled out',
  'not-shown': 'not shown',
}

/** The questions that led to the verdict, in their order, as a Mermaid flow chart in a fence; nothing where there are none. */
export function mermaidPath(path: readonly DecisionStep[]): string[] {
  if (path.length === 0) return []
  const nodes = path.map((step, at) => `  q${at}["${label(step)}"]`)
  const arrows = path.slice(1).map((_, at) => {
    const answer = ANSWERS[path[at]?.answer ?? 'not-shown']
    return `  q${at} -->|${answer}| q${at + 1}`
  })
  const held = path.flatMap((step, at) => (step.answer === 'holds' ? [`q${at}`] : []))
  const style = held.length === 0 ? [] : [`  style ${held.at(-1)} stroke-width:3px`]
  return [['```mermaid', 'flowchart TD', ...nodes, ...arrows, ...style, '```'].join('\n')]
}

function label(step: DecisionStep): string {
  const because = step.because.length === 0 ? '' : ` (${step.because.join(', ')})`
  const lines = [step.rule, step.question, `${ANSWERS[step.answer]}${because}`]
  return lines.map(entities).join('<br/>')
}

/** Mermaid's own way to write characters that mean something to it: `#` and the code point. */
function entities(text: string): string {
  return printable(text).replace(
    /[^\w .,:?/'=()-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  )
}
