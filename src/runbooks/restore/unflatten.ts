/** A document whose lines were joined into one, as copying from a page does it, gets its lines back. */

/** Of a document that has its lines, hardly one is longer. */
const LONG_LINE = 1_000
const FENCE = /```/
/** A fence with its language, and what is in it. */
const FENCES = /```([a-z]*) (.*?) ```(?=\s|$)/g
/** Stands for a fence meanwhile: of private use, so that no text has it. */
const HELD = '\u{e000}'
/** Where a block begins, outside of fences. */
const BEGINNINGS: readonly RegExp[] = [
  / (?=#{1,6} \S)/g,
  / (?=> \*\*)/g,
  / (?=- \[[ x]\] )/g,
  / (?=- \*\*)/g,
  / (?=\d{1,2}\. \*\*)/g,
  // A step that is not set in bold stands behind a case, which is.
  /(?<=:\*\*) (?=\d{1,2}\. )/g,
  / (?=\*\*For [^*]+:\*\*)/g,
  / (?=---(?:\s|$))/g,
  /(?<=^---) /gm,
  // A heading ends where a table begins, and a row where the next one does.
  / (?=\|)(?<=^#{1,6} [^|\n]+ )/gm,
  /(?<=\|) (?=\|)/g,
]

export function isFlattened(text: string): boolean {
  return text.split('\n').some((line) => line.length > LONG_LINE && FENCE.test(line))
}

export function unflatten(text: string): string {
  const fences: string[] = []
  const without = text.replaceAll(FENCES, (_, language: string, body: string) => {
    fences.push(`\n\n\`\`\`${language}\n${commandLines(body).join('\n')}\n\`\`\`\n\n`)
    return `${HELD}${fences.length - 1}${HELD}`
  })
  const broken = BEGINNINGS.reduce((all, beginning) => all.replaceAll(beginning, '\n'), without)
  return broken
    .split('\n')
    .map((line) => (/^(?:#|---|\*\*For |\d{1,2}\. )/.test(line) ? `\n${line}\n` : line))
    .join('\n')
    .replaceAll(
      new RegExp(` ?${HELD}(\\d+)${HELD} ?`, 'g'),
      (_, at: string) => fences[Number(at)] ?? '',
    )
    .replaceAll(/\n{3,}/g, '\n\n')
}

/** Commands of one program stood on lines of their own, and so did comments. */
function commandLines(body: string): string[] {
  const program = /^(?:# .*? (?=[a-z]+ ))?([a-z][\w-]*)/.exec(body)?.[1] ?? ''
  const first = body.startsWith('#') ? programBehindComment(body) : program
  if (first === '') return [body]
  const begin = new RegExp(` (?=# |${first} (?!-))`, 'g')
  return body.split(begin).flatMap((piece) => {
    if (!piece.startsWith('#')) return [piece]
    const at = piece.indexOf(` ${first} `)
    return at === -1 ? [piece] : [piece.slice(0, at), piece.slice(at + 1)]
  })
}

/** The word that stands most often where a command could begin: a comment says nothing of it. */
function programBehindComment(body: string): string {
  const counts = new Map<string, number>()
  for (const word of body.split(' ')) {
    if (/^[a-z][a-z0-9-]+$/.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const known = ['stella', 'docker', 'kubectl', 'podman', 'systemctl', 'dcos']
  return known.find((name) => counts.has(name)) ?? ''
}
