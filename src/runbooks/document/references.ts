/** Links of a document, and citations that have no source in it. */
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import type { Nodes } from 'mdast'
import { splitFrontMatter } from './front-matter.ts'

export interface Reference {
  kind: 'link' | 'citation'
  target: string
  line: number
}

/** `[^1]` or `[1]` as text: a citation whose source is there is no text any more. */
const CITATION = /\[\^?(\d{1,3})\]/g

export function referencesIn(text: string): readonly Reference[] {
  const tree = fromMarkdown(splitFrontMatter(text).body, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  })
  const found: Reference[] = []
  const visit = (node: Nodes): void => {
    const line = node.position?.start.line ?? 1
    if (node.type === 'link' || node.type === 'definition') {
      found.push({ kind: 'link', target: node.url, line })
    } else if (node.type === 'text') {
      for (const [, target = ''] of node.value.matchAll(CITATION)) {
        found.push({ kind: 'citation', target, line })
      }
    }
    if ('children' in node) node.children.forEach(visit)
  }
  visit(tree)
  return found
}
