import { posix } from 'node:path'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { toString } from 'mdast-util-to-string'
import type { Link, Nodes } from 'mdast'
import { INDEX } from './links.ts'

/** The index of the docs as a menu: its headings, and below each the pages that it names. */
export interface MenuGroup {
  title: string
  pages: { title: string; source: string }[]
}

export function readMenu(index: string): MenuGroup[] {
  const groups: MenuGroup[] = []
  for (const node of fromMarkdown(index).children) {
    if (node.type === 'heading' && node.depth > 1) groups.push({ title: toString(node), pages: [] })
    else groups.at(-1)?.pages.push(...linksIn(node))
  }
  return groups.filter(({ pages }) => pages.length > 0)
}

function linksIn(node: Nodes): MenuGroup['pages'] {
  if (node.type === 'link') {
    const source = posix.join(posix.dirname(INDEX), node.url)
    return [{ title: titleOf(node), source }]
  }
  return 'children' in node ? node.children.flatMap(linksIn) : []
}

/** A link inside of a sentence begins a line in the menu; the name of a command stays as it is. */
function titleOf(link: Link): string {
  const title = toString(link)
  if (link.children[0]?.type === 'inlineCode') return title
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`
}
