/** Links of a document, and citations that have no source in it. */
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import type { Nodes } from 'mdast'
import { splitFrontMatter } from './front-matter.ts'
import { piecesOf } from './pieces.ts'
import type { Piece } from './pieces.ts'

export interface Reference {
  kind: 'link' | 'citation'
  target: string
  line: number
}

/** `[^1]` or `[1]` as text: a citation whose source is there is no text any more. */
const CITATION = /\[\^?(\d{1,3})\]/g

const READER = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }

export function referencesIn(text: string): readonly Reference[] {
  return piecesOf(splitFrontMatter(text).body).flatMap(referencesInPiece)
}

function referencesInPiece(piece: Piece): readonly Reference[] {
  const found: Reference[] = []
  const visit = (node: Nodes): void => {
    const line = (node.position?.start.line ?? 1) + piece.line
    if (node.type === 'link' || node.type === 'definition') {
      found.push({ kind: 'link', target: node.url, line })
    } else if (node.type === 'text') {
      for (const [, target = ''] of node.value.matchAll(CITATION)) {
        found.push({ kind: 'citation', target, line })
      }
    }
    if ('children' in node) node.children.forEach(visit)
  }
  visit(fromMarkdown(piece.text, READER))
  return found
}
