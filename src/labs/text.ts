/** The texts of a lab: Markdown, in which names stand for what this very lab was made with. */
import type { BackendId } from './backend-id.ts'

/** `{{processor}}`, `{{processor.limit}}`, `{{folder}}` */
export type Words = Readonly<Record<string, string>>

const NAME = /\{\{([a-z][\w.-]*)\}\}/g
const FENCE = /^( *)```(\w*)(?: ([a-z ]+))?\n([^]*?)^\1```\n?/gm

/** With its names filled in, and what is meant for another backend left out. */
export function textFor(markdown: string, backend: BackendId, words: Words): string {
  const own = markdown.replace(FENCE, (fence, indent: string, kind: string, meant?: string) => {
    if (meant === undefined) return fence
    if (!meant.split(' ').includes(backend)) return ''
    return fence.replace(`${indent}\`\`\`${kind} ${meant}`, `${indent}\`\`\`${kind}`)
  })
  return filled(own, words).replaceAll(/\n{3,}/g, '\n\n')
}

export function filled(text: string, words: Words): string {
  return text.replace(NAME, (name, key: string) => words[key] ?? name)
}

/** The commands of a solution for one backend, in their order. */
export function commandsIn(markdown: string, backend: BackendId, words: Words): readonly string[] {
  return [...markdown.matchAll(FENCE)]
    .filter(([, , kind, meant]) => kind === 'sh' && (meant?.split(' ').includes(backend) ?? true))
    .map(([, , , , commands = '']) => filled(commands, words).trim())
}

/** Names that a text uses. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(NAME)].map(([, name = '']) => name)
}

/**
 * The hints of a lab: under `## limit too-low` those for the check `limit` where it fails so, under `## limit` those for
 * all other ways.
 */
export function hintsFor(markdown: string, check: string, how: string): readonly string[] {
  const chapters = new Map(
    markdown
      .split(/^## /m)
      .slice(1)
      .map((chapter): [string, string] => {
        const end = chapter.indexOf('\n')
        return [chapter.slice(0, end).trim(), chapter.slice(end + 1)]
      }),
  )
  const chapter = chapters.get(`${check} ${how}`) ?? chapters.get(check) ?? ''
  return chapter
    .split(/^\d+\. /m)
    .slice(1)
    .map((hint) => hint.trim())
}
