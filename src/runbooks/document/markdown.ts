/** The blocks of a Markdown document that a runbook is made of, in their order. */
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { toString } from 'mdast-util-to-string'
import { gfm } from 'micromark-extension-gfm'
import type { Nodes, Parents } from 'mdast'
import { piecesOf } from './pieces.ts'

export type Block =
  | { kind: 'heading'; depth: number; text: string; line: number }
  | { kind: 'fence'; language: string; meta: string; text: string; line: number; isClosed: boolean }
  /** `isLed`: its first words are set in bold, as a heading of its own. */
  | { kind: 'paragraph'; text: string; line: number; isQuoted: boolean; isLed: boolean }
  | { kind: 'item'; text: string; line: number; isTask: boolean }
  | { kind: 'table'; rows: readonly (readonly string[])[]; line: number }

/** Where an address begins in a text is of no interest here, and looking for it takes a third of the time. */
const NO_ADDRESSES = { disable: { null: ['wwwAutolink', 'protocolAutolink', 'emailAutolink'] } }
const READER = {
  extensions: [gfm(), NO_ADDRESSES],
  mdastExtensions: gfmFromMarkdown().filter(({ transforms }) => transforms === undefined),
}

export function blocksOf(markdown: string): readonly Block[] {
  return piecesOf(markdown).flatMap(({ text, line }) => {
    const blocks: Block[] = []
    collect(fromMarkdown(text, READER), text.split('\n'), blocks, false)
    return line === 0 ? blocks : blocks.map((block) => ({ ...block, line: block.line + line }))
  })
}

function collect(
  parent: Parents,
  lines: readonly string[],
  blocks: Block[],
  isQuoted: boolean,
): void {
  for (const node of parent.children) {
    if (node.type === 'listItem') {
      const [first, ...rest] = node.children
      if (first?.type === 'paragraph') {
        const line = first.position?.start.line ?? 1
        const isTask = typeof node.checked === 'boolean'
        blocks.push({ kind: 'item', text: toString(first), line, isTask })
        collect({ ...node, children: rest }, lines, blocks, isQuoted)
        continue
      }
    }
    const block = blockOf(node, lines, isQuoted)
    if (block !== null) blocks.push(block)
    else if ('children' in node) {
      collect(node, lines, blocks, isQuoted || node.type === 'blockquote')
    }
  }
}

function blockOf(node: Nodes, lines: readonly string[], isQuoted: boolean): Block | null {
  const line = node.position?.start.line ?? 1
  switch (node.type) {
    case 'heading':
      return { kind: 'heading', depth: node.depth, text: toString(node), line }
    case 'paragraph':
      return {
        kind: 'paragraph',
        text: toString(node),
        line,
        isQuoted,
        isLed: node.children[0]?.type === 'strong',
      }
    case 'code': {
      const last = lines[(node.position?.end.line ?? 1) - 1] ?? ''
      return {
        kind: 'fence',
        language: node.lang ?? '',
        meta: node.meta ?? '',
        text: node.value,
        line,
        isClosed: /^\s*(?:>\s*)*(?:```|~~~)/.test(last) && node.position?.end.line !== line,
      }
    }
    case 'table': {
      const rows = node.children.map((row) => row.children.map((cell) => toString(cell)))
      return { kind: 'table', rows, line }
    }
    default:
      return null
  }
}
