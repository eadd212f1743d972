/** What documents without front matter say of themselves: a heading, lines in a quote, and a table of fields. */
import { SEVERITIES } from '../../model/runbook.ts'
import type { RunbookAbout } from '../../model/runbook.ts'
import type { Block } from './markdown.ts'

/** `Runbook: Scanner - Out of Memory on Large Images` */
const KIND = /^runbook:/i
const COMPONENT = /^([\w .]{2,30}?)\s+[-–]\s/

export function titleOf(
  blocks: readonly Block[],
): { title: string; component: string | null } | null {
  const heading = blocks.find((block) => block.kind === 'heading')
  const title = heading?.text.trim().replace(KIND, '').trim() ?? ''
  return title === '' ? null : { title, component: COMPONENT.exec(title)?.[1] ?? null }
}

/** Fields of a table with a field and a value in each row, by their names in lower case. */
function fieldsOf(blocks: readonly Block[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const block of blocks) {
    if (block.kind !== 'table') continue
    const [head = []] = block.rows
    if (head.length !== 2 || !/^field$/i.test(head[0] ?? '')) continue
    for (const [name = '', value = ''] of block.rows.slice(1)) {
      fields.set(name.trim().toLowerCase(), value.trim())
    }
  }
  return fields
}

/** `Sprint: …` and `Task: …` in a quote at the beginning. */
function trackingOf(blocks: readonly Block[]): Record<string, string> {
  const tracking: Record<string, string> = {}
  for (const block of blocks) {
    if (block.kind !== 'paragraph' || !block.isQuoted) continue
    for (const line of block.text.split('\n')) {
      const match = /^([A-Za-z ]{2,20}):\s+(\S.*)/.exec(line.trim())
      if (match !== null) tracking[(match[1] ?? '').toLowerCase()] = match[2] ?? ''
    }
  }
  return tracking
}

export function aboutOf(blocks: readonly Block[]): RunbookAbout {
  const fields = fieldsOf(blocks)
  const severity = fields.get('severity')?.toLowerCase()
  const symptoms = blocks.flatMap((block) => (block.kind === 'item' ? [block.text] : []))
  return {
    component: fields.get('component') ?? titleOf(blocks)?.component ?? null,
    severity: SEVERITIES.find((each) => each === severity) ?? null,
    owner: fields.get('on-call scope') ?? fields.get('owner') ?? null,
    updated: fields.get('last updated') ?? null,
    doctorChecks: fields.get('doctor check')?.match(/(?<![a-z])[a-z]+(?:\.[a-z-]+)+/g) ?? [],
    alerts: [...new Set(symptoms.flatMap((text) => /\bAlert ([A-Z]\w{3,})/.exec(text)?.[1] ?? []))],
    cases: [],
    tracking: trackingOf(blocks),
  }
}
