import { at, keyAt } from '../../documents/value.ts'
import type { Place } from '../../documents/place.ts'
import type { AuditContext, Edit } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { isForOneLimit } from '../shared-lines.ts'

/** Between a key and the lines below it: its colon, and remarks. */
const IS_COLON = /^["']?[ \t]*:[^\S\n]*(?:#[^\n]*)?(?:\n[^\S\n]*(?:#[^\n]*)?)*$/

/**
 * Sets a variable that is not set, as the first of those that are, or in a block of its own beside the image. Nothing where the
 * file is written in the flow style, in which there are no lines to add.
 */
export function addedVariable(
  container: Container,
  context: AuditContext,
  name: string,
  value: string,
): readonly Edit[] {
  const { root, workload } = container
  if (container.environment.has(name)) return []
  const line = lineInUnit(container)
  if (line !== null) return insertedAbove(line, `Environment=${name}=${value}`)
  // In braces there are no lines to add.
  if (root === null || root.place.file.text[root.place.start] === '{') return []
  const isPod = workload.platform === 'kubernetes'
  const key = isPod ? 'env' : 'environment'
  const variables = at(root, key)
  const image = keyAt(root, 'image')
  if (variables === null) {
    const indent = image === null ? null : indentOf(image)
    if (image === null || indent === null || !isForOneLimit(image, context)) return []
    const item = isPod
      ? `${indent}  - name: ${name}\n${indent}    value: ${value}`
      : `${indent}  ${name}: ${value}`
    // Behind the whole line of the image, so that a dash before it stays where it is.
    return insertedBelow(image, `${indent}${key}:\n${item}`)
  }
  const owner = keyAt(root, key)
  const first = variables.kind === 'scalar' ? null : variables.place
  if (owner === null || first === null || /\S/.test(lineBefore(first))) return []
  // An alias stands for lines elsewhere, and a name means that they are used elsewhere.
  if (!IS_COLON.test(between(owner, first))) return []
  if (!isForOneLimit(owner, context)) return []
  const indent = ' '.repeat(lineBefore(first).length)
  if (variables.kind === 'mapping') return insertedBelow(owner, `${indent}${name}: ${value}`)
  const item = isPod
    ? `${indent}- name: ${name}\n${indent}  value: ${value}`
    : `${indent}- ${name}=${value}`
  return insertedBelow(owner, item)
}

/** A line of the section that has the variables of a unit. */
function lineInUnit({ workload, image, place }: Container): Place | null {
  if (workload.platform === 'systemd') return place
  return workload.platform === 'quadlet' ? (image?.place ?? null) : null
}

/** The indentation of a key that is the first of its line, behind a dash or not; null in the flow style. */
function indentOf(key: Place): string | null {
  const before = lineBefore(key)
  return /^\s*(?:-\s+)?$/.test(before) ? ' '.repeat(before.length) : null
}

function between({ file, end }: Place, { start }: Place): string {
  return file.text.slice(end, start)
}

function lineBefore({ file, start }: Place): string {
  return file.text.slice(file.text.lastIndexOf('\n', start - 1) + 1, start)
}

function insertedBelow({ file, end }: Place, lines: string): readonly Edit[] {
  const newline = file.text.indexOf('\n', end)
  const start = newline === -1 ? file.text.length : newline
  const isWindows = file.text[start - 1] === '\r'
  const text = isWindows ? lines.replaceAll('\n', '\r\n') : lines
  const at = isWindows ? start - 1 : start
  return [{ place: { file, start: at, end: at }, text: `${isWindows ? '\r\n' : '\n'}${text}` }]
}

function insertedAbove({ file, start }: Place, line: string): readonly Edit[] {
  const at = file.text.lastIndexOf('\n', start - 1) + 1
  const end = file.text.includes('\r\n') ? '\r\n' : '\n'
  return [{ place: { file, start: at, end: at }, text: line + end }]
}
