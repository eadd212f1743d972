import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { toString } from 'mdast-util-to-string'
import { gfm } from 'micromark-extension-gfm'

/** Names of the headings of a page, as GitHub makes them: what stands behind `#` in a link. */
export function slugsOf(markdown: string): string[] {
  const taken = new Map<string, number>()
  return fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  }).children.flatMap((node) => {
    if (node.type !== 'heading') return []
    const slug = slugOf(toString(node))
    const count = taken.get(slug) ?? 0
    taken.set(slug, count + 1)
    return [count === 0 ? slug : `${slug}-${count}`]
  })
}

function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
