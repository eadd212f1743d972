import type { TextFormat } from '../format.ts'
import { readWorld, WORLD_SCHEMA } from './world-json.ts'

/** First line of the reports in Markdown; renderers do not show it. */
export const REPORT_MARK = '<!-- stella.report/1 -->'

const OURS = new RegExp(
  `^\\s*\\{\\s*"schema"\\s*:\\s*"(?:${WORLD_SCHEMA.replace('.', '\\.')}|stella\\.cases?/1)"`,
)

/**
 * A folder that `stella cases export` wrote. Its cases and its report are known too, so that they are not taken for logs,
 * and say nothing: they are conclusions, not evidence.
 */
export const stellaWorld: TextFormat = {
  id: 'stella-world',
  recognise: (head) => OURS.test(head) || head.startsWith(REPORT_MARK),
  parse: (text) => [...(readWorld(text)?.observations ?? [])],
  unread: (text) => [...(readWorld(text)?.unknown ?? [])],
}
