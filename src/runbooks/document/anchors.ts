/** Names of the places in a document that a link may lead to: its headings, as pages name them, and what it names itself. */
import { blocksOf } from './markdown.ts'
import { splitFrontMatter } from './front-matter.ts'

const NAMED = /<[a-z]{1,20}\s[^>]{0,200}?\b(?:id|name)\s*=\s*["']?([^"'\s>]+)/gi

export function anchorsIn(text: string): ReadonlySet<string> {
  const { body } = splitFrontMatter(text)
  const anchors = new Set([...body.matchAll(NAMED)].map(([, name = '']) => name))
  for (const block of blocksOf(body)) {
    if (block.kind !== 'heading') continue
    const name = anchorOf(block.text)
    let free = name
    for (let count = 1; anchors.has(free); count++) free = `${name}-${count}`
    anchors.add(free)
  }
  return anchors
}

function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
